"""Reloads, and what else happens to a running nginx, short of a new binary."""

import os
import signal
import socket

from t.harness.case import LiveCase
from t.harness.client import Http, ask_http, ask_stream, connect, http_report
from t.harness.nginx import children, wait_for
from t.harness.servers import http_server, stream_server
from t.harness.sockets import save_syn

HTTP, STREAM, BACKEND = 8080, 9090, 9099
ASKS = {ask_http: HTTP, ask_stream: STREAM}


def servers(value="", listen=""):
    """The same servers in http and stream, with a value of `tcpfp`."""
    tcpfp = f"tcpfp {value};" if value else ""
    return {
        "http": http_server(f"listen {HTTP} {listen};", tcpfp),
        "stream": stream_server(f"listen {STREAM} {listen};", tcpfp),
    }


class ReloadCase(LiveCase):
    def assertStatus(self, status, count=10):
        """New connections have this status, in http and stream, and their own values."""
        for ask, port in ASKS.items():
            for _ in range(count):
                with connect("127.0.0.1", port) as sock:
                    self.assertOwn(sock, ask(sock), status)

    def assertOwn(self, sock, report, status):
        """A report has the status, and values of its own connection or none."""
        port = sock.getsockname()[1] if status == "saved" else None
        self.assertValues(report, {"syn_status": status, "src_port": port})

    def assertSaveSyn(self, nginx, values):
        for port in ASKS.values():
            self.assertEqual(save_syn(nginx.master, port), values)


class Reload(ReloadCase):
    def test_test_leaves_a_live_nginx_alone(self):
        nginx = self.nginx(**servers())
        for value in "off", "on":
            nginx.configure(**servers(value))
            nginx.test()
            self.assertSaveSyn(nginx, [1])
            self.assertStatus("saved")
        nginx.configure(**servers("off"))
        nginx.reload()
        nginx.configure(**servers("on"))
        nginx.test()
        self.assertSaveSyn(nginx, [0])
        self.assertStatus("off")

    def test_reload(self):
        nginx = self.nginx(**servers())
        workers = nginx.workers()
        for _ in range(5):
            nginx.reload()
            self.assertStatus("saved")
            self.assertSaveSyn(nginx, [1])
        self.assertFalse(workers & nginx.workers())

    def test_every_change_of_the_directive(self):
        """The option outlives a reload with the socket, so it has to be cleared, too."""
        nginx = self.nginx(**servers())
        for value in "off", "on", "info", "syn", "off", "syn", "info", "on":
            with self.subTest(value):
                nginx.configure(**servers(value))
                nginx.reload()
                has_syn = value in ("on", "syn")
                self.assertSaveSyn(nginx, [int(has_syn)])
                self.assertStatus("saved" if has_syn else "off")

    def test_more_and_fewer_workers(self):
        """With reuseport each worker has a socket of its own: new ones begin without the option."""
        nginx = self.nginx(**servers(listen="reuseport"), main="worker_processes 2;")
        for workers in 4, 3, 6:
            with self.subTest(workers=workers):
                nginx.configure(**servers(listen="reuseport"), main=f"worker_processes {workers};")
                nginx.reload()
                # Until the last old worker is gone, a socket of its own may still get connections
                # that nobody accepts.
                wait_for(lambda: len(children(nginx.master)) == workers, "the end of old workers")
                values = save_syn(nginx.master, HTTP)
                self.assertEqual(values, [1] * workers)
                self.assertStatus("saved", count=40)

    def test_new_and_gone_sockets(self):
        nginx = self.nginx(**servers())
        nginx.configure(http_server("listen 8081;") + http_server(f"listen {HTTP};"))
        nginx.reload()
        for port in 8081, HTTP:
            self.assertValues(http_report(port=port), {"syn_status": "saved", "dst_port": port})
        nginx.configure(**servers())
        nginx.reload()
        self.assertStatus("saved")

    def test_a_configuration_that_fails(self):
        nginx = self.nginx(**servers(), expect=["\\[emerg\\].*unknown directive"])
        workers = nginx.workers()
        nginx.configure(**servers("off"), main="nonsense on;")
        nginx.signal(signal.SIGHUP)
        wait_for(nginx.alarms, "the error")
        self.assertEqual(nginx.workers(), workers)
        self.assertSaveSyn(nginx, [1])
        self.assertStatus("saved")

    def test_connections_that_wait_through_a_reload(self):
        """Their handshakes are over, and nobody has accepted them: the new workers do."""
        for before, after, status in (
            ("on", "on", "saved"),
            # The socket kept no SYNs when they came.
            ("off", "on", "missing"),
            ("on", "off", "off"),
        ):
            with self.subTest(before=before, after=after):
                nginx = self.nginx(**servers(before))
                worker = nginx.workers()
                signal_all(worker, signal.SIGSTOP)
                try:
                    waiting = [
                        (ask, connect("127.0.0.1", port))
                        for ask, port in ASKS.items() for _ in range(10)
                    ]
                    nginx.configure(**servers(after))
                    nginx.reload(stopped=worker)
                    for ask, sock in waiting:
                        with sock:
                            self.assertOwn(sock, ask(sock), status)
                finally:
                    signal_all(worker, signal.SIGCONT)
                self.doCleanups()

    def test_a_session_that_a_reload_interrupts(self):
        """A stream session lives in its old worker, and is logged there when it ends."""
        log_format = "log_format syn '$pid $tcpfp_src_port $tcpfp_syn_status $tcpfp_live_state';\n"
        with socket.create_server(("127.0.0.1", BACKEND)) as backend:
            backend.settimeout(10)
            stream = log_format + f"""
                server {{ listen {STREAM}; proxy_pass 127.0.0.1:{BACKEND};
                access_log logs/session.log syn; }}"""
            nginx = self.nginx(http_server(f"listen {HTTP};"), stream)
            (worker,) = nginx.workers()
            with connect("127.0.0.1", STREAM) as sock:
                port = sock.getsockname()[1]
                session, _ = backend.accept()
                nginx.reload()
                self.assertNotIn(worker, nginx.workers())
                session.close()
                self.assertEqual(sock.recv(1), b"")
        log = nginx.prefix / "logs/session.log"
        line = wait_for(log.read_text, "the session's log")
        self.assertRegex(line, rf"^{worker} {port} saved \d+\n$")


class Workers(ReloadCase):
    def test_killed(self):
        nginx = self.nginx(
            **servers(), main="worker_processes 2;",
            expect=[r"\[alert\] .*worker process \d+ exited on signal 9"] * 2,
        )
        for victim in nginx.workers():
            os.kill(victim, signal.SIGKILL)
            wait_for(lambda: victim not in nginx.workers() and nginx.is_up(), "a new worker")
            self.assertStatus("saved")
            self.assertSaveSyn(nginx, [1])

    def test_single_process(self):
        """A master that is its own worker. After a reload nginx itself takes no new connections
        there; the old ones it serves on."""
        nginx = self.nginx(**servers(), main="daemon off; master_process off;")
        self.assertEqual(nginx.workers(), set())
        self.assertStatus("saved")
        self.assertSaveSyn(nginx, [1])
        with Http(connect("127.0.0.1", HTTP)) as http:
            before = http.report()
            nginx.signal(signal.SIGHUP)
            wait_for(lambda: any("reconfiguring" in line for line in nginx.log()), "the reload")
            self.assertSameConnection(before, http.report(), http.report())
        self.assertEqual(before["pid"], str(nginx.master))


def signal_all(pids, number):
    for pid in pids:
        os.kill(pid, number)
