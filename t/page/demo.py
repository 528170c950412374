"""The demo of nginx-conf/, as a user copies it, in the network namespace of a test."""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT / "t/live"))

from lab import tls  # noqa: E402
from lab.nginx import Nginx, is_at_least  # noqa: E402

EXAMPLES = ROOT / "nginx-conf"
#: Where the page is, by the protocol that it comes over.
URLS = {"http/1.1": "http://127.0.0.1:8080/", "h2": "https://127.0.0.1:8443/"}
IPV6_URL = "http://[::1]:8080/"


class Demo(Nginx):
    """nginx with demo.conf, HTTPS and HTTP/2 beside, and a log of what it told each request."""

    def configure(self, http="", stream="", main=""):
        """`http` and `stream`, which it has not, are for the harness; `main` goes into http."""
        listen, http2 = ("ssl", "http2 on;") if is_at_least(1, 25, 1) else ("ssl http2", "")
        (self.prefix / "demo_tls.conf").write_text(
            f"listen 127.0.0.1:8443 {listen}; {http2}\n{tls.directives()}\n")
        configuration = (EXAMPLES / "demo.conf").read_text()
        load = "".join(f"load_module {module};\n" for module in self.load)
        configuration = re.sub("^load_module .*\n", load, configuration, flags=re.MULTILINE)
        log = (f"log_format told escape=none '$uri $server_protocol $tcpfp_json';\n"
               f"access_log {self.prefix}/logs/told told;\n{main}\n")
        configuration = configuration.replace("access_log off;\n", log)
        (self.prefix / "nginx.conf").write_text(configuration)
        shutil.copytree(EXAMPLES / "demo", self.prefix / "demo", dirs_exist_ok=True)

    def told(self, uri):
        """Protocol and JSON of every request for a file, in order."""
        lines = (self.prefix / "logs/told").read_text().splitlines()
        return [line.split(" ", 2)[1:] for line in lines if line.startswith(uri + " ")]
