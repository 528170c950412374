"""Captures of every kind, built here: the command finds the SYNs that tshark finds, and says of
them what it says.

    cargo build && python3 -m unittest t/command/test_*.py
"""

import gzip
import lzma
import struct
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from t.command import captures, frames, tools
from t.command.captures import BIG, KUZNETZOV, LITTLE, NANOSECONDS, Pcap
from t.command.frames import (
    chain, ethernet, in_ip, mpls, over_ethernet, over_udp, snap, tagged, typed,
)
from t.command.packets import SYNS, packets, version

#: What stands before an IP packet, by link type.
LINKS = [
    ("BSD loopback, little", 0, frames.family(LITTLE, 2, 30)),
    ("BSD loopback, big", 0, frames.family(BIG, 2, 24)),
    ("OpenBSD loopback", 108, frames.family(BIG, 2, 24)),
    ("Ethernet", 1, ethernet),
    ("VLAN", 1, tagged(0x8100)),
    ("QinQ", 1, tagged(0x88A8, 0x8100)),
    ("old QinQ", 1, tagged(0x9100, 0x8100)),
    ("six tags", 1, tagged(0x88A8, *[0x8100] * 5)),
    ("PPPoE", 1, over_ethernet(0x8864, frames.pppoe)),
    ("PPPoE in a VLAN", 1, over_ethernet(0x8864, frames.pppoe, (0x8100, b"\0\7"))),
    ("MPLS", 1, over_ethernet(0x8847, mpls(1))),
    ("MPLS, multicast", 1, over_ethernet(0x8848, mpls(1))),
    ("five labels", 1, over_ethernet(0x8847, mpls(5))),
    ("Ethernet over MPLS", 1,
     over_ethernet(0x8847, mpls(2, lambda packet: bytes(4) + ethernet(packet)))),
    ("Ethernet over MPLS, no control word", 1, over_ethernet(0x8847, mpls(2, tagged(0x8100)))),
    ("SNAP", 1, lambda packet: frames.MAC + frames.with_length(snap)(packet)),
    ("SNAP in a VLAN", 1, lambda packet:
     frames.MAC + b"\x81\0\0\7" + frames.with_length(snap)(packet)),
    ("provider backbone", 1, over_ethernet(0x88E7, lambda packet: bytes(4) + ethernet(packet))),
    ("MACsec that hides nothing", 1, over_ethernet(0x88E5, lambda packet:
     b"\x20\0\0\0\0\1" + bytes(8) + typed(packet) + bytes(16))),
    ("redundancy tag", 1, over_ethernet(0xF1C1, lambda packet: bytes(4) + typed(packet))),
    ("Cisco's SGT", 1, over_ethernet(0x8909, lambda packet:
     b"\1\1\0\1\0\7" + typed(packet))),
    ("padded Ethernet", 1, lambda packet: ethernet(packet) + bytes(20)),
    ("token ring", 6, lambda packet: b"\x10\x40" + frames.MAC + snap(packet)),
    ("token ring with a route", 6, lambda packet:
     b"\x10\x40" + frames.MAC[:6] + b"\x82" + frames.MAC[7:] + b"\x06\x80\0\x11\0\x20"
     + snap(packet)),
    ("PPP", 9, chain(frames.ppp, frames.before(b"\xff\3"))),
    ("PPP without address", 9, frames.ppp),
    ("PPP with half a protocol", 9, frames.ppp_compressed),
    ("MPLS over PPP", 9, lambda packet: b"\xff\3\2\x81" + mpls(2)(packet)),
    ("FDDI", 10, lambda packet: b"\x50" + frames.MAC + snap(packet)),
    ("raw, as most call it", 12, frames.before(b"")),
    ("raw, as OpenBSD calls it", 14, frames.before(b"")),
    ("PPP in HDLC", 50, chain(frames.ppp, frames.before(b"\xff\3"))),
    ("Cisco's HDLC in PPP", 50, chain(typed, frames.before(b"\x0f\0"))),
    ("PPPoE alone", 51, frames.pppoe),
    ("LLC over ATM", 100, snap),
    ("raw", 101, frames.before(b"")),
    ("Cisco's HDLC", 104, chain(typed, frames.before(b"\x0f\0"))),
    ("802.11", 105, frames.wifi()),
    ("802.11 with QoS", 105, frames.QOS),
    ("802.11, bridged", 105, frames.QOS_BRIDGED),
    ("OpenBSD's IPsec", 109, lambda packet:
     struct.pack("<I", 2 if version(packet) == 4 else 24) + bytes(8) + packet),
    ("Linux cooked", 113, frames.cooked),
    ("Linux cooked, tagged", 113, lambda packet: frames.cooked(packet, (0x8100, b"\0\7"))),
    ("Linux cooked, PPPoE", 113, lambda packet:
     frames.cooked(packet)[:14] + b"\x88\x64" + frames.pppoe(packet)),
    ("OpenBSD's pflog", 117, frames.pflog),
    ("radiotap", 127, frames.radiotap((0, b""), frames.QOS)),
    ("radiotap, more words", 127, frames.radiotap(
        (1 << 31 | 3, bytes(8 + 4 - 4) + b"\0" + bytes(3)), frames.QOS, 1 << 31, 0)),
    ("radiotap, padded", 127, frames.radiotap(
        (2, b"\x20"), frames.wifi(b"\x88\x01", more=bytes(2), padding=bytes(2)))),
    ("Prism", 119, frames.prism(frames.QOS)),
    ("AVS", 163, frames.avs(frames.QOS)),
    ("IP over FireWire", 138, lambda packet: bytes(16) + typed(packet)),
    ("PPI", 192, frames.ppi(105, frames.QOS)),
    ("PPP and which way", 204, lambda packet: b"\1\xff\3" + frames.ppp(packet)),
    ("raw IPv4", 228, frames.before(b"")),
    ("raw IPv6", 229, frames.before(b"")),
    ("netfilter's log", 239, frames.nflog(LITTLE)),
    ("macOS' pktap", 258, frames.pktap(1, ethernet)),
    ("Linux cooked 2", 276, frames.cooked2),
    ("Linux cooked 2, tagged", 276, lambda packet:
     frames.cooked2(packet, (0x88A8, b"\0\7"), (0x8100, b"\0\7"))),
]

