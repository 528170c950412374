"""Every request of a connection has the same values: HTTP/1.1, HTTP/2, and through a reload."""

import os
import signal
import socket
import struct

from t.harness import fields
from t.harness.case import LiveCase
from t.harness.client import Http, connect
from t.harness.servers import http_server

HTTP = 8080


class Requests(LiveCase):
    def start(self):
        return self.nginx(http_server(f"listen {HTTP}; listen [::]:{HTTP};"))

    def test_two_requests_on_one_connection(self):
        self.start()
        for address in "127.0.0.1", "::1":
            with self.subTest(address), Http(connect(address, HTTP)) as http:
                first, second = http.report(), http.report()
                self.assertValues(first, {"src_port": http.port, "syn_status": "saved"})
                self.assertSameConnection(first, second)
                self.assertGreater(
                    int(second["live_bytes_received"]), int(first["live_bytes_received"]))

    def test_pipelined_requests(self):
        self.start()
        with Http(connect("127.0.0.1", HTTP)) as http:
            request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
            last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            http.sock.sendall(request * 4 + last)
            with http.sock.makefile("rb") as file:
                reports = [
                    fields.parse(part.partition("\r\n\r\n")[2])
                    for part in file.read().decode().split("HTTP/1.1 200 OK")[1:]
                ]
        self.assertEqual(len(reports), 5)
        self.assertSameConnection(*reports)

    def test_another_connection_differs(self):
        self.start()
        with Http(connect("127.0.0.1", HTTP)) as one, Http(connect("127.0.0.1", HTTP)) as other:
            reports = [one.report(), other.report(), one.report(), other.report()]
        self.assertSameConnection(reports[0], reports[2])
        self.assertSameConnection(reports[1], reports[3])
        for name in "src_port", "seq", "syn", "json", "accept_time":
            self.assertNotEqual(reports[0][name], reports[1][name], name)

    def test_a_connection_slot_that_is_used_again_keeps_nothing(self):
        self.start()
        for _ in range(50):
            with Http(connect("127.0.0.1", HTTP)) as http:
                self.assertValues(http.report(), {"src_port": http.port})

    def test_clients_that_are_gone_before_accept(self):
        """nginx accepts them all the same; some with a reset that the kernel has already seen."""
        nginx = self.start()
        (worker,) = nginx.workers()
        os.kill(worker, signal.SIGSTOP)
        try:
            for i in range(40):
                sock = connect("127.0.0.1", HTTP)
                # Lingering for 0 seconds sends a reset instead of FIN.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", i % 2, 0))
                sock.close()
        finally:
            os.kill(worker, signal.SIGCONT)
        with Http(connect("127.0.0.1", HTTP)) as http:
            report = http.report()
        self.assertValues(report, {"syn_status": "saved", "src_port": http.port, "pid": worker})
        self.assertGreater(int(report["connection"]), 40)

    def test_a_request_that_a_reload_interrupts(self):
        """The old worker finishes what it began, with the values of its connection."""
        nginx = self.start()
        with Http(connect("127.0.0.1", HTTP)) as http:
            before = http.report()
            http.sock.sendall(b"GET / HTTP/1.1\r\n")
            # An idle connection would be closed; nginx reads this before it can answer another.
            with Http(connect("127.0.0.1", HTTP)) as later:
                later.report()
            nginx.reload()
            self.assertNotIn(int(before["pid"]), nginx.workers())
            http.sock.sendall(b"Host: localhost\r\n\r\n")
            self.assertSameConnection(before, http.receive_report())
        with Http(connect("127.0.0.1", HTTP)) as http:
            after = http.report()
        self.assertValues(after, {"src_port": http.port, "syn_status": "saved"})
        self.assertNotEqual(after["pid"], before["pid"])
