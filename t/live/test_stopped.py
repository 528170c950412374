"""A worker that is stopped while it has the zone stops nobody else: they go without records, and
when it goes on, so do the records."""

import json
import os
import random
import signal
import socket
import time
import urllib.error
from contextlib import ExitStack
from multiprocessing import Process

from t.harness import p0f
from t.harness.case import LiveCase
from t.harness.client import Http, connect, read_to_end
from t.harness.nginx import wait_for
from t.harness.zone import PORT, Dump, Memory, directives, long_database

HTTP, STREAM = 8080, 9090
#: Clients that are known, and dumps that are under way.
CLIENTS, DUMPS = 2000, 8
#: Connections that come meanwhile, and seconds in which all are answered: a fraction of what they
#: took if each waited for 5 ms.
LATE, SECONDS = 400, 1
LITTLE = {(socket.SOL_SOCKET, socket.SO_RCVBUF): 4096}


def come():
    """Connections without an end, each of a client that was there before."""
    while True:
        visit(random.randrange(CLIENTS))


def visit(client=None):
    """What the server says to a client."""
    source = "" if client is None else f"127.1.{client >> 8}.{client & 255}"
    try:
        with connect("127.0.0.1", STREAM, source=source) as sock:
            return read_to_end(sock).decode()
    except OSError:
        return None


class Stopped(LiveCase):
    def setUp(self):
        self.server = self.nginx()
        self.socket = self.server.prefix / "p0f.sock"
        (self.server.prefix / "long.fp").write_text(long_database())
        self.server.configure(
            "tcpfp_database long.fp;" + directives("1m") + f"""
                server {{ listen {HTTP} sndbuf=4k;
                          location / {{ return 200 "$tcpfp_host_conn_count"; }}
                          location /ttl {{ return 200 $tcpfp_ttl; }}
                          location /all {{ tcpfp_dump hosts; }} }}
            """, f"""
                tcpfp_database long.fp;
                tcpfp_zone hosts:1m;
                server {{ listen {STREAM}; return "$tcpfp_host_conn_count"; }}
                server {{ listen unix:{self.socket}; tcpfp_p0f_api hosts; }}
            """, "worker_processes 2;")
        self.server.reload()
        for client in range(CLIENTS):
            self.assertEqual(visit(client), "1")

    def stop_one(self):
        """Stops a worker while it has the zone."""
        crowd = [Process(target=come, daemon=True) for _ in range(2)]
        for process in crowd:
            process.start()

        def is_stopped():
            for worker in self.server.workers():
                if Memory(worker, 1 << 20).stop_inside():
                    return worker
                os.kill(worker, signal.SIGCONT)

        try:
            self.stopped = wait_for(is_stopped, "a worker in the zone", 60)
        finally:
            for process in crowd:
                process.kill()
                process.join()
        self.addCleanup(self.go_on)

    def go_on(self):
        if self.stopped:
            os.kill(self.stopped, signal.SIGCONT)
            self.stopped = None

    def assertAnswers(self):
        """Connections are answered without records, all of them at once."""
        before = time.monotonic()
        for _ in range(LATE):
            self.assertEqual(visit(), "")
        took = time.monotonic() - before
        print(f"{LATE} connections beside a stopped worker: {took * 1000:.0f} ms")
        self.assertLess(took, SECONDS)
        with Http(connect("127.0.0.1", HTTP)) as http:
            self.assertEqual((http.get("/"), http.get("/ttl")), ("", "64"))

    def assertGoesOn(self):
        """Records are written as before, and what was missed was counted."""
        self.go_on()
        known = int(wait_for(visit, "a record"))
        self.assertEqual(int(visit()), known + 1)
        with p0f.client(self.socket) as client:
            self.assertEqual(client.ask("127.0.0.1").total_conn, known + 1)
        dump = Dump()
        self.assertGreaterEqual(dump.missed, LATE)
        self.assertEqual((dump.repaired, dump.torn), (0, []))
        self.assertGreaterEqual(dump.clients, CLIENTS)

    def test_who_comes_meanwhile(self):
        self.assertEqual(Dump().missed, 0)
        self.stop_one()
        self.assertAnswers()
        self.assertAnswers()
        with self.assertRaises(urllib.error.HTTPError) as refused:
            Dump(seconds=5)
        with refused.exception as answer:
            self.assertEqual((answer.code, answer.headers["Retry-After"]), (503, "1"))
            self.assertEqual(json.load(answer), {"error": "the zone is busy"})
        # Those whom the other worker accepts.
        for _ in range(10):
            with p0f.client(self.socket) as client:
                self.assertEqual(client.ask("127.1.0.1").status, p0f.NO_MATCH)
        self.assertGoesOn()

    def test_dumps_that_are_under_way(self):
        with ExitStack() as stack:
            dumps = [stack.enter_context(connect("127.0.0.1", HTTP, LITTLE)) for _ in range(DUMPS)]
            for dump in dumps:
                dump.sendall(b"GET /all HTTP/1.0\r\n\r\n")
                self.assertEqual(dump.recv(15), b"HTTP/1.1 200 OK")
            self.stop_one()
            for dump in dumps:
                dump.setblocking(False)
            # What was sent is read, and then they wait.
            end = time.monotonic() + 1
            while time.monotonic() < end:
                for dump in dumps:
                    try:
                        self.assertNotEqual(dump.recv(65536), b"", "given up")
                    except BlockingIOError:
                        pass
            self.assertAnswers()
            self.go_on()
            for dump in dumps:
                dump.settimeout(10)
                self.assertRegex(read_to_end(dump), rb"\}\n$")
        self.assertGoesOn()

    def test_a_reload(self):
        """Does not wait for it, nor do the new workers."""
        self.stop_one()
        self.server.reload({self.stopped})
        self.assertAnswers()
        self.assertGoesOn()
        wait_for(lambda: len(self.server.workers()) == 2, "the end of the old worker")
