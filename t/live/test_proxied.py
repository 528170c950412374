"""nginx-conf/proxied_clients.conf: its signs, and its headers, which no client can forge."""

import re
import socket
import subprocess

from t.harness import tls
from t.harness.case import LiveCase
from t.harness.client import Http, connect
from t.harness.example import Example
from t.harness.nginx import wait_for
from t.harness.relay import Relay

PLAIN, TLS, BACKEND = 8080, 8443, 9000
FORGED = "X-TCP-Proxied X-TCP-RTT-Gap X-TCP-Hello-Delay X_TCP_Proxied X-Tcp-Proxied".split()
ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"

#: The signs; and the seconds for which a relay holds the client's first words, and its others.
WAYS = {
    "a client of our own": ("", None),
    "a relay that is near": ("", (0, 0)),
    "a relay that is far from its clients": ("gap", (0, 0.1)),
    "a client that says hello late": ("hello", (0.1, 0)),
    "a proxy that must be asked": ("gap hello", (0.1, 0.1)),
    "a client whose user takes time": ("", (0, 1.5)),
}


class Proxied(LiveCase):
    PROGRAMS = "curl", "openssl"

    def setUp(self):
        certificate, key = tls.directives().replace(";", "").split()[1::2]
        self.server = self.started(Example("proxied_clients.conf", replaced={
            "listen 8443 ssl": f"listen {PLAIN}; listen {TLS} ssl",
            "certificate.pem": certificate, "key.pem": key,
        }))
        self.backend = socket.create_server(("127.0.0.1", BACKEND))
        self.backend.settimeout(10)
        self.addCleanup(self.backend.close)

    def request(self):
        """What comes to the backend next; it is answered."""
        connection, _ = self.backend.accept()
        with connection:
            request = b""
            while not request.endswith(b"\r\n\r\n"):
                request += connection.recv(65536)
            connection.sendall(ANSWER)
        return request.decode()

    def headers(self, url):
        """The headers that the backend gets when curl asks there, by name."""
        forged = [word for name in FORGED for word in ("-H", f"{name}: forged")]
        with subprocess.Popen(
            ["curl", "-sS", "--insecure", "--max-time", "10", *forged, "-H", "X-Other: sent", url],
            stdout=subprocess.DEVNULL,
        ) as curl:
            request = self.request()
        self.assertEqual(curl.returncode, 0)
        self.assertNotIn("forged", request)
        self.assertIn("\r\nX-Other: sent\r\n", request)
        return dict(re.findall(r"^(X-TCP-[^:]+): (.*)\r$", request, re.MULTILINE))

    def relay(self, port, first, rest):
        relay = Relay(port, rest, [first], back=0)
        self.addCleanup(relay.close)
        return relay.own_port

    def assertLogged(self, pattern):
        log = self.server.prefix / "logs/proxied.log"
        wait_for(lambda: re.search(pattern, log.read_text(), re.MULTILINE), pattern)

    def test_signs(self):
        for name, (signs, held) in WAYS.items():
            with self.subTest(name):
                port = self.relay(TLS, *held) if held else TLS
                # A machine that is busy is as late as one that is far.
                for _ in range(5):
                    headers = self.headers(f"https://127.0.0.1:{port}")
                    if headers.get("X-TCP-Proxied", "") == signs:
                        break
                self.assertEqual(headers.get("X-TCP-Proxied"), signs or None)
                first, rest = (1e6 * seconds for seconds in held or (0, 0))
                gap, hello = headers["X-TCP-RTT-Gap"], headers["X-TCP-Hello-Delay"]
                self.assertGreaterEqual(int(gap), rest)
                self.assertGreaterEqual(int(hello), 0.9 * first)
                self.assertLogged(
                    rf"^127.0.0.1 \[{signs}\] rtt=\d+/ok .*gap={gap} hello={hello} ")

    def test_without_tls(self):
        """A late request is no sign, though it is late."""
        headers = self.headers(f"http://127.0.0.1:{self.relay(PLAIN, 0.1, 0.1)}")
        self.assertEqual([*headers], ["X-TCP-Hello-Delay"])
        self.assertGreaterEqual(int(headers["X-TCP-Hello-Delay"]), 90_000)
        self.assertLogged(r"^\S+ \[\] rtt=\d+/ok tls=- gap=- hello=\d{5,} ")

    def test_a_small_mtu(self):
        for mss, sign in [
            # What phones have, too: MTUs of 1400, 1420, 1440, 1428, IPv6's least.
            (1360, None), (1380, None), (1400, None), (1388, None), (1240, None), (1460, None),
            (1452, None), (1372, "vpn"), (1379, "vpn"), (1406, "vpn"), (1363, "vpn"),
        ]:
            options = {(socket.IPPROTO_TCP, socket.TCP_MAXSEG): mss}
            with self.subTest(mss), Http(connect("127.0.0.1", PLAIN, options)) as http:
                http.send()
                found = re.search(r"^X-TCP-Proxied: (.*)\r$", self.request(), re.MULTILINE)
                http.receive()
                self.assertEqual(found and found[1], sign)
