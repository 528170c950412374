"""Every kind of listening socket: those that are captured, and those that must be left alone."""

import socket
import tempfile
import time

from t.harness import fields
from t.harness.case import LiveCase, skip
from t.harness.client import ask_http, ask_stream, connect, connect_unix, http_report, stream_report
from t.harness.servers import http_server, stream_server
from t.harness.sockets import save_syn

IPPROTO_MPTCP = 262
ABSENT = dict.fromkeys(["syn", "ip_version", "ttl", "window", "options", "src_port", "ip_fp"])

UNSUPPORTED = ABSENT | {
    "syn_status": "unsupported", "tcp_info": None, "json": '{"syn_status":"unsupported"}',
}


class Captured(LiveCase):
    def assertAllCaptured(self, ask, address, port, count=20):
        """Connections, as many as reach every socket of a port, are captured, each as itself.
        Gives the workers that answered."""
        pids = set()
        for _ in range(count):
            with connect(address, port) as sock:
                report = ask(sock)
                self.assertValues(report, {
                    "syn_status": "saved", "src_port": sock.getsockname()[1], "dst_port": port,
                    "info_state": 1,
                })
                pids.add(report["pid"])
        return pids

    def test_kinds(self):
        kinds = {
            "one address": ("{port}", "127.0.0.1"),
            "IPv4": ("127.0.0.1:{port}", "127.0.0.1"),
            "IPv6": ("[::1]:{port}", "::1"),
            "dual-stack by IPv4": ("[::]:{port} ipv6only=off", "127.0.0.1"),
            "dual-stack by IPv6": ("[::]:{port} ipv6only=off", "::1"),
            "backlog and buffers": ("{port} backlog=5 rcvbuf=64k sndbuf=64k", "127.0.0.1"),
            "keepalive": ("127.0.0.1:{port} so_keepalive=on", "127.0.0.1"),
        }
        http, stream, cases = "", "", []
        for i, (name, (listen, address)) in enumerate(kinds.items()):
            http += http_server(f"listen {listen.format(port=8000 + i)};")
            stream += stream_server(f"listen {listen.format(port=9000 + i)};")
            cases += [(name, ask_http, address, 8000 + i), (name, ask_stream, address, 9000 + i)]
        server = self.nginx(http, stream)
        for name, ask, address, port in cases:
            with self.subTest(name, ask=ask.__name__):
                self.assertAllCaptured(ask, address, port)
                self.assertEqual(save_syn(server.master, port), [1])

    def test_reuseport(self):
        server = self.nginx(
            http_server("listen 8080 reuseport; listen [::]:8080 reuseport;"),
            stream_server("listen 9090 reuseport;"),
            main="worker_processes 3;",
        )
        self.assertEqual(save_syn(server.master, 8080), [1] * 6)
        self.assertEqual(save_syn(server.master, 9090), [1] * 3)
        for ask, address, port in (
            (ask_http, "127.0.0.1", 8080), (ask_http, "::1", 8080),
            (ask_stream, "127.0.0.1", 9090),
        ):
            with self.subTest(ask.__name__, address=address):
                pids = self.assertAllCaptured(ask, address, port, count=60)
                self.assertEqual(len(pids), 3, "60 connections did not reach every socket")

    def test_deferred(self):
        self.nginx(http_server("listen 8080 deferred;"))
        with connect("127.0.0.1", 8080) as sock:
            time.sleep(0.1)
            report = ask_http(sock)
        self.assertValues(report, {"syn_status": "saved", "rtt_quality": "upper_bound"})
        self.assertGreater(int(report["rtt"]), 90_000)

    def test_many_workers_on_one_socket(self):
        server = self.nginx(http_server("listen 8080;"), main="worker_processes 4;")
        self.assertAllCaptured(ask_http, "127.0.0.1", 8080)
        for pid in server.workers():
            self.assertEqual(save_syn(pid, 8080), [1])

    def test_names_that_share_a_port(self):
        self.nginx(
            http_server("listen 8080 default_server;", "server_name first;")
            + http_server("listen 8080;", "server_name second;")
        )
        for host in "first", "second", "other":
            with self.subTest(host):
                self.assertValues(http_report(port=8080, host=host), {"syn_status": "saved"})

    def test_addresses_behind_a_wildcard_socket(self):
        """nginx binds the wildcard alone, and tells its addresses apart by getsockname."""
        server = self.nginx(
            http_server("listen 8080;") + http_server("listen 127.0.0.2:8080;")
            + http_server("listen [::]:8080;") + http_server("listen [::1]:8080;"),
            stream_server("listen 9090;") + stream_server("listen 127.0.0.2:9090;"),
        )
        self.assertEqual(save_syn(server.master, 8080), [1, 1])
        self.assertEqual(save_syn(server.master, 9090), [1])
        for address in "127.0.0.1", "127.0.0.2", "::1":
            with self.subTest(address):
                self.assertAllCaptured(ask_http, address, 8080)
        for address in "127.0.0.1", "127.0.0.2":
            with self.subTest(address):
                self.assertAllCaptured(ask_stream, address, 9090)


class LeftAlone(LiveCase):
    def test_unix_sockets(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.nginx(
            http_server(f"listen unix:{directory.name}/http; listen 8080;"),
            stream_server(f"listen unix:{directory.name}/stream;"),
        )
        with connect_unix(f"{directory.name}/http") as sock:
            reports = [ask_http(sock), ask_http(sock)]
        with connect_unix(f"{directory.name}/stream") as sock:
            reports.append(ask_stream(sock))
        for report in reports:
            self.assertValues(report, UNSUPPORTED)
        self.assertValues(http_report(port=8080), {"syn_status": "saved"})

    def test_udp(self):
        self.nginx(stream=stream_server("listen 9090 udp;") + stream_server("listen 9090;"))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(5)
            sock.connect(("127.0.0.1", 9090))
            sock.send(b"?")
            report = fields.parse(sock.recv(65536).decode())
        self.assertValues(report, UNSUPPORTED)
        self.assertValues(stream_report(port=9090), {"syn_status": "saved"})

    def test_mptcp(self):
        """nginx takes over a listening socket that it could not have made itself."""
        try:
            mptcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
        except OSError as error:
            skip(f"no MPTCP in this kernel ({error})")
        with mptcp:
            mptcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            mptcp.bind(("127.0.0.1", 8080))
            mptcp.listen()
            self.nginx(http_server("listen 127.0.0.1:8080; listen 8081;"), inherit=mptcp)
        for options in socket.IPPROTO_TCP, IPPROTO_MPTCP:
            with self.subTest(client=options), \
                    socket.socket(socket.AF_INET, socket.SOCK_STREAM, options) as sock:
                sock.connect(("127.0.0.1", 8080))
                report = ask_http(sock)
                self.assertValues(report, ABSENT | {"syn_status": "unsupported", "info_state": 1})
        self.assertValues(http_report(port=8081), {"syn_status": "saved"})

    def test_mptcp_client_of_a_tcp_listener(self):
        try:
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
        except OSError as error:
            skip(f"no MPTCP in this kernel ({error})")
        self.nginx(http_server("listen 127.0.0.1:8080;"))
        with sock:
            sock.connect(("127.0.0.1", 8080))
            report = ask_http(sock)
        self.assertValues(report, {"syn_status": "saved"})
        self.assertIn("30", report["options"].split(","))
