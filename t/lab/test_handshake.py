"""The handshake's round trip and its quality, in each case that the kernel can be in."""

import os
import signal
import socket
import time

from t.harness.namespace import sysctl
from t.harness.tls import context

from .distance.case import DEFERRED, TLS_DEFERRED
from .distance.clients import ask, ask_twice
from .distance.extent import SLACK
from .distance.handshake_case import ONCE, HandshakeCase, near
from .distance.relay import OWN

#: A client's kernel that is asked for no quick acknowledgments (tcp(7)) lets the handshake's wait
#: for data.
DELAYED_ACK = {(socket.IPPROTO_TCP, socket.TCP_QUICKACK): 0}
#: Milliseconds of a way so long that its clients ask again, once.
LONG = 1200


def silent(seconds, **options):
    """A client that waits before it asks."""
    def visit(by):
        sock = by.connect(**options)
        time.sleep(seconds)
        return ask(sock)
    return visit


def second_request(by):
    """What the second request of a connection is shown."""
    return ask_twice(by.connect())[1]


class Handshake(HandshakeCase):
    def assertLeast(self, found, more):
        """The round trip has all of the distance in it, and these milliseconds."""
        for rtt, values in found:
            self.assertGreater(values["rtt"], rtt + more - 1)

    def test_data_at_once(self):
        self.check("ok")

    def test_silent_client(self):
        self.check("ok", silent(0.3))

    def test_late_accept(self):
        """The worker is busy while the handshake ends and the data comes."""
        (worker,) = self.server.workers()

        def visit(by):
            sock = by.connect()
            os.kill(worker, signal.SIGSTOP)
            try:
                time.sleep(0.5)
            finally:
                os.kill(worker, signal.SIGCONT)
            return ask(sock)

        self.check("ok", visit)

    def test_jitter(self):
        self.check("ok", jitter=10)

    def test_hops(self):
        self.check("ok", hops=12)

    def test_relay(self):
        """The round trip is to the relay, wherever its client is."""
        for relay in OWN:
            self.check("ok", middle=relay, rtt=100)

    def test_deferred(self):
        self.assertLeast(self.check("upper_bound", port=DEFERRED), 0)

    def test_deferred_silent_client(self):
        """What the client waits is in it."""
        self.assertLeast(self.check("upper_bound", silent(0.3), port=DEFERRED), 300)

    def test_deferred_and_sent_again(self):
        """After a second of silence the kernel asks again."""
        self.check("retrans", silent(2.5), port=DEFERRED, times=ONCE)

    def test_deferred_second_request(self):
        """By then the kernel has measured an answer, and its minimum is the distance."""
        def visit(by):
            first, second = ask_twice(by.connect(), silence=0.3)
            self.assertGreater(first["rtt"], 300)
            for values in first, second:
                self.assertEqual(values["min_rtt"], values["rtt"])
            return second

        self.check("late", visit, port=DEFERRED)

    def test_deferred_tls(self):
        """By the first request the kernel has measured nginx's side of the TLS handshake."""
        made = context()

        def visit(by):
            sock = by.connect()
            time.sleep(0.3)
            return ask(made.wrap_socket(sock))

        self.check("late", visit, port=TLS_DEFERRED)

    def test_lost_syn(self):
        """The server knows only of the one that came."""
        self.check("ok", drop=["syn"], times=ONCE)

    def test_syn_that_is_sent_again(self):
        """The client asks again before it can have an answer; the server knows of both."""
        self.check("retrans", rtts=[LONG], times=ONCE)

    def test_lost_syn_ack(self):
        self.check("retrans", drop=["synack"], times=ONCE)

    def test_lost_syn_ack_without_timestamps(self):
        """Nothing tells which of two was answered."""
        self.check(
            "none", drop=["synack"], prepare=near("net.ipv4.tcp_timestamps", 0), times=ONCE)

    def test_lost_syn_ack_without_timestamps_second_request(self):
        self.check("late", second_request, drop=["synack"],
                   prepare=near("net.ipv4.tcp_timestamps", 0), times=ONCE)

    def test_lost_third_segment(self):
        self.assertLeast(self.check("upper_bound", drop=["ack"]), 0)

    def test_lost_third_segment_second_request(self):
        self.check("late", second_request, drop=["ack"])

    def test_lost_third_segment_and_a_silent_client(self):
        """What the client waits is in it; after a second the kernel asks again."""
        self.assertLeast(self.check("upper_bound", silent(0.3), drop=["ack"]), 300)
        self.check("retrans", silent(1.5), drop=["ack"], times=ONCE)

    def test_third_segment_that_waits_for_data(self):
        found = self.check("upper_bound", silent(0.12, options=DELAYED_ACK))
        self.assertLeast(found, 120)

    def test_third_segment_that_waits_for_nothing(self):
        """The server cannot know of it: such a client seems further away, by what its kernel waits
        at least (include/net/tcp.h, TCP_DELACK_MIN)."""
        self.assertLeast(self.check("ok", silent(0.5, options=DELAYED_ACK)), 40)

    def test_cookies(self):
        self.addCleanup(sysctl, "net.ipv4.tcp_syncookies", sysctl("net.ipv4.tcp_syncookies", 2))
        # In whole milliseconds, of which the lowest six bits hold the options
        # (net/ipv4/syncookies.c, cookie_init_timestamp).
        for rtt, values in self.check("cookie"):
            self.assertGreater(values["rtt"], rtt - 2)
            self.assertLess(values["rtt"], rtt + 66 + SLACK)

    def test_cookies_without_timestamps(self):
        self.addCleanup(sysctl, "net.ipv4.tcp_syncookies", sysctl("net.ipv4.tcp_syncookies", 2))
        for _, values in self.check("none", prepare=near("net.ipv4.tcp_timestamps", 0)):
            self.assertIsNone(values["rtt"])
        self.check("late", second_request, prepare=near("net.ipv4.tcp_timestamps", 0))