TUNNELS = [
    ("IP in IPv4", frames.ip_in_ip(4)),
    ("IP in IPv6", frames.ip_in_ip(6)),
    ("GRE", in_ip(47, frames.gre())),
    ("GRE over IPv6", in_ip(47, frames.gre(), 6)),
    ("GRE with a key", in_ip(47, frames.gre(0x2000, bytes(4)))),
    ("GRE with everything", in_ip(47, frames.gre(0xB000, bytes(12)))),
    ("Ethernet over GRE", in_ip(47, frames.gre(0, b"", 0x6558, tagged(0x8100)))),
    ("MPLS over GRE", in_ip(47, frames.gre(0, b"", 0x8847, mpls(2)))),
    ("ERSPAN", in_ip(47, frames.gre(0, b"", 0x88BE, ethernet))),
    ("ERSPAN II", in_ip(47, frames.gre(
        0x1000, bytes(4), 0x88BE, lambda packet: b"\x10\1\0\1" + bytes(4) + ethernet(packet)))),
    ("ERSPAN III", in_ip(47, frames.gre(
        0x1000, bytes(4), 0x22EB, lambda packet: b"\x20\1\0\1" + bytes(8) + ethernet(packet)))),
    ("PPTP", in_ip(47, frames.pptp)),
    ("EtherIP", in_ip(97, lambda packet: b"\x30\0" + ethernet(packet))),
    ("MPLS in IP", in_ip(137, mpls(1))),
    ("VXLAN", over_udp(4789, frames.vxlan())),
    ("VXLAN over IPv6", over_udp(4789, frames.vxlan(tagged(0x8100)), 6)),
    ("VXLAN at Linux' old port", over_udp(8472, frames.vxlan())),
    ("VXLAN-GPE", over_udp(4790, frames.vxlan_gpe)),
    ("Geneve", over_udp(6081, frames.geneve())),
    ("Geneve, Ethernet", over_udp(6081, frames.geneve(0x6558, ethernet, bytes.fromhex(
        "010280010000000a")))),
    ("GTP-U", over_udp(2152, frames.gtp_u())),
    ("GTP-U with a number", over_udp(2152, frames.gtp_u(2, bytes(4)))),
    ("GTP-U of 5G", over_udp(2152, frames.gtp_u(4, bytes.fromhex("00000085" "01100100")))),
    ("MPLS over UDP", over_udp(6635, mpls(1))),
    ("three in one another", chain(
        frames.ip_in_ip(6), in_ip(47, frames.gre()), over_udp(4789, frames.vxlan()))),
    ("as many as are looked into", chain(*[frames.ip_in_ip(4), frames.ip_in_ip(6)] * 4)),
]


