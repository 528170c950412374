"""What cannot be read: the command counts it, goes on where it can, and prints what it has read."""

import gzip
import lzma
import random
import struct
import tempfile
import unittest
from pathlib import Path

from t.command import captures, frames, tools
from t.command.captures import BIG, LITTLE, Pcap
from t.command.frames import chain, ethernet, over_ethernet
from t.command.packets import SYNS, ip, packets, syn

SEED = 1
GOOD, WRONG, UNREADABLE = 0, 1, 2

#: Frames that may hold a SYN which cannot be read, and the reason that is given.
UNREAD = [
    (220, ethernet(syn()), "of link type 220"),
    (1, over_ethernet(0x22F3, ethernet)(syn()), "of EtherType 0x22f3"),
    (1, over_ethernet(0x88E5, lambda packet: b"\x0c" + packet)(syn()), "encrypted"),
    (1, over_ethernet(0x8864, lambda packet: bytes.fromhex("110000070000" "00fd") + packet)(syn()),
     "of PPP protocol 0x00fd"),
    (1, ethernet(syn())[:50], "cut short"),
    (1, ethernet(syn())[:10], "cut short"),
    (1, ethernet(b"\x50" + syn()[1:]), "malformed"),
    (1, ethernet(syn()[:6] + b"\x20\0" + syn()[8:]), "in fragments"),
    (101, ip(44, b"\6\0\0\x08" + bytes(4) + syn()[20:], 6), "in fragments"),
    (105, frames.wifi(b"\x08\x41")(syn()), "encrypted"),
    (105, frames.wifi(b"\x88\x01", more=b"\x80\0")(syn()), "aggregated"),
    (101, chain(*[frames.ip_in_ip(4)] * 9)(syn()), "in too many tunnels"),
    (101, ip(47, struct.pack("!HH", 0x4000, 0x0800) + syn()), "malformed"),
    (101, ip(4, syn(), fragment=0x2000), "in fragments"),
]
#: What holds none for sure.
NO_IP = [
    (1, frames.MAC + b"\x08\x06" + bytes(28)),
    (1, frames.MAC + b"\0\x26\x42\x42\3" + bytes(35)),
    (1, frames.MAC + b"\x88\xcc" + bytes(40)),
    (50, b"\xff\3\xc0\x21" + bytes(8)),
    (105, b"\x80\0" + bytes(40)),
    (113, frames.cooked(syn())[:14] + b"\0\1" + syn()),
    (101, ip(17, bytes(8))),
    (1, ethernet(packets()[2])),
]


class Broken(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tcpfp-broken-")
        cls.addClassCleanup(folder.cleanup)
        cls.file = Path(folder.name, "file")

    def run_on(self, content, *options):
        """Status, lines, and what is said of the file."""
        self.file.write_bytes(content)
        done = tools.run(self.file, *options, text=True)
        said = done.stderr.splitlines()
        self.assertLessEqual(len(said), 1, said)
        start = f"tcpfp: {self.file}: "
        self.assertTrue(all(line.startswith(start) for line in said), said)
        return done.returncode, done.stdout.splitlines(), said[0][len(start):] if said else None

    def test_reasons(self):
        """Each alone, then all of them with two SYNs around."""
        for link, frame, reason in UNREAD:
            with self.subTest(reason):
                self.assertEqual(
                    self.run_on(Pcap().file(link, [frame]), "--tunnels"),
                    (UNREADABLE, [], f"1 packet passed over: 1 {reason}"))
        content = captures.section(LITTLE) + captures.interface(LITTLE, 101) + b"".join(
            captures.interface(LITTLE, link) for link, _, _ in UNREAD)
        good = captures.enhanced(LITTLE, 0, syn())
        content += good + b"".join(
            captures.enhanced(LITTLE, number, frame)
            for number, (_, frame, _) in enumerate(UNREAD, 1))
        content += captures.enhanced(LITTLE, 99, syn()) * 3 + good
        status, lines, said = self.run_on(content, "--tunnels")
        self.assertEqual((status, len(lines)), (GOOD, 2))
        total = len(UNREAD) + 3
        self.assertRegex(said, rf"^{total} packets passed over: 3 of an unknown interface")
        self.assertRegex(said, r", \d+ for other reasons$")

    def test_no_syn(self):
        for link, frame in NO_IP:
            with self.subTest(frame[:20].hex()):
                self.assertEqual(
                    self.run_on(Pcap().file(link, [frame] * 2)),
                    (GOOD, [], "no SYN among 2 packets read"))
        self.assertEqual(self.run_on(Pcap().file(1, [])), (GOOD, [], None))

    def test_cut(self):
        """At every length, also compressed, there is a prefix of the lines, and no more than one
        word about it."""
        plain = [ethernet(packet) for packet in packets()]
        for whole in Pcap().file(1, plain), captures.pcapng(BIG, 1, plain):
            _, lines, _ = self.run_on(whole)
            self.assertEqual(len(lines), len(SYNS))
            for length in range(4, len(whole), 37):
                status, found, said = self.run_on(whole[:length])
                self.assertEqual(found, lines[:len(found)])
                self.assertIn(status, (GOOD, UNREADABLE))
                self.assertTrue(said or length in range(28, 29))
            for pack in gzip.compress, lzma.compress:
                packed = pack(whole)
                for length in range(6, len(packed), 41):
                    status, found, said = self.run_on(packed[:length])
                    self.assertEqual(found, lines[:len(found)])
                    self.assertTrue(said)
                    self.assertEqual(status == UNREADABLE, not found, said)

    def test_garbage(self):
        """Any bytes may be others."""
        source = random.Random(SEED)
        plain = [ethernet(packet) for packet in packets()]
        for whole in Pcap().file(1, plain), captures.pcapng(LITTLE, 1, plain):
            for _ in range(100):
                content = bytearray(whole)
                for _ in range(source.choice([1, 3, 30])):
                    content[source.randrange(4, len(content))] = source.randrange(256)
                with self.subTest(bytes(content).hex()):
                    status, _, _ = self.run_on(bytes(content), "--tunnels", "--hosts")
                    self.assertIn(status, (GOOD, UNREADABLE))
            status, found, said = self.run_on(whole + source.randbytes(100))
            self.assertEqual((status, len(found)), (GOOD, len(SYNS)))
            self.assertTrue(said)

    def test_no_file(self):
        self.assertEqual(tools.run("/nowhere").returncode, UNREADABLE)
        done = tools.run("/")
        self.assertEqual((done.returncode, done.stdout), (UNREADABLE, b""))

    def test_hex(self):
        status, lines, said = self.run_on(f"{syn().hex()}\nxyz\n\n{syn().hex()}\n".encode())
        self.assertEqual((status, len(lines), said), (WRONG, 4, None))
        self.assertEqual(lines[1], '{"error":"odd number of digits","line":2}')
        self.assertEqual(lines[2], '{"error":"empty","line":3}')


if __name__ == "__main__":
    unittest.main()
