"""The test case with an nginx at a distance."""

import os
import re

from t.harness import tls
from t.harness.case import LiveCase, skip
from t.harness.nginx import ROOT, wait_for
from t.harness.servers import http2

from .extent import SLACK
from .results import NAMES, shown

PLAIN, DEFERRED, FAST_OPEN = 8080, 8081, 8082
TLS, TLS12, RETRY, VERIFIED, EARLY, TLS_DEFERRED = 8443, 8444, 8445, 8446, 8447, 8448
TLS_FAST_OPEN = 8449
STREAM_TLS, STREAM_PREREAD, STREAM_FAST_OPEN = 9443, 9444, 9445
#: The name of a server that shares a port with another.
OTHER_NAME = "other.example"

OTHERS = {"proxied": "$proxied", "protocol": "$ssl_protocol", "port": "$remote_port"}
SHOWN = "|".join(OTHERS.get(name, f"$tcpfp_{name}") for name in NAMES)
#: Stream has no HTTP/2.
STREAM_SHOWN = SHOWN.replace("$tcpfp_h2_rtt", "")
#: What makes $proxied, as users copy it.
MAPS = "".join(re.findall(
    r"^map .*?^}\n", (ROOT / "nginx-conf/proxied_clients.conf").read_text(), re.M | re.S))
#: Old ones leave out 1.3.
PROTOCOLS = "ssl_protocols TLSv1.2 TLSv1.3;\n"
PREREAD_LOG, FAST_OPEN_LOG = "logs/preread.log", "logs/fast_open.log"
#: A file that takes many round trips, as long as nothing is known of a client.
LARGE, LARGE_SIZE = "large", 1 << 20


class DistanceCase(LiveCase):
    PROGRAMS = "ip", "ss", "openssl", "curl"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Waiting for the processor is no part of what is measured.
        old = os.getpriority(os.PRIO_PROCESS, 0)
        try:
            os.setpriority(os.PRIO_PROCESS, 0, -20)
        except PermissionError as error:
            skip(f"no priority for the lab ({error})")
        cls.addClassCleanup(os.setpriority, os.PRIO_PROCESS, 0, old)
        if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
            skip("no TUN device for the lab")

    def setUp(self):
        certificate = tls.directives()
        trusted = certificate.split()[1].rstrip(";")
        parameter, directive = http2()
        listens = {
            f"{PLAIN}": "", f"{DEFERRED} deferred": "",
            f"{FAST_OPEN} fastopen=16":
                f"access_log {FAST_OPEN_LOG} timing;\n"
                f'location /{LARGE} {{ root .; add_header X-Values "{SHOWN}"; }}',
            f"{TLS} ssl {parameter}": directive, f"{TLS12} ssl": "ssl_protocols TLSv1.2;",
            f"{TLS_DEFERRED} ssl deferred": "",
            f"{RETRY} ssl": "ssl_protocols TLSv1.3; ssl_ecdh_curve P-384;",
            f"{VERIFIED} ssl": f"ssl_verify_client on; ssl_client_certificate {trusted};",
            f"{EARLY} ssl": "ssl_early_data on;", f"{TLS_FAST_OPEN} ssl {parameter} fastopen=16": directive,
        }
        show = f'location / {{ return 200 "{SHOWN}\n"; }}'
        self.server = self.nginx(
            http=f"{MAPS}{PROTOCOLS}log_format timing '{SHOWN}';\nssl_session_cache shared:s:1m;\n"
            + "".join(
                f"server {{ listen {listen}; listen [::]:{listen}; {certificate} {extra} {show} }}\n"
                for listen, extra in listens.items()
            )
            + f"server {{ listen {TLS} ssl; listen [::]:{TLS} ssl; server_name {OTHER_NAME};\n"
            f"{certificate} {show} }}\n",
            stream=f"{MAPS}{PROTOCOLS}log_format timing '{STREAM_SHOWN}';\n"
            f"server {{ listen {STREAM_TLS} ssl; listen [::]:{STREAM_TLS} ssl;\n"
            f"{certificate} return '{STREAM_SHOWN}'; }}\n"
            f"server {{ listen {STREAM_PREREAD}; listen [::]:{STREAM_PREREAD}; ssl_preread on;\n"
            f"proxy_pass 127.0.0.1:{TLS}; access_log {PREREAD_LOG} timing; }}\n"
            f"server {{ listen {STREAM_FAST_OPEN} fastopen=16;\n"
            f"listen [::]:{STREAM_FAST_OPEN} fastopen=16;\n"
            f"proxy_pass 127.0.0.1:{TLS}; access_log {FAST_OPEN_LOG} timing; }}\n",
            main="worker_priority -20;",
        )
        (self.server.prefix / LARGE).write_bytes(bytes(LARGE_SIZE))

    def assertAbout(self, value, truth, limit):
        """Milliseconds are right within a limit."""
        self.assertLess(abs(value - truth), limit + SLACK, f"{value} ms, in truth {truth}")

    def logged(self, log, visit):
        """What `visit()` gives, and what a log says of it."""
        file = self.server.prefix / log
        before = len(file.read_text().splitlines())
        given = visit()
        lines = wait_for(lambda: file.read_text().splitlines()[before:], log)
        return given, shown(lines[0])