def carried(link, frame):
    """Every packet over a link, but those that it is not for."""
    only = {228: 4, 229: 6}.get(link)
    return [frame(packet) for packet in packets() if only in (None, version(packet))]


def forms():
    """Ethernet in every form of file."""
    plain = [ethernet(packet) for packet in packets()]
    half = len(plain) // 2

    def ng(order, *blocks):
        return captures.section(order) + b"".join(blocks)

    yield "big", Pcap(order=BIG).file(1, plain)
    yield "nanoseconds", Pcap(magic=NANOSECONDS).file(1, plain)
    yield "nanoseconds, big", Pcap(magic=NANOSECONDS, order=BIG).file(1, plain)
    yield "Kuznetzov's", Pcap(magic=KUZNETZOV).file(1, plain)
    yield "Kuznetzov's, big", Pcap(magic=KUZNETZOV, order=BIG).file(1, plain)
    yield "snap length 0", Pcap(snap_len=0).file(1, plain)
    yield "snap length 68, all kept", Pcap(snap_len=68).file(1, plain)
    yield "snap length -1", Pcap(snap_len=0xFFFFFFFF).file(1, plain)
    yield "a million microseconds", Pcap(fraction=1_000_000).file(1, plain)
    yield "any fraction", Pcap(fraction=0xFFFFFFFF).file(1, plain)
    yield "a billion nanoseconds", Pcap(magic=NANOSECONDS, fraction=10**9).file(1, plain)
    yield "FCS of four bytes", Pcap(fcs=0x24000000).file(1, [frame + bytes(4) for frame in plain])
    yield "NFLOG, big", Pcap(order=BIG).file(239, map(frames.nflog(BIG), packets()))
    for order in LITTLE, BIG:
        parts = [captures.pcapng(order, 1, plain[:half]), captures.pcapng(order, 1, plain[half:])]
        yield f"pcapng {order}", captures.pcapng(order, 1, plain)
        yield f"sections {order}", parts[0] + parts[1]
        other = captures.pcapng(BIG if order == LITTLE else LITTLE, 101, packets())
        yield f"sections of different orders {order}", parts[0] + other + parts[1]
        yield f"old blocks {order}", ng(
            order, captures.interface(order, 1),
            *(captures.old(order, 0, frame) for frame in plain))
        yield f"simple blocks {order}", ng(
            order, captures.interface(order, 1),
            *(captures.simple(order, frame) for frame in plain))
        yield f"simple blocks with a snap length {order}", ng(
            order, captures.interface(order, 1, 96),
            *(captures.simple(order, frame, 96) for frame in plain))
        yield f"names that are no UTF-8 {order}", ng(
            order, captures.interface(order, 1, 0, (2, b"\xff\xfe\x80"), (3, b"\xc3\x28")),
            *(captures.enhanced(order, 0, frame) for frame in plain))
        yield f"other blocks between {order}", ng(
            order, captures.interface(order, 1, 0, (9, b"\x09"), (14, struct.pack(order + "q", 5))),
            captures.block(order, captures.NAMES, bytes(4)),
            *(captures.enhanced(order, 0, frame)
              + captures.block(order, captures.STATISTICS, bytes(12))
              + captures.block(order, 0x0BAD, b"a custom one")
              + captures.block(order, 0x40000BAD, b"a local one of odd length")
              for frame in plain))
        yield f"options behind packets {order}", ng(
            order, captures.interface(order, 1),
            *(captures.enhanced(order, 0, frame, padding=captures.option(order, 1, b"\xffnote"))
              for frame in plain))


