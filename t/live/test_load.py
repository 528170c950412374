"""Thousands of connections of every manner, while nginx is reloaded and loses a worker."""

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor

from t.harness import fields, reading
from t.harness.case import LiveCase
from t.harness.client import Http, ask_stream, connect, read_to_end
from t.harness.nginx import wait_for
from t.harness.servers import http_server, stream_server

PORTS = range(20000, 22000)
THREADS, RELOADS = 8, 5
HTTP, STREAM = 8080, 9090


def keep_alive(port):
    """Three requests on one connection; a reload may close it between them."""
    reports = []
    with connect("127.0.0.1", HTTP, source_port=port) as sock:
        http = Http(sock)
        for _ in range(3):
            try:
                reports.append(http.report())
            except ConnectionError:
                if not reports:
                    raise
                break
    return reports


def one_request(port):
    with connect("::1", HTTP, source_port=port) as sock:
        return [Http(sock).report()]


def stream(port):
    with connect("127.0.0.1", STREAM, source_port=port) as sock:
        return [ask_stream(sock)]


def bad_request(port):
    """No HTTP: nginx says so, and logs it with every value all the same."""
    with connect("127.0.0.1", HTTP, source_port=port) as sock:
        sock.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        answer = read_to_end(sock)
        if not answer:
            raise ConnectionResetError("no answer to a bad request")
        assert b" 400 " in answer, answer
    return []


def hang_up(port):
    """Half a request, and no more."""
    with connect("127.0.0.1", HTTP, source_port=port) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost:")
    return []


MANNERS = [keep_alive, one_request, stream, bad_request, hang_up]


class Load(LiveCase):
    def setUp(self):
        log = f"log_format all '$remote_port {fields.DUMP[1:-1]}';\n"
        self.server = self.nginx(
            log + http_server(f"listen {HTTP}; listen [::]:{HTTP};", "access_log logs/http all;"),
            log + stream_server(f"listen {STREAM};", "access_log logs/stream all;"),
            main="worker_processes 2;", expect=[r"\[alert\] .* exited on signal 9"],
        )
        self.served, self.lost = {}, []

    def serve(self, port):
        """One connection. Those that the killed worker had are lost, and the client comes again."""
        manner = MANNERS[port % len(MANNERS)]
        try:
            self.served[port] = manner(port)
        except ConnectionError:
            self.lost.append(port)
            self.served[port] = manner(port + len(PORTS))

    def test_load(self):
        with ThreadPoolExecutor(THREADS) as pool:
            work = [pool.submit(self.serve, port) for port in PORTS]
            for i in range(RELOADS + 1):
                share = len(PORTS) * (i + 1) // (RELOADS + 2)
                wait_for(lambda: len(self.served) > share, "connections")
                if i == RELOADS // 2:
                    os.kill(self.server.workers().pop(), signal.SIGKILL)
                else:
                    self.server.reload()
        for connection in work:
            connection.result()

        self.assertLessEqual(len(self.lost), THREADS)
        self.assertEqual(len(self.served), len(PORTS))
        seqs = {}
        for port, reports in self.served.items():
            for report in reports:
                self.check_report(report)
                self.assertIn(int(report["src_port"]), (port, port + len(PORTS)))
                seqs[report["src_port"]] = report["seq"]
            self.assertSameConnection(*reports)
        # A client chooses it at random.
        self.assertGreater(len(set(seqs.values())), len(seqs) - 5)

        logged = self.check_log("http", seqs) + self.check_log("stream", seqs)
        # Each but the half requests and what the killed worker had no time for.
        self.assertGreaterEqual(logged, sum(map(len, self.served.values())) + len(PORTS) // 5)

    def check_report(self, report):
        """The values are those of the SYN that is among them."""
        self.assertValues(report, {"syn_status": "saved"})
        self.assertValues(report, reading.expected(bytes.fromhex(report["syn"])))

    def check_log(self, name, seqs):
        """Every line is of the connection that nginx itself names; gives their number."""
        lines = (self.server.prefix / "logs" / name).read_text().splitlines()
        for line in lines:
            # The killed worker may have left half a line in front.
            port, report = re.match(r"(?:.*\D)?(\d+) (syn_status=.*)", line).groups()
            values = dict(re.findall(r"(\w+)=(.*?)\\x0A", report))
            self.assertValues(values, {
                "syn_status": "saved", "src_port": port, "seq": seqs.get(port, values["seq"]),
            })
        return len(lines)
