"""$tcpfp_tls_rtt is held against OpenSSL's own measure of the handshake (SSL_get_handshake_rtt, since
3.2), which nginx's Lua asks it for."""

import re
import ssl
from itertools import product
from pathlib import Path
from statistics import median

from t.harness import tls
from t.harness.case import LiveCase, not_here
from t.harness.client import connect, only_answer
from t.harness.nginx import modules, version
from t.harness.relay import Relay

PLAIN, RETRY = 8443, 8444
#: Milliseconds by which the two may differ.
LIMIT = 0.1
#: Seconds that a relay holds each word back.
DELAYS = 0, 0.01, 0.05
COUNT = 5
#: Answers with both, in microseconds, and before them 1 if OpenSSL has measured.
SHOW = """content_by_lua_block {
    local ffi = require "ffi"
    pcall(ffi.cdef, "int SSL_get_handshake_rtt(const void *ssl, uint64_t *rtt);")
    local rtt = ffi.new("uint64_t[1]")
    local is_there, measured = pcall(function()
        return ffi.C.SSL_get_handshake_rtt(require("ngx.ssl").get_req_ssl_pointer(), rtt)
    end)
    ngx.print(is_there and string.format("%d %d %s", measured, tonumber(rtt[0]), ngx.var.tcpfp_tls_rtt)
              or measured)
}"""


class OpensslRtt(LiveCase):
    PROGRAMS = ("openssl",)

    def setUp(self):
        folder = re.search(r"--modules-path=(\S+)", version())
        lua = [Path(folder[1]) / f"{name}.so" for name in ("ndk_http_module", "ngx_http_lua_module")] if folder else []
        if not lua or not all(module.exists() for module in lua):
            not_here("no Lua for this nginx")
        self.server = self.nginx(load=[*map(str, lua), *modules()], http="ssl_protocols TLSv1.2 TLSv1.3;\n" + "".join(
            f"server {{ listen {port} ssl; {tls.directives()} {extra} location / {{ {SHOW} }} }}\n"
            for port, extra in ((PLAIN, ""), (RETRY, "ssl_ecdh_curve P-384;"))))

    def measured(self, port, delay, context, session=None):
        """Milliseconds by OpenSSL and by us, and the session."""
        relay = Relay(port, delay)
        self.addCleanup(relay.close)
        with context.wrap_socket(connect("127.0.0.1", relay.own_port), session=session) as sock:
            answer = only_answer(sock)
            self.assertEqual(sock.session_reused, session is not None)
            if "SSL_get_handshake_rtt" in answer:
                not_here("OpenSSL is older than 3.2")
            is_measured, theirs, ours = map(int, answer.split())
            return theirs / 1000 if is_measured else None, ours / 1000, sock.session

    def test_every_handshake(self):
        old = tls.context(maximum_version=ssl.TLSVersion.TLSv1_2)
        for (name, port, context, own), delay, is_resumed in product((
            ("TLS 1.3", PLAIN, tls.context(), 0),
            # OpenSSL's ends when it has computed with the client's key.
            ("TLS 1.2", PLAIN, old, 0.4),
            # Ours is the shorter one of two round trips, in which the client computes other things.
            ("HelloRetryRequest", RETRY, tls.context(), 1),
        ), DELAYS, (False, True)):
            with self.subTest(name, delay=delay, is_resumed=is_resumed):
                *_, session = self.measured(port, delay, context)
                found = [self.measured(port, delay, context, session if is_resumed else None)
                         for _ in range(COUNT)]
                shown = median(ours for _, ours, _ in found)
                self.assertGreaterEqual(shown, delay * 2000)
                if context is old and is_resumed:
                    # OpenSSL measures none where the server is the first to be done.
                    self.assertEqual({theirs for theirs, _, _ in found}, {None})
                    continue
                # A busy machine may be late between the two of one handshake.
                shorter = median(theirs - ours for theirs, ours, _ in found)
                print(f"{name}, resumed: {is_resumed}, {shown:.1f} ms: {shorter:+.3f} ms to OpenSSL's")
                self.assertGreater(shorter, -LIMIT)
                self.assertLess(shorter, LIMIT + own)