class Kinds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tcpfp-kinds-")
        cls.addClassCleanup(cls.folder.cleanup)

    def write(self, name, content):
        file = Path(self.folder.name, name)
        file.write_bytes(content)
        return file

    def check_kinds(self, kinds, *options):
        """Each kind in a file of its own, all in one for tshark, which starts slowly."""
        start = captures.section(LITTLE) + b"".join(
            captures.interface(LITTLE, link) for _, link, _ in kinds)
        every = [(number, frame) for number, (_, *kind) in enumerate(kinds)
                 for frame in carried(*kind)]
        file = self.write("all", start + b"".join(
            captures.enhanced(LITTLE, number, frame) for number, frame in every))
        wanted = tools.witnessed(file)
        self.assertEqual(self.read(file, *options), [syn for _, syn in wanted])
        for number, (name, link, frame) in enumerate(kinds):
            with self.subTest(name):
                theirs = [syn for at, syn in wanted if every[at - 1][0] == number]
                self.assertEqual(len(theirs), sum(
                    {228: 4, 229: 6}.get(link, syn.ip.version) == syn.ip.version for syn in SYNS))
                file = self.write("one", Pcap().file(link, carried(link, frame)))
                self.assertEqual(self.read(file, *options), theirs)

    def read(self, file, *options):
        done = tools.run(file, *options)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return [tools.pick(found) for found in tools.answers(file, *options)]

    def test_links(self):
        self.check_kinds(LINKS)

    def test_tunnels(self):
        kinds = [(name, 1, lambda packet, tunnel=tunnel: ethernet(tunnel(packet)))
                 for name, tunnel in TUNNELS]
        self.check_kinds(kinds, "--tunnels")
        without = tools.run(Path(self.folder.name, "all"))
        self.assertEqual((without.returncode, without.stdout), (0, b""))
        self.assertIn(b"no SYN among", without.stderr)

    def test_forms(self):
        files = [(name, self.write(str(number), content))
                 for number, (name, content) in enumerate(forms())]
        with ThreadPoolExecutor() as pool:
            theirs = pool.map(lambda named: tools.witnessed(named[1]), files)
            for (name, file), wanted in zip(files, theirs):
                with self.subTest(name):
                    self.assertEqual(self.read(file), [syn for _, syn in wanted])
                    self.assertIn(len(wanted), [len(SYNS), 2 * len(SYNS)])

    def test_snap_lengths(self):
        """However much of a packet was kept: a SYN needs its TCP header but for the options."""
        for kept in range(40, 140, 9):
            with self.subTest(kept):
                file = self.write("cut", Pcap(snap_len=kept, kept=kept).file(1, [
                    ethernet(packet) for packet in packets()]))
                found = [tools.pick(found) for found in tools.answers(file)]
                self.assertEqual(found, [syn for _, syn in tools.witnessed(file)])

    def test_compressed(self):
        """Also from standard input."""
        plain = Pcap().file(1, [ethernet(packet) for packet in packets()])
        wanted = None
        for pack in lambda content: content, gzip.compress, lzma.compress:
            file = self.write("packed", pack(plain[:500]) + pack(plain[500:]))
            found = tools.answers(file)
            wanted = wanted or found
            self.assertEqual(len(found), len(SYNS))
            self.assertEqual(found, wanted)
            with open(file, "rb") as opened:
                piped = tools.run("-", stdin=opened)
            self.assertEqual(len(piped.stdout.splitlines()), len(SYNS))


if __name__ == "__main__":
    unittest.main()
