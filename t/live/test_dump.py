"""The dump of a zone, to clients that take it slowly, by streams at once, or not to its end."""

import json
import socket
import time

from t.harness.case import LiveCase
from t.harness.client import Http, connect, read, read_to_end
from t.harness.http2 import Http2
from t.harness.nginx import wait_for
from t.harness.servers import http2

PLAIN, HTTP2, SMALL = 8080, 8081, 8082
CLIENTS = 3000
REQUEST = b"GET /all HTTP/1.1\r\nHost: localhost\r\n\r\n"
#: Room for little at once.
LITTLE = {(socket.SOL_SOCKET, socket.SO_RCVBUF): 4096}


class Dump(LiveCase):
    def setUp(self):
        parameter, directive = http2()
        dump = "location /all { tcpfp_dump hosts; }"
        self.server = self.nginx(f"""
            tcpfp_zone hosts:1m;
            server {{ listen {PLAIN}; {dump} location / {{ return 200 ""; }}
                      location /status {{ stub_status; }} }}
            server {{ listen {HTTP2} {parameter}; {directive} {dump} }}
            server {{ listen {SMALL} sndbuf=4k; send_timeout 1s; {dump} }}
        """)
        self.addresses = {f"127.1.{i >> 8}.{i & 255}" for i in range(CLIENTS)}
        for address in self.addresses:
            with Http(connect("127.0.0.1", PLAIN, source=address)) as http:
                http.get("/")

    def assertWhole(self, dump):
        found = {json.loads(line)["address"] for line in dump.splitlines()}
        self.assertEqual(self.addresses - found, set())
        self.assertGreater(len(dump), 500_000)

    def test_streams_at_once(self):
        with Http2(connect("127.0.0.1", HTTP2)) as client:
            for dump in client.get(*["/all"] * 3):
                self.assertWhole(dump)

    def test_a_slow_reader(self):
        """Keeps nobody else waiting, and gets all of it."""
        with connect("127.0.0.1", SMALL, LITTLE) as slow:
            slow.sendall(b"GET /all HTTP/1.0\r\n\r\n")
            time.sleep(0.5)
            with connect("127.0.0.1", SMALL) as other:
                other.sendall(b"HEAD /all HTTP/1.0\r\n\r\n")
                self.assertIn(b"200 OK", read_to_end(other))
            self.assertWhole(read_to_end(slow).decode().partition("\r\n\r\n")[2])

    def test_who_does_not_read(self):
        """For longer than send_timeout is left."""
        with connect("127.0.0.1", SMALL, LITTLE) as silent:
            silent.sendall(REQUEST)
            time.sleep(3)
            self.assertFalse(read_to_end(silent).endswith(b"\r\n0\r\n\r\n"))

    def test_who_goes_away_in_the_middle(self):
        workers = self.server.workers()
        for i in range(1, 21):
            for port in PLAIN, SMALL:
                with connect("127.0.0.1", port, LITTLE) as gone:
                    gone.sendall(REQUEST)
                    read(gone, 1000 * i)
            with Http2(connect("127.0.0.1", HTTP2, LITTLE)) as gone:
                gone.ask("/all", "/all", "/all")
                read(gone.sock, 1000 * i)
        with Http(connect("127.0.0.1", PLAIN)) as http:
            wait_for(lambda: "Active connections: 1 " in http.get("/status"), "the end of the others")
            self.assertWhole(http.get("/all"))
        self.assertEqual(self.server.workers(), workers)
