"""What a request claims, held against the SYNs of other systems than this one."""

import json

from t.harness.packet import V4, V6, mss, timestamps
from t.harness.raw_case import RawCase

NOP, EOL, SACK = b"\x01", b"\x00", b"\x04\x02"


def scale(shift):
    return bytes([3, 3, shift])


#: The options of each, and what else differs from a Linux. Windows: Microsoft's documents; Apple:
#: xnu's tcp_output.c.
SYSTEMS = {
    "Windows": (
        {"ttl": 120},
        {"window": 64240, "options": mss(1460) + NOP + scale(8) + NOP + NOP + SACK},
    ),
    "Apple": (
        {"ttl": 55, "ident": 0},
        {"window": 65535,
         "options": mss(1460) + NOP + scale(6) + NOP + NOP + timestamps(77) + SACK + EOL + EOL},
    ),
    "Linux": ({"ttl": 57}, {"window": 64240}),
}

BROWSER = "Mozilla/5.0 ({}) AppleWebKit/537.36"
#: What these say of themselves, and whether the SYN of Windows, of Apple and of Linux contradicts.
AGENTS = {
    BROWSER.format("Windows NT 10.0; Win64; x64"): ("Windows", 0, 1, 1),
    BROWSER.format("Macintosh; Intel Mac OS X 10_15_7"): ("Apple", 1, 0, 1),
    BROWSER.format("iPhone; CPU iPhone OS 17_5 like Mac OS X"): ("Apple", 1, 0, 1),
    BROWSER.format("X11; Linux x86_64"): ("Linux", 1, 1, 0),
    BROWSER.format("X11; CrOS x86_64 14541.0.0"): ("Linux", 1, 1, 0),
    BROWSER.format("Linux; Android 10; K"): ("Android", 1, 1, 0),
    BROWSER.format("Linux; Android 12; Pixel 6; wv"): ("Android", 1, 1, 0),
    BROWSER.format("X11; FreeBSD amd64"): ("BSD", 1, 1, 1),
    BROWSER.format("PlayStation 4 11.00"): ("Other", None, None, None),
    # The Windows Subsystem for Linux, and Wine.
    "Wget/1.21.3 (linux-gnu)": ("Linux", 0, 1, 0),
    "Microsoft-CryptoAPI/10.0": ("Windows", 0, None, None),
    "curl/8.5.0": (None, None, None, None),
    BROWSER.format("iPhone; compatible; Googlebot/2.1"): (None, None, None, None),
    "Opera/9.80 (iPhone; Opera Mini/7.0.4/28.2555; U; fr)": (None, None, None, None),
}


class Claim(RawCase):
    def claim(self, syn, agent):
        """Family and mismatch, of a request with this User-Agent."""
        request = (f"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\n"
                   "Connection: close\r\n\r\n")
        _, report = self.http(syn, request.encode())
        values = json.loads(report["json"])
        return values.get("ua_family"), values.get("os_mismatch")

    def test_every_system(self):
        for at, (system, (ip, tcp)) in enumerate(SYSTEMS.items(), 1):
            for plain in V4, V6:
                syn = plain.with_ip(**ip).with_tcp(**tcp)
                for agent, expected in AGENTS.items():
                    with self.subTest(system, version=syn.ip.version, agent=agent):
                        self.assertEqual(self.claim(syn, agent), (expected[0], expected[at]))

    def test_a_syn_of_nobody(self):
        syn = V4.with_ip(ttl=33).with_tcp(options=b"", window=1024)
        for agent in AGENTS:
            with self.subTest(agent):
                self.assertIsNone(self.claim(syn, agent)[1])
