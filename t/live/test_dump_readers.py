"""Many readers of dumps: what they cost others, and that each that is not served any more leaves
its place to another."""

import json
import random
import socket
import struct
import time
from contextlib import ExitStack
from multiprocessing import Event, Process
from statistics import fmean

from t.harness.case import LiveCase
from t.harness.client import Http, connect, read_to_end
from t.harness.http2 import Http2, frame
from t.harness.nginx import Nginx, wait_for
from t.harness.servers import http2

PLAIN, SMALL, HTTP2 = 8080, 8081, 8082
CLIENTS = 3000
#: Dumps that a worker sends at a time.
PLACES = 16
#: Room for little at once.
LITTLE = {(socket.SOL_SOCKET, socket.SO_RCVBUF): 4096}
READERS, SECONDS = 500, 3
RST_STREAM, CANCEL = 3, 8
#: Of an answer in chunks.
END = b"\r\n0\r\n\r\n"


def request(path, method="GET", headers=""):
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


def read_chunks(sock):
    """What is left of an answer."""
    data = b""
    while not data.endswith(END):
        more = sock.recv(65536)
        if not more:
            raise ConnectionResetError("closed in the middle")
        data += more
    return data


def read_slowly(path, count, ready, stop):
    """So many clients that take a little now and then, and ask again when there is no more."""
    said = request(path)
    clients = [connect("127.0.0.1", PLAIN, LITTLE) for _ in range(count)]
    for client in clients:
        client.sendall(said)
        client.setblocking(False)
    ready.set()
    while not stop.is_set():
        for client in random.sample(clients, count // 10):
            try:
                data = client.recv(2000)
            except BlockingIOError:
                continue
            if data.endswith((END, b"too many dumps\"}")):
                client.sendall(said)
        stop.wait(0.005)
    for client in clients:
        client.close()


class DumpReaders(LiveCase):
    def setUp(self):
        parameter, directive = http2()
        self.server = Nginx()
        self.server.configure(f"""
            tcpfp_zone hosts:1m;
            server {{
                listen {PLAIN} backlog=1024;
                listen {SMALL} sndbuf=4k;
                root {self.server.prefix};
                location / {{ return 200 ""; }}
                location /static {{ try_files /static =404; }}
                location /all {{ tcpfp_dump hosts; }}
                location /impatient {{ tcpfp_dump hosts; send_timeout 1s; }}
                location /limited {{ tcpfp_dump hosts; limit_rate 400k; }}
            }}
            server {{ listen {HTTP2} {parameter}; {directive} location / {{ tcpfp_dump hosts; }} }}
        """)
        self.started(self.server)
        (self.server.prefix / "static").write_bytes(bytes(2 << 20))
        self.addresses = {f"127.1.{i >> 8}.{i & 255}" for i in range(CLIENTS)}
        for address in self.addresses:
            with Http(connect("127.0.0.1", PLAIN, source=address)) as http:
                http.get("/")
        self.holders = ExitStack()
        self.addCleanup(self.holders.close)

    def status(self, path="/all", method="GET", port=PLAIN):
        """How a request for a dump is answered; its client then goes."""
        with connect("127.0.0.1", port, LITTLE) as sock:
            sock.sendall(request(path, method))
            return int(sock.recv(12)[-3:])

    def hold(self, count, path="/all", port=SMALL):
        """Dumps that have begun, and whose clients read no more."""
        held = [self.holders.enter_context(connect("127.0.0.1", port, LITTLE))
                for _ in range(count)]
        for sock in held:
            sock.sendall(request(path))
            self.assertEqual(sock.recv(12), b"HTTP/1.1 200")
        return held

    def assertFull(self):
        """Who asks now is told when to ask again; other requests are answered."""
        with connect("127.0.0.1", PLAIN) as sock:
            sock.sendall(request("/all", headers="Connection: close\r\n"))
            head, _, body = read_to_end(sock).decode().partition("\r\n\r\n")
        status, *headers = head.split("\r\n")
        self.assertEqual(status, "HTTP/1.1 503 Service Temporarily Unavailable")
        self.assertIn("Retry-After: 1", headers)
        self.assertIn("Content-Type: application/json", headers)
        self.assertEqual(json.loads(body), {"error": "too many dumps"})
        self.assertEqual(self.status(method="HEAD"), 503)
        self.assertEqual(self.status("/"), 200)
        self.assertEqual(self.status("/all?since=x"), 400)

    def assertRoom(self, count=PLACES):
        """For so many, and no more."""
        held = []

        def is_room():
            if self.status() == 503:
                return False
            held.extend(self.hold(1))
            return len(held) == count

        wait_for(is_room, f"room for {count} dumps")
        self.assertFull()

    def test_no_more_than_there_are_places(self):
        held = self.hold(PLACES)
        self.assertFull()
        # One goes, and another one comes.
        held.pop().close()
        self.assertRoom(1)

    def test_clients_that_go(self):
        for sock in self.hold(PLACES):
            sock.close()
        self.assertRoom()

    def test_clients_that_reset(self):
        for sock in self.hold(PLACES):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
        self.assertRoom()

    def test_clients_that_read_to_the_end(self):
        """And keep their connections."""
        held = self.hold(PLACES)
        for sock in held:
            self.assertGreater(len(read_chunks(sock)), 500_000)
        self.assertRoom()

    def test_clients_that_do_not_read(self):
        """For longer than send_timeout."""
        self.hold(PLACES, "/impatient")
        self.assertFull()
        self.assertRoom()

    def test_a_limited_rate(self):
        held = self.hold(PLACES, "/limited", PLAIN)
        self.assertFull()
        began = time.monotonic()
        self.assertGreater(len(read_chunks(held.pop())), 500_000)
        self.assertGreater(time.monotonic() - began, 1)
        for sock in held:
            sock.close()
        self.assertRoom()

    def test_streams(self):
        with Http2(connect("127.0.0.1", HTTP2)) as client:
            # As much as the client's windows let pass.
            client.ask(*["/"] * PLACES)
            wait_for(lambda: self.status() == 503, "all streams")
            self.assertFull()
            client.sock.sendall(frame(RST_STREAM, 0, client.asked[3], struct.pack("!I", CANCEL)))
            self.assertRoom(1)
        wait_for(lambda: self.status() == 200, "the end of the streams")
        self.holders.close()
        self.assertRoom()

    def test_heads_and_refusals_take_no_place(self):
        with connect("127.0.0.1", PLAIN) as sock:
            for _ in range(3 * PLACES):
                for how, answer in (("HEAD", b"200 OK"), ("POST", b"405 Not Allowed")):
                    sock.sendall(request("/all", how, "Content-Length: 0\r\n"))
                    self.assertIn(answer, sock.recv(65536))
        for _ in range(3 * PLACES):
            self.assertEqual(self.status("/all?family=x"), 400)
        self.assertRoom()

    def test_what_they_cost_others(self):
        """No more than as many slow readers of a file, whether they see all records or none."""
        file = self.cost("/static")
        for path in "/all", "/all?family=Windows":
            dump = self.cost(path)
            print(f"{READERS} slow readers of {path}: {dump * 1000:.1f} ms a request, "
                  f"of a file {file * 1000:.1f} ms")
            self.assertLess(dump, 2 * file + 0.02)

    def cost(self, path):
        """Seconds that a request takes, on average, beside slow readers."""
        ready, stop = Event(), Event()
        readers = Process(target=read_slowly, args=(path, READERS, ready, stop), daemon=True)
        readers.start()
        try:
            self.assertTrue(ready.wait(10))
            took, end = [], time.monotonic() + SECONDS
            while time.monotonic() < end:
                began = time.monotonic()
                with Http(connect("127.0.0.1", PLAIN)) as http:
                    http.get("/")
                took.append(time.monotonic() - began)
                time.sleep(0.01)
        finally:
            stop.set()
            readers.join()
        return fmean(took)
