"""The demo of nginx-conf/ with HTTPS and HTTP/2 beside, and a log of what it told each request."""

import shutil

from t.harness import tls
from t.harness.example import EXAMPLES, Example
from t.harness.servers import http2

#: Where the page is, by the protocol that it comes over.
URLS = {"http/1.1": "http://127.0.0.1:8080/", "h2": "https://127.0.0.1:8443/"}
IPV6_URL = "http://[::1]:8080/"


class Demo(Example):
    def __init__(self, **configuration):
        super().__init__("demo.conf", **configuration)

    def configure(self, http=""):
        """With more in its http block."""
        parameter, directive = http2()
        (self.prefix / "demo_tls.conf").write_text(
            f"listen 127.0.0.1:8443 ssl {parameter}; {directive}\n{tls.directives()}\n")
        zone = (EXAMPLES / "clients_zone.conf").read_text()
        log = "log_format told escape=none '$uri $server_protocol $tcpfp_json';\n"
        folder = self.prefix / "demo"
        super().configure({
            "access_log off;": f"access_log {self.prefix}/logs/told told;",
            "/var/www/tcpfp": str(folder),
        }, zone + log + http)
        shutil.copytree(EXAMPLES / "demo", folder, dirs_exist_ok=True)

    def told(self, uri):
        """Protocol and JSON of every request for a file, in order."""
        lines = (self.prefix / "logs/told").read_text().splitlines()
        return [line.split(" ", 2)[1:] for line in lines if line.startswith(uri + " ")]
