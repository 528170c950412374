"""A build of the modules that panics when it is provoked: a value is missing, and no more.

It is named by TEST_NGINX_PANIC_MODULES, as TEST_NGINX_LOAD_MODULES names the ordinary one.
"""

import os
import socket

from t.harness import fields
from t.harness.case import LiveCase, skip
from t.harness.client import Http, ask_http, ask_stream, connect, http_report, stream_report

HTTP, HTTP_PANIC, STREAM, STREAM_PANIC = 8080, 8081, 9090, 9091
#: Such a build panics in the capture of a SYN with this TTL.
FATAL_TTL = {(socket.IPPROTO_IP, socket.IP_TTL): 99}
#: The once that it says so.
ALARM = [r"\[alert\] .*tcpfp: .*panicked at src/.*"]
#: A report, after a variable whose evaluation panics.
PANIC = f'"panic=$tcpfp_panic\n{fields.DUMP[1:]}'


class Panic(LiveCase):
    def setUp(self):
        modules = os.environ.get("TEST_NGINX_PANIC_MODULES", "").split()
        if not modules:
            skip("TEST_NGINX_PANIC_MODULES names no build that panics")
        self.server = self.nginx(
            f"""server {{ listen {HTTP}; return 200 {fields.DUMP}; }}
                server {{ listen {HTTP_PANIC}; return 200 {PANIC}; }}""",
            f"""server {{ listen {STREAM}; return {fields.DUMP}; }}
                server {{ listen {STREAM_PANIC}; return {PANIC}; }}""",
            load=modules, expect=ALARM,
        )
        self.workers = self.server.workers()

    def assertUnhurt(self):
        """The worker is the same one, and captures as before."""
        self.assertEqual(self.server.workers(), self.workers)
        for how, port in (http_report, HTTP), (stream_report, STREAM):
            self.assertValues(how(port=port), {"syn_status": "saved", "rtt_quality": "ok"})

    def assertAbsent(self, report):
        self.assertValues(report, {"panic": None, "syn_status": "saved", "ttl": 64})

    def test_variable_in_http(self):
        for _ in range(3):
            with Http(connect("127.0.0.1", HTTP_PANIC)) as http:
                self.assertAbsent(http.report())
                self.assertAbsent(http.report())
        self.assertUnhurt()

    def test_variable_in_stream(self):
        for _ in range(3):
            self.assertAbsent(stream_report(port=STREAM_PANIC))
        self.assertUnhurt()

    def test_capture_in_http(self):
        self.check_capture(ask_http, HTTP)

    def test_capture_in_stream(self):
        self.check_capture(ask_stream, STREAM)

    def check_capture(self, ask, port):
        for _ in range(3):
            with connect("127.0.0.1", port, options=FATAL_TTL) as sock:
                self.assertValues(ask(sock), {"syn_status": "error", "syn": None, "ttl": None})
        self.assertUnhurt()
