"""A new nginx binary takes over, and gives back, what listens."""

import os
import signal

from t.harness.case import LiveCase
from t.harness.client import Http, connect, http_report, stream_report
from t.harness.nginx import ends, wait_for
from t.harness.servers import http_server, stream_server
from t.harness.sockets import save_syn

HTTP, STREAM, REUSEPORT = 8080, 9090, 8081


def servers(value):
    return {
        "http": http_server(f"listen {HTTP}; listen [::]:{HTTP};", f"tcpfp {value};")
        + http_server(f"listen {REUSEPORT} reuseport;", f"tcpfp {value};"),
        "stream": stream_server(f"listen {STREAM};", f"tcpfp {value};"),
        "main": "worker_processes 2;",
    }


class Upgrade(LiveCase):
    def assertServed(self, nginx, status="saved"):
        """Every socket is captured, by whichever process answers; gives those processes."""
        pids = set()
        for _ in range(20):
            for report in (
                http_report("127.0.0.1", HTTP), http_report("::1", HTTP),
                http_report("127.0.0.1", REUSEPORT), stream_report("127.0.0.1", STREAM),
            ):
                self.assertValues(report, {"syn_status": status})
                pids.add(int(report["pid"]))
        saved = int(status == "saved")
        self.assertEqual(save_syn(nginx.master, HTTP), [saved] * 2)
        self.assertEqual(save_syn(nginx.master, REUSEPORT), [saved] * 2)
        self.assertEqual(save_syn(nginx.master, STREAM), [saved])
        return pids

    def upgrade(self, nginx):
        """Starts a new binary; gives the old master and its workers."""
        old, workers = nginx.master, nginx.workers()
        nginx.signal(signal.SIGUSR2)
        wait_for(
            lambda: nginx.old_master == old and nginx.master not in (None, old) and nginx.is_up(),
            "the new binary's workers")
        return old, workers

    def retire(self, nginx, master):
        """Ends the workers of one of two masters."""
        os.kill(master, signal.SIGWINCH)
        wait_for(lambda: not nginx.workers(master), "the end of the workers")

    def test_upgrade(self):
        nginx = self.nginx(**servers("on"))
        self.assertServed(nginx)
        with Http(connect("127.0.0.1", HTTP)) as http:
            before = http.report()
            http.sock.sendall(b"GET / HTTP/1.1\r\n")
            self.assertServed(nginx)
            old, workers = self.upgrade(nginx)
            # Both serve.
            self.assertServed(nginx)
            self.retire(nginx, old)
            self.assertLessEqual(self.assertServed(nginx), nginx.workers())
            # An old worker still has a request to finish.
            self.assertIn(int(before["pid"]), workers)
            http.sock.sendall(b"Host: localhost\r\n\r\n")
            self.assertSameConnection(before, http.receive_report())
        os.kill(old, signal.SIGQUIT)
        self.assertTrue(ends(old))
        self.assertServed(nginx)
        nginx.reload()
        self.assertServed(nginx)

    def test_roll_back(self):
        nginx = self.nginx(**servers("on"))
        old, _ = self.upgrade(nginx)
        new = nginx.master
        self.retire(nginx, old)
        self.assertServed(nginx)
        os.kill(old, signal.SIGHUP)
        wait_for(lambda: len(nginx.workers(old)) == 2, "the old binary's workers")
        os.kill(new, signal.SIGQUIT)
        self.assertTrue(ends(new))
        wait_for(lambda: nginx.master == old, "the old pid file")
        self.assertLessEqual(self.assertServed(nginx), nginx.workers())

    def test_upgrade_that_turns_capture_off_and_on(self):
        """The sockets that the new binary inherits have the option as the old one left it."""
        nginx = self.nginx(**servers("on"))
        for value, status in ("off", "off"), ("on", "saved"):
            nginx.configure(**servers(value))
            old, _ = self.upgrade(nginx)
            self.retire(nginx, old)
            os.kill(old, signal.SIGQUIT)
            self.assertTrue(ends(old))
            wait_for(lambda: nginx.old_master is None, "the end of the old binary")
            self.assertServed(nginx, status)
