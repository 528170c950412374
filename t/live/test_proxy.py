"""$tcpfp_proxy: what it says of a client that is held back, by the limits of its server."""

import json
import socket

from t.harness import tls
from t.harness.case import LiveCase
from t.harness.client import connect, only_answer, read_to_end
from t.harness.http2 import Http2
from t.harness.relay import Relay
from t.harness.servers import http2
from t.harness.tls import context

INHERITED, OWN, LATE, STREAM, PLAIN, TOLD = 8443, 8444, 8445, 9443, 8080, 8446
HTTP2, HTTP2_PLAIN = 8447, 8448

#: The seconds for which a relay holds each of the client's words; the last stands for all others.
NEAR, BETWEEN, FAR, ASKED, LOST_OR_FAR = [0], [0, 0.06], [0, 0.12], [0.3], [0, 0.3]
#: The ClientHello, what ends the handshake, and then HTTP/2.
BUSY, LOST = [0, 0.12, 0], [0, 0.3, 0]


def hear(sock):
    """That of stream, which speaks first."""
    return read_to_end(sock).decode()


def answer_over_http2(sock):
    """That of a request behind the client's acknowledgment of our SETTINGS."""
    with Http2(sock) as client:
        client.get("/")
        (answer,) = client.get("/")
        return answer


class Proxy(LiveCase):
    PROGRAMS = ("openssl",)

    def setUp(self):
        self.server = self.nginx(**self.configuration())

    def configuration(self, more=""):
        certificate, (parameter, directive) = tls.directives(), http2()
        value = '"$tcpfp_proxy|$tcpfp_rtt_gap|$tcpfp_json"'
        servers = {
            f"{INHERITED} ssl": "", f"{OWN} ssl": "tcpfp_proxy_limits 200ms 250ms;",
            f"{LATE} ssl": "tcpfp_proxy_limits 1ms 1s;", f"{PLAIN}": "",
            f"{TOLD} ssl": "tcpfp_source_from 127.0.0.1; tcpfp_source_rtt 1000;",
            f"{HTTP2} ssl {parameter}": directive, f"{HTTP2_PLAIN} {parameter}": directive,
        }
        return {
            "http": f"tcpfp_proxy_limits 40ms 100ms; {more}\n" + "".join(
                f"server {{ listen {listen}; {certificate} {extra} return 200 {value}; }}\n"
                for listen, extra in servers.items()),
            "stream": f"tcpfp_proxy_limits 40ms 100ms; {more}\n"
            f"server {{ listen {STREAM} ssl; {certificate} return {value}; }}\n",
        }

    def answer(self, port, held, hear, is_tls=True):
        relay = Relay(port, held[-1], held[:-1], back=0)
        self.addCleanup(relay.close)
        sock, made = connect("127.0.0.1", relay.own_port), context()
        # What is said goes out at once.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hear is answer_over_http2:
            made.set_alpn_protocols(["h2"])
        with made.wrap_socket(sock) if is_tls else sock as sock:
            return hear(sock).split("|", 2)

    def check(self, port, held, expected, hear=only_answer, is_tls=True):
        with self.subTest(port=port, held=held):
            # A machine that is busy is as late as one that is far.
            for _ in range(5):
                word, gap, shown = self.answer(port, held, hear, is_tls)
                if word == expected:
                    break
            self.assertEqual(word, expected, f"a gap of {gap} us")
            self.assertEqual(json.loads(shown).get("proxy", ""), expected)

    def test_limits_of_http(self):
        for held, expected in (NEAR, "direct"), (BETWEEN, "unsure"), (FAR, "proxied"):
            self.check(INHERITED, held, expected)

    def test_limits_of_a_server(self):
        self.check(OWN, FAR, "direct")
        self.check(OWN, ASKED, "proxied")
        self.check(LATE, FAR, "unsure")

    def test_what_may_be_lost(self):
        """Who waits as long as TCP's patience needs another sign."""
        self.check(INHERITED, LOST_OR_FAR, "unsure")
        self.check(INHERITED, ASKED, "proxied")

    def test_stream(self):
        for held, expected in (NEAR, "direct"), (FAR, "proxied"):
            self.check(STREAM, held, expected, hear)

    def test_who_was_near_of_late(self):
        """One connection that is late is not behind a proxy by that, if an address has a record."""
        for more, expected in ("", "proxied"), ("tcpfp_zone hosts:1m;", "unsure"):
            self.server.configure(**self.configuration(more))
            self.server.reload()
            with self.subTest(more):
                self.check(INHERITED, FAR, "proxied")
                self.check(INHERITED, NEAR, "direct")
                self.check(INHERITED, FAR, expected)
                self.check(STREAM, FAR, expected, hear)

    def test_http2(self):
        """What is late in one layer only, chance has held back; what is late in both is far."""
        for held, expected in (
            (NEAR, "direct"), (FAR, "proxied"), (BUSY, "unsure"), (LOST, "unsure"),
            (LOST_OR_FAR, "proxied"),
        ):
            self.check(HTTP2, held, expected, answer_over_http2)

    def test_http2_without_tls(self):
        """An acknowledgment may be sent unasked, so that it proves nothing where it is early."""
        for held, expected in (NEAR, ""), (FAR, "proxied"):
            self.check(HTTP2_PLAIN, held, expected, answer_over_http2, is_tls=False)

    def test_without_tls(self):
        word, _, shown = self.answer(PLAIN, FAR, only_answer, is_tls=False)
        self.assertEqual(word, "")
        self.assertNotIn("proxy", json.loads(shown))

    def test_with_the_word_of_a_proxy(self):
        """TCP's round trip is then another hop's."""
        word, gap, shown = self.answer(TOLD, FAR, only_answer)
        self.assertEqual(word, "")
        self.assertGreater(int(gap), 100_000)
        self.assertNotIn("proxy", json.loads(shown))
