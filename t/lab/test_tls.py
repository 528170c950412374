"""The TLS round trip and the first byte of every kind of handshake: directly, and by each kind of
relay."""

from statistics import median

from t.harness import tls
from t.harness.client import LAST_REQUEST
from t.harness.tls import context

from .distance.case import (
    EARLY, OTHER_NAME, PREREAD_LOG, RETRY, STREAM_PREREAD, STREAM_TLS, TLS, TLS12, TLS_DEFERRED,
    VERIFIED,
)
from .distance.clients import ask, curl, fresh, hear, resumed, s_client
from .distance.extent import COUNT
from .distance.relay import OWN
from .distance.way_case import WayCase, hello_errors, waits
from .distance.ways import CLIENT_RTT


class Tls(WayCase):
    def test_tls_1_3(self):
        self.check("TLS 1.3", TLS, fresh(context()))

    def test_tls_1_3_resumed(self):
        self.check("TLS 1.3 resumed", TLS, resumed(context()))

    def test_tls_1_2(self):
        self.check("TLS 1.2", TLS12, fresh(context()), protocol="TLSv1.2")

    def test_tls_1_2_resumed(self):
        self.check("TLS 1.2 resumed", TLS12, resumed(context()), protocol="TLSv1.2")

    def test_hello_retry(self):
        self.check("HelloRetryRequest", RETRY, fresh(context()))

    def test_name_that_switches_the_context(self):
        self.check("another server's name", TLS, fresh(context(), server_hostname=OTHER_NAME))

    def test_client_certificate(self):
        made = context()
        certificate, key = tls.directives().replace(";", "").split()[1::2]
        made.load_cert_chain(certificate, key)
        self.check("client certificate", VERIFIED, fresh(made))

    def test_http2(self):
        self.check("HTTP/2, curl", TLS, lambda way: [curl(way) for _ in range(COUNT)])

    def test_stream(self):
        self.check("stream", STREAM_TLS, fresh(context(), hear))

    def test_early_data(self):
        """A client that sends before it has heard anything waits for nothing; the same client
        without early data does."""
        session, request = self.server.prefix / "session", self.server.prefix / "request"
        request.write_bytes(LAST_REQUEST)

        def measure(way, _):
            found = [s_client(way, "-sess_out", session)[1][0] for _ in range(COUNT)]
            middle = median(values["tls_rtt"] for values in found)
            self.assertAbout(middle, way.distance, max(10, way.distance * 0.1))
            output, found = s_client(way, "-sess_in", session, "-early_data", request)
            self.assertIn("Early data was accepted", output)
            self.assertTrue(found)
            for values in found:
                self.assertEqual((values["tls_rtt"], values["rtt_gap"]), (None, None))

        self.each(EARLY, measure, [None, *(relay for relay in OWN if relay.speaks != "socks5")])

    def test_deferred(self):
        """The server hears of a connection when its first data is there, so that nothing delays
        it; by the first request the kernel knows the round trip nevertheless."""
        self.check("deferred", TLS_DEFERRED, fresh(context()), is_deferred=True)

    def test_stream_that_only_reads_the_hello(self):
        """It has no TLS of its own, and so no round trip of it."""
        made, errors = context(), []

        def measure(way, _):
            _, values = self.logged(PREREAD_LOG, lambda: ask(made.wrap_socket(way.connect())))
            self.assertIsNone(values["tls_rtt"])
            self.assertEqual(values["hello_delay"] > CLIENT_RTT / 2, waits(way))
            errors.extend(hello_errors(way, [values]))

        self.each(STREAM_PREREAD, measure)
        self.assertAbout(median(errors), 0, 1)
