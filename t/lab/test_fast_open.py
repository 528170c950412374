"""TCP Fast Open: the request is there, and the connection accepted, before the handshake is over.

Its round trip is known when the third segment has come. Clients have a cookie from an earlier
connection, as RFC 7413 wants it.
"""

import os
import signal
import socket
import threading

from t.harness.client import connect, read_to_end
from t.harness.namespace import sysctl

from .distance.case import (
    FAST_OPEN, FAST_OPEN_LOG, LARGE, LARGE_SIZE, STREAM_FAST_OPEN, TLS_FAST_OPEN,
)
from .distance.clients import ask, ask_twice, curl
from .distance.handshake_case import ONCE, HandshakeCase, near
from .distance.results import shown

#: Values of net.ipv4.tcp_fastopen; the latter two do without cookies.
CLIENT, SERVER, BOLD_CLIENT, BOLD_SERVER = 1, 2, 5, 0x202
#: The SYN waits for the first data, if there is a cookie (linux/tcp.h, TCP_FASTOPEN_CONNECT).
FAST_OPEN_CLIENT = {(socket.IPPROTO_TCP, 30): 1}


def learn(by):
    """Gets a cookie, by a handshake like any other."""
    near("net.ipv4.tcp_fastopen", CLIENT)(by)
    with by.inside():
        ask(connect(by.entry[0], FAST_OPEN, FAST_OPEN_CLIENT))


def fast(by):
    """A client with its request in the SYN."""
    return ask(by.connect(options=FAST_OPEN_CLIENT))


class FastOpen(HandshakeCase):
    def setUp(self):
        old = sysctl("net.ipv4.tcp_fastopen", SERVER)
        self.addCleanup(sysctl, "net.ipv4.tcp_fastopen", old)
        super().setUp()

    def check(self, quality, visit, port=FAST_OPEN, prepare=learn, is_fast=True, **wire):
        found = super().check(quality, visit, port, prepare, **wire)
        for _, values in found:
            self.assertEqual(values["payload_len"] != "0", is_fast)
        return found

    def short_answer(self, by):
        """The values at accept, which are those of the log behind a short answer, too: nginx does
        not wait until the client has it."""
        values, logged = self.logged(FAST_OPEN_LOG, lambda: fast(by))
        self.assertEqual(values, logged)
        return values

    def long_answer(self, by):
        """The values in the log behind an answer that takes several round trips; those in its head
        are earlier."""
        def get():
            with by.connect(options=FAST_OPEN_CLIENT) as sock:
                sock.sendall(f"GET /{LARGE} HTTP/1.0\r\n\r\n".encode())
                return read_to_end(sock)

        answer, logged = self.logged(FAST_OPEN_LOG, get)
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertEqual(len(body), LARGE_SIZE)
        early = shown(head.partition(b"X-Values: ")[2].splitlines()[0].decode())
        self.assertEqual((early["rtt"], early["rtt_quality"]), (None, "none"))
        return logged

    def check_loss(self, quality, visit, **wire):
        """The same with losses. A client that lost a SYN with a cookie has no faith in it."""
        sysctl("net.ipv4.tcp_fastopen", BOLD_SERVER)
        bold = near("net.ipv4.tcp_fastopen", BOLD_CLIENT)
        return self.check(quality, visit, prepare=bold, **wire)

    def test_at_accept(self):
        for _, values in self.check("none", self.short_answer):
            self.assertEqual((values["rtt"], values["min_rtt"]), (None, None))

    def test_in_the_log(self):
        for _, values in self.check("late", self.long_answer):
            self.assertEqual(values["min_rtt"], values["rtt"])

    def test_second_request(self):
        def visit(by):
            # The client's bare acknowledgment comes before its second request.
            first, second = ask_twice(by.connect(options=FAST_OPEN_CLIENT))
            self.assertEqual((first["rtt"], first["rtt_quality"]), (None, "none"))
            return second

        self.check("late", visit)

    def test_tls(self):
        """The hello is in the SYN, and by the first request the round trip is known."""
        def visit(by):
            return curl(by, "--tcp-fastopen")

        for rtt, values in self.check("late", visit, TLS_FAST_OPEN):
            self.assertAbout(values["hello_delay"], 0, 5)
            self.assertAbout(values["tls_rtt"], rtt, max(10, rtt * 0.1))
            self.assertAbout(values["rtt_gap"], 0, 10)

    def test_stream(self):
        """The log is written when the session ends."""
        def visit(by):
            _, values = self.logged(FAST_OPEN_LOG, lambda: curl(by, "--tcp-fastopen"))
            return values

        self.check("late", visit, STREAM_FAST_OPEN)

    def test_late_accept(self):
        """The worker is busy until all of the handshake is there. The bare acknowledgment is one
        of two segments, as if it had not come."""
        (worker,) = self.server.workers()

        def visit(by):
            os.kill(worker, signal.SIGSTOP)
            later = threading.Timer(0.5, os.kill, (worker, signal.SIGCONT))
            later.start()
            values = fast(by)
            later.join()
            return values

        for rtt, values in self.check("upper_bound", visit):
            self.assertAbout(values["rtt"], rtt, 2)

    def test_lost_syn(self):
        """It is sent again without data, which then comes with the third segment."""
        found = self.check_loss("upper_bound", fast, drop=["syn"], is_fast=False, times=ONCE)
        for rtt, values in found:
            self.assertAbout(values["rtt"], rtt, 2)

    def test_lost_syn_ack(self):
        self.check_loss("late", self.long_answer, drop=["synack"], times=ONCE)

    def test_lost_third_segment(self):
        self.check_loss("late", self.long_answer, drop=["ack"])
