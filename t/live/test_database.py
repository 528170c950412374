"""Databases over a reload: a new one counts, a bad one is refused and the old one goes on."""

import json
import signal

from t.harness.case import LiveCase
from t.harness.client import ask_http, connect
from t.harness.nginx import wait_for
from t.harness.servers import http_server

PORT = 8080
LINUX = "*:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0"


def label(sock):
    """What nginx takes a connection's client for."""
    return json.loads(ask_http(sock)["json"])["os"]


class Database(LiveCase):
    def configure(self, nginx, name, signature=LINUX):
        """Writes a configuration with a database that has one signature under this name."""
        (nginx.prefix / "own.fp").write_text(
            f"classes = unix\n[tcp:request]\nlabel = s:unix:{name}:\nsig = {signature}\n"
        )
        nginx.configure(http="tcpfp_database own.fp;" + http_server(f"listen {PORT};"))

    def label(self):
        with connect("127.0.0.1", PORT) as sock:
            return label(sock)

    def test_reload(self):
        refused = r"own\.fp:4: a signature has 8 parts between colons, this one 1 in .*nginx\.conf"
        nginx = self.nginx(http=http_server(f"listen {PORT};"), expect=[refused])
        self.assertRegex(self.label(), "^Linux")

        self.configure(nginx, "First")
        nginx.reload()
        self.assertEqual(self.label(), "First")

        with connect("127.0.0.1", PORT) as open_before:
            self.assertEqual(label(open_before), "First")
            self.configure(nginx, "Second")
            nginx.reload()
            self.assertEqual(self.label(), "Second")

        self.configure(nginx, "Third", "nonsense")
        workers = nginx.workers()
        nginx.signal(signal.SIGHUP)
        wait_for(lambda: any("own.fp:4:" in line for line in nginx.log()), "the complaint")
        self.assertEqual(nginx.workers(), workers)
        self.assertEqual(self.label(), "Second")
