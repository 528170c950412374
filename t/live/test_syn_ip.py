"""IP headers that only a raw client sends, over IPv4 and IPv6."""

import struct

from t.harness import packet
from t.harness.packet import V4, V6
from t.harness.raw_case import RawCase

NOP, END = b"\x01", b"\x00"


def pad(data):
    """IPv4 options filled up to whole words."""
    return data + END * (-len(data) % 4)


def options6(*lengths):
    """An IPv6 header of options, without its first byte: unknown options of these lengths, of a
    type that a host skips, and the padding that is left (RFC 8200, 4.2)."""
    body = b"".join(bytes([0x1E, length]) + bytes(length) for length in lengths)
    left = -(2 + len(body)) % 8
    body += b"" if not left else b"\x00" if left == 1 else bytes([1, left - 2]) + bytes(left - 2)
    return bytes([(2 + len(body)) // 8 - 1]) + body


HOP_BY_HOP = (0, options6(4))
DESTINATION = (60, options6(12))
# Type 2 with no segments left, and a home address (RFC 6275, 6.4).
ROUTING = (43, bytes([2, 2, 0]) + bytes(4) + packet.packed("fd99::1"))
# Offset 0 and no more fragments (RFC 6946).
ATOMIC_FRAGMENT = (44, bytes(3) + bytes.fromhex("deadbeef"))


class IpHeader(RawCase):
    def test_every_ttl(self):
        for ttl in range(1, 256):
            for syn in V4, V6:
                with self.subTest(ttl=ttl, version=syn.ip.version):
                    _, report = self.stream(syn.with_ip(ttl=ttl))
                    self.assertValues(report, {"ttl": ttl, "ip_version": syn.ip.version})

    def test_every_tos(self):
        for tos in range(256):
            for syn in V4, V6:
                with self.subTest(tos=tos, version=syn.ip.version):
                    _, report = self.stream(syn.with_ip(tos=tos))
                    self.assertValues(report, {"tos": tos, "ip_ecn": tos & 3})

    def test_ipv4(self):
        record_route = bytes([7, 7, 8]) + bytes(4)
        cases = {
            "plain": (V4, {"df": 1, "ip_flags": 2, "ip_hlen": 20, "ip_len": 60}),
            "ttl 0": (V4.with_ip(ttl=0), {"ttl": 0}),
            "no DF": (V4.with_ip(flags=0), {"df": 0, "ip_flags": 0}),
            "reserved flag": (V4.with_ip(flags=4), {"df": 0, "ip_flags": 4}),
            "reserved flag and DF": (V4.with_ip(flags=6), {"df": 1, "ip_flags": 6}),
            "id 0": (V4.with_ip(ident=0), {"ip_id": 0}),
            "id 65535": (V4.with_ip(ident=65535), {"ip_id": 65535}),
            "NOPs": (
                V4.with_ip(options=NOP * 4), {"ip_options": "01010101", "ip_hlen": 24},
            ),
            "router alert": (
                V4.with_ip(options=bytes([148, 4, 0, 0])), {"ip_options": "94040000"},
            ),
            "unknown option": (
                V4.with_ip(options=pad(bytes([30, 6]) + b"\xaa\xbb\xcc\xdd")),
                {"ip_options": "1e06aabbccdd0000"},
            ),
            # Its pointer is behind its end: there is no room for this host's address.
            "full record route": (
                V4.with_ip(options=pad(record_route)), {"ip_options": "0707080000000000"},
            ),
            "40 bytes of options": (V4.with_ip(options=NOP * 40), {"ip_hlen": 60, "ip_len": 100}),
        }
        for name, (syn, literal) in cases.items():
            with self.subTest(name):
                self.check(syn, **literal)

    def test_ipv4_options_stamped_by_the_kernel(self):
        """The kernel saves the SYN after it has written its own address and time into it."""
        address = packet.packed("10.99.0.1")
        record_route = pad(bytes([7, 7, 4]) + bytes(4))
        _, report = self.http(V4.with_ip(options=record_route))
        self.assertValues(report, {"ip_options": pad(bytes([7, 7, 8]) + address).hex()})

        # Flag 1: address and time (RFC 791).
        timestamp = bytes([68, 12, 5, 1]) + bytes(8)
        _, report = self.http(V4.with_ip(options=timestamp))
        stamped = bytes.fromhex(report["ip_options"])
        self.assertEqual(stamped[:8], bytes([68, 12, 13, 1]) + address)
        self.assertNotEqual(stamped[8:], bytes(4))

    def test_ipv6(self):
        cases = {
            "plain": (V6, {"ip_hlen": 40, "ip_len": 80, "ip_options": None, "flow_label": 0}),
            "hop limit 0": (V6.with_ip(ttl=0), {"ttl": 0}),
            "flow label": (V6.with_ip(flow_label=0xABCDE), {"flow_label": 0xABCDE}),
            "highest flow label": (V6.with_ip(flow_label=0xFFFFF), {"flow_label": 0xFFFFF}),
            "hop-by-hop": (
                V6.with_ip(extensions=(HOP_BY_HOP,)), {"ip_options": "06001e0400000000"},
            ),
            "destination options": (
                V6.with_ip(extensions=(DESTINATION,)),
                {"ip_options": "06011e0c" + "00" * 12, "ip_hlen": 56},
            ),
            "routing type 2": (
                V6.with_ip(extensions=(ROUTING,)),
                {"ip_options": "0602020000000000" + packet.packed("fd99::1").hex()},
            ),
            "atomic fragment": (
                V6.with_ip(extensions=(ATOMIC_FRAGMENT,)), {"ip_options": "06000000deadbeef"},
            ),
            "all of them": (
                V6.with_ip(extensions=(
                    HOP_BY_HOP, DESTINATION, ROUTING, ATOMIC_FRAGMENT, DESTINATION)),
                {"ip_hlen": 40 + 8 + 16 + 24 + 8 + 16},
            ),
        }
        for name, (syn, literal) in cases.items():
            with self.subTest(name):
                self.check(syn, **literal)

    def test_fragments(self):
        """The kernel saves what it has put together again: no sign of fragments is left."""
        raw, report = self.http(V4, split=fragments4)
        whole = raw.syn_packet()
        # Don't Fragment and the offset are cleared, so the checksum differs.
        self.assertValues(report, {
            "df": 0, "ip_flags": 0, "ip_id": 0x1234, "ip_len": len(whole), "options": "2,4,8,1,3",
        })
        raw, report = self.http(V6, split=fragments6)
        self.assertValues(report, {"ip_options": None, "syn": raw.syn_packet().hex()})


def fragments4(whole):
    """An IPv4 packet without options in two fragments (RFC 791)."""
    for start, end, more in (20, 44, 0x2000), (44, len(whole), 0):
        header = whole[:2] + struct.pack("!H", 20 + end - start) + whole[4:6]
        header += struct.pack("!H", more | (start - 20) // 8) + whole[8:10]
        addresses = whole[12:20]
        check = packet.checksum(header + bytes(2) + addresses)
        yield header + struct.pack("!H", check) + addresses + whole[start:end]


def fragments6(whole):
    """An IPv6 packet in two fragments (RFC 8200, 4.5)."""
    for start, end, more in (40, 64, 1), (64, len(whole), 0):
        header = whole[:4] + struct.pack("!HB", 8 + end - start, 44) + whole[7:40]
        fragment = struct.pack("!BBHI", packet.TCP, 0, start - 40 | more, 7)
        yield header + fragment + whole[start:end]


class LongSyn(RawCase):
    """SYNs that the module's first read has no room for: it must ask for more."""

    MTU = 9000

    def test_long_extension_headers(self):
        # A host skips at most 8 unknown options a header (net.ipv6.max_dst_opts_number).
        longest = (60, options6(*[253] * 8))
        cases = {
            "just room": ((60, options6(*[253] * 7, 179)), 2048),
            "no room": ((60, options6(*[253] * 7, 187)), 2056),
            "longest header": (longest, 40 + 2048 + 40),
        }
        for name, (extension, length) in cases.items():
            with self.subTest(name):
                self.check(V6.with_ip(extensions=(extension,)), ip_len=length)
        with self.subTest("four of them"):
            self.check(V6.with_ip(extensions=(longest,) * 4), ip_len=40 + 4 * 2048 + 40)
