"""The test case for SYNs that only a raw client sends."""

import time

from . import fields, reading
from .case import LiveCase
from .raw import Raw, Tun
from .servers import http_server, stream_server

HTTP, STREAM = 8080, 9090
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class RawCase(LiveCase):
    """A TUN device, and one nginx behind it for all tests of the class."""

    MTU = 1500
    #: Parameters of the http server's `listen`.
    LISTEN = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tun = Tun(cls.MTU)
        cls.addClassCleanup(cls.tun.close)

    def setUp(self):
        def listen(port, parameters):
            return "".join(
                f"listen {address}:{port} {parameters}; " for address in ("10.99.0.1", "[fd99::1]")
            )

        self.server = self.nginx(
            http_server(listen(HTTP, self.LISTEN)), stream_server(listen(STREAM, "")),
        )
        self.workers = self.server.workers()

    def tearDown(self):
        self.assertEqual(self.server.workers(), self.workers, "a worker died")

    def http(self, syn, request=REQUEST, silence=0, **handshake):
        """What the http module says of a connection that begins with a SYN."""
        raw = Raw(self.tun, syn, HTTP).connect(**handshake)
        time.sleep(silence)
        if request:
            raw.send(request)
        return raw, body_report(raw.read_to_end())

    def stream(self, syn, **handshake):
        """What the stream module says of it; its server speaks first."""
        raw = Raw(self.tun, syn, STREAM).connect(**handshake)
        return raw, fields.parse(raw.read_to_end().decode())

    def check(self, syn, **literal):
        """Both modules say of a SYN what it is: by our own reading of the bytes, and by literal
        values where the case is about them."""
        for speak in self.http, self.stream:
            raw, report = speak(syn)
            self.assertValues(report, {"syn_status": "saved"})
            self.assertValues(report, reading.expected(raw.syn_packet()) | literal)


def body_report(answer):
    """The report in an HTTP answer, which must be a 200."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise AssertionError(head.decode())
    return fields.parse(body.decode())
