"""The TLS round trip and the first byte: directly, and by each kind of relay.

The truth is the whole way to whoever speaks TLS. A value is the median of several connections,
within 10 ms or 10% of it.
"""

from contextlib import ExitStack
from statistics import median

from distance.case import (
    RETRY, STREAM_PREREAD, STREAM_TLS, TLS, TLS12, VERIFIED, DistanceCase, ask, context, shown,
)
from distance.network import ASK, Network, Relayed
from lab import tls
from lab.client import read_to_end
from lab.nginx import wait_for

#: Milliseconds from the client to the relay and from there to the server.
CLIENT_RTT, SERVER_RTT = 100, 10
TIMES = 5


def connect_from(stack, kind, port):
    """What connects to a port of the server, directly if there is no kind of relay, and the length
    of the way."""
    if kind is None:
        network = Network(stack, rtt=CLIENT_RTT)
        return lambda: network.connect(port), CLIENT_RTT
    server = Network(stack, rtt=SERVER_RTT)
    return Relayed(stack, kind, server, port, rtt=CLIENT_RTT).connect, CLIENT_RTT + SERVER_RTT


def medians(found):
    return {
        name: median(values[name] for values in found) for name in ("tls_rtt", "rtt", "hello_delay")
    }


class Tls(DistanceCase):
    def check(self, port, made, speak=ask, session=False):
        """Asks directly and by each relay; with a session, the first connection is only for it."""
        for kind in (None, *ASK):
            with ExitStack() as stack, self.subTest(relay=kind, port=port):
                connect, way = connect_from(stack, kind, port)
                kept = None
                if session:
                    with made.wrap_socket(connect()) as sock:
                        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
                        read_to_end(sock)
                        kept = sock.session
                found = []
                for _ in range(TIMES):
                    sock = made.wrap_socket(connect(), session=kept)
                    self.assertEqual(sock.session_reused, session)
                    found.append(speak(sock))
                values = medians(found)
                print(f"{self._testMethodName} {kind or 'direct'}: "
                      + ", ".join(f"{name} {value:.1f}" for name, value in values.items()))
                self.assertLess(abs(values["tls_rtt"] - way), max(10, way * 0.1))
                near = CLIENT_RTT if kind is None else SERVER_RTT
                self.assertLess(abs(values["rtt"] - near), 2)
                # Who waits for a proxy's word cannot say hello before it has come.
                if kind in ("socks5", "connect"):
                    self.assertGreater(values["hello_delay"], CLIENT_RTT - 1)
                else:
                    self.assertLess(values["hello_delay"], CLIENT_RTT / 4)

    def test_tls_1_3(self):
        self.check(TLS, context())

    def test_tls_1_3_resumed(self):
        self.check(TLS, context(), session=True)

    def test_tls_1_2(self):
        self.check(TLS12, context())

    def test_tls_1_2_resumed(self):
        self.check(TLS12, context(), session=True)

    def test_hello_retry(self):
        self.check(RETRY, context())

    def test_client_certificate(self):
        made = context()
        certificate, key = tls.directives().replace(";", "").split()[1::2]
        made.load_cert_chain(certificate, key)
        self.check(VERIFIED, made)

    def test_stream(self):
        def speak(sock):
            with sock:
                return shown(read_to_end(sock).decode())

        self.check(STREAM_TLS, context(), speak)

    def test_stream_that_only_reads_the_hello(self):
        """It has no TLS of its own, and so no round trip of it."""
        for kind in (None, *ASK):
            with ExitStack() as stack, self.subTest(relay=kind):
                connect, _ = connect_from(stack, kind, STREAM_PREREAD)
                log = self.server.prefix / "logs/preread.log"
                before = len(log.read_text().splitlines())
                ask(context().wrap_socket(connect()))
                lines = wait_for(lambda: log.read_text().splitlines()[before:], "the log")
                values = shown(lines[0])
                self.assertIsNone(values["tls_rtt"])
                self.assertEqual(values["hello_delay"] > CLIENT_RTT - 1, kind in ("socks5", "connect"))
