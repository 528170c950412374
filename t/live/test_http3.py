"""HTTP/3: its connections have no SYN, and its listener is beside a TCP one on the same port."""

import shutil
import subprocess

from t.harness import fields, tls
from t.harness.case import LiveCase, not_here, skip
from t.harness.client import http_report
from t.harness.nginx import version
from t.harness.servers import http_server
from t.harness.sockets import save_syn

TLS, HTTP = 8443, 8080
#: The client of Debian's package ngtcp2-client.
CLIENT = "gtlsclient"


class Http3(LiveCase):
    def test_quic_is_left_alone(self):
        if "--with-http_v3_module" not in version():
            not_here("the nginx under test has no HTTP/3")
        if not shutil.which(CLIENT):
            skip(f"no {CLIENT} for HTTP/3")
        server = self.nginx(http_server(
            f"listen {TLS} quic reuseport; listen {TLS} ssl; listen {HTTP};", tls.directives()))
        for _ in range(2):
            for report in self.reports(server.prefix, "one", "two", "three"):
                self.assertValues(report, dict.fromkeys(fields.SYN + fields.TIME + fields.LIVE))
                self.assertValues(report, {"syn_status": "unsupported"})
            self.assertEqual(save_syn(server.master, TLS), [1])
            self.assertValues(http_report(port=HTTP), {"syn_status": "saved"})
            server.reload()

    def reports(self, directory, *names):
        """The reports of requests on one connection."""
        subprocess.run(
            [CLIENT, "--quiet", "--exit-on-all-streams-close", "--download", directory,
             "127.0.0.1", str(TLS), *(f"https://localhost:{TLS}/{name}" for name in names)],
            check=True, timeout=30,
        )
        return [fields.parse((directory / name).read_text()) for name in names]
