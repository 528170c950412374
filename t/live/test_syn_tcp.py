"""TCP headers that only a raw client sends: what is allowed, and what is not."""

from t.harness import reading
from t.harness.namespace import sysctl
from t.harness.packet import V4, V6, mss, timestamps
from t.harness.raw_case import REQUEST, RawCase

NOP, EOL, SACK = b"\x01", b"\x00", b"\x04\x02"
SYN, PSH, URG, ECE, CWR, AE = 0x002, 0x008, 0x020, 0x040, 0x080, 0x100


def scale(shift):
    return bytes([3, 3, shift])


def words(*options):
    """Option bytes filled up to whole words with zeros."""
    data = b"".join(options)
    return data + bytes(-len(data) % 4)


class TcpHeader(RawCase):
    def check_all(self, cases):
        for name, (changes, literal) in cases.items():
            for syn in V4, V6:
                with self.subTest(name, version=syn.ip.version):
                    self.check(syn.with_tcp(**changes), **literal)

    def test_fixed_part(self):
        self.check_all({
            "plain": ({}, {
                "seq": 1000, "ack": 0, "flags": 2, "tcp_ecn": 0, "window": 64240, "urgptr": 0,
                "tcp_hlen": 40, "payload_len": 0,
            }),
            "seq 0": ({"seq": 0}, {"seq": 0}),
            "highest seq": ({"seq": 2**32 - 1}, {"seq": 4294967295}),
            "ack": ({"ack": 0xDEADBEEF}, {"ack": 0xDEADBEEF}),
            "ECN": ({"flags": SYN | ECE | CWR}, {"flags": 194, "tcp_ecn": 3}),
            "ECE": ({"flags": SYN | ECE}, {"tcp_ecn": 1}),
            "CWR": ({"flags": SYN | CWR}, {"tcp_ecn": 2}),
            "AccECN": ({"flags": SYN | AE | ECE | CWR}, {"flags": 450, "tcp_ecn": 7}),
            "AE": ({"flags": SYN | AE}, {"flags": 258, "tcp_ecn": 4}),
            "PSH": ({"flags": SYN | PSH}, {"flags": 10}),
            "URG": ({"flags": SYN | URG, "urgent": 7}, {"flags": 34, "urgptr": 7}),
            "urgent pointer without URG": ({"urgent": 0xBEEF}, {"flags": 2, "urgptr": 0xBEEF}),
            "reserved bits": ({"flags": SYN | 0xE00}, {"flags": 2}),
            "all bits that a SYN may have": ({"flags": 0xFEA}, {"flags": 0x1EA}),
            "window 0": ({"window": 0}, {"window": 0}),
            "window 1": ({"window": 1}, {"window": 1}),
            "highest window": ({"window": 65535}, {"window": 65535}),
            # Without Fast Open the kernel ignores the data; the header counts it all the same.
            "data": ({"payload": b"GET"}, {"payload_len": 3}),
        })

    def test_good_options(self):
        self.check_all({
            "none": ({"options": b""}, {
                "options": None, "options_hex": None, "mss": None, "wscale": None, "tsval": None,
                "tsecr": None, "sack_ok": 0, "tcp_hlen": 20, "muonfp": "64240:::",
            }),
            "mss 0": ({"options": mss(0)}, {"mss": 0, "muonfp": "64240:2:0:"}),
            "mss 1": ({"options": mss(1)}, {"mss": 1}),
            "highest mss": ({"options": mss(65535)}, {"mss": 65535}),
            "scale 0": ({"options": NOP + scale(0)}, {"wscale": 0, "muonfp": "64240:1-3::0"}),
            "scale 14": ({"options": NOP + scale(14)}, {"wscale": 14}),
            # The kernel takes it for 14, but the SYN says 15.
            "scale 15": ({"options": NOP + scale(15)}, {"wscale": 15, "info_snd_wscale": 14}),
            "scale 255": ({"options": NOP + scale(255)}, {"wscale": 255, "info_snd_wscale": 14}),
            "tsval 0, tsecr not": (
                {"options": NOP * 2 + timestamps(0, 0xFFFFFFFF)},
                {"tsval": 0, "tsecr": 4294967295},
            ),
            "SACK": ({"options": words(SACK)}, {"sack_ok": 1, "options": "4,0"}),
            "only NOPs": ({"options": NOP * 40}, {"options": ",".join("1" * 40), "tcp_hlen": 60}),
            "only EOL": ({"options": EOL * 4}, {"options": "0", "options_hex": "00000000"}),
            "padding": (
                {"options": words(mss(1460), SACK)},
                {"options": "2,4,0", "muonfp": "64240:2-4-0:1460:"},
            ),
            "unknown kinds": (
                {"options": words(b"\xfe\x04\xaa\xbb", b"\x1e\x02", mss(1400), b"\x45\x03\xff")},
                {"options": "254,30,2,69,0", "mss": 1400},
            ),
            "longest unknown": ({"options": b"\xfd\x28" + bytes(38)}, {"options": "253"}),
            "MPTCP": (
                {"options": mss(1460) + b"\x1e\x04\x01\x81"}, {"options": "2,30", "mss": 1460},
            ),
        })

    def test_hostile_options(self):
        """Whatever they hold, the request is served, and what was readable before is read."""
        self.check_all({
            "length 0": ({"options": words(mss(1460), b"\x04\x00")}, {
                "options": "2,4", "mss": 1460, "sack_ok": 0,
            }),
            "length 0 at once": ({"options": b"\x03\x00\x07\x00"}, {
                "options": "3", "wscale": None,
            }),
            "length 1": ({"options": words(SACK, b"\x02\x01", SACK)}, {
                "options": "4,2", "sack_ok": 1, "mss": None,
            }),
            "past the end": ({"options": mss(1460) + b"\x08\x0a\x00\x00"}, {
                "options": "2,8", "tsval": None,
            }),
            "past the end by one": ({"options": b"\x01\x01\x04\x03"}, {
                "options": "1,1,4", "sack_ok": 0,
            }),
            "length 255": ({"options": b"\x02\xff\x05\xb4"}, {"options": "2", "mss": None}),
            "no length": ({"options": NOP * 3 + b"\x02"}, {"options": "1,1,1,2", "mss": None}),
            "unknown without length": ({"options": NOP * 3 + b"\xff"}, {"options": "1,1,1,255"}),
            "mss too short": ({"options": words(b"\x02\x03\x05", SACK)}, {
                "options": "2,4,0", "mss": None, "sack_ok": 1,
            }),
            "mss too long": ({"options": words(b"\x02\x05\x05\xb4\x01", SACK)}, {
                "options": "2,4,0", "mss": None,
            }),
            "scale too long": ({"options": b"\x03\x04\x07\x07"}, {"options": "3", "wscale": None}),
            "SACK too long": ({"options": b"\x04\x04\x00\x00"}, {"options": "4", "sack_ok": 0}),
            "timestamps too short": ({"options": b"\x08\x08" + bytes(6)}, {
                "options": "8", "tsval": None,
            }),
            "EOL, rubbish behind": ({"options": mss(1460) + EOL + scale(7)}, {
                "options": "2,0", "wscale": None, "options_hex": "020405b400030307",
            }),
            "EOL first": ({"options": EOL + NOP * 3 + mss(1460)}, {"options": "0", "mss": None}),
            "twice": (
                {"options": mss(1460) + mss(536) + scale(7) + NOP + scale(9) + NOP},
                {"options": "2,2,3,1,3,1", "mss": 536, "wscale": 9},
            ),
            "the second is wrong": (
                {"options": mss(1460) + b"\x02\x03\x05" + NOP}, {"options": "2,2,1", "mss": 1460},
            ),
            # Of more than these a kernel that looks for TCP-AO drops the SYN itself
            # (net/ipv4/tcp_input.c, tcp_do_parse_auth_options).
            "all ones": ({"options": b"\xff" * 16}, {"options": "255"}),
            "all twos": ({"options": b"\x02" * 40}, {"options": ",".join("2" * 20), "mss": None}),
        })


class FastOpen(RawCase):
    """Data in the SYN that counts: the request is there before the handshake is over."""

    LISTEN = "fastopen=16"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As a server (2), and without cookies (0x200).
        sysctl("net.ipv4.tcp_fastopen", 0x202)

    def test_request_in_the_syn(self):
        for syn in V4, V6:
            with self.subTest(version=syn.ip.version):
                raw, report = self.http(
                    syn.with_tcp(payload=REQUEST), request=b"", ack=False)
                self.assertValues(report, reading.expected(raw.syn_packet()))
                self.assertValues(report, {
                    "payload_len": len(REQUEST), "rtt": None, "rtt_quality": "none",
                    "info_state": 3,
                })
                self.assertTrue(int(report["info_options"]) & 0x20, "no data in the SYN")
