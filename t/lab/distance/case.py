"""The test case with an nginx at a distance."""

import os
import ssl

from lab import tls
from lab.case import LabCase, skip
from lab.client import read_to_end

SHOWN = "$tcpfp_hello_delay|$tcpfp_tls_rtt|$tcpfp_rtt_gap|$tcpfp_rtt|$tcpfp_rtt_quality"
NAMES = "hello_delay tls_rtt rtt_gap rtt quality".split()
PLAIN, DEFERRED, FAST_OPEN = 8080, 8081, 8082
TLS, TLS12, RETRY, VERIFIED = 8443, 8444, 8445, 8446
STREAM_TLS, STREAM_PREREAD = 9443, 9444
REQUEST = b"GET / HTTP/1.0\r\n\r\n"


class DistanceCase(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
            skip("no TUN device for the lab")

    def setUp(self):
        certificate = tls.directives()
        trusted = certificate.split()[1].rstrip(";")
        listens = {
            f"{PLAIN}": "", f"{DEFERRED} deferred": "", f"{FAST_OPEN} fastopen=16": "",
            f"{TLS} ssl http2": "", f"{TLS12} ssl": "ssl_protocols TLSv1.2;",
            f"{RETRY} ssl": "ssl_protocols TLSv1.3; ssl_ecdh_curve P-384;",
            f"{VERIFIED} ssl": f"ssl_verify_client on; ssl_client_certificate {trusted};",
        }
        self.server = self.nginx(
            http="ssl_session_cache shared:s:1m;\n" + "".join(
                f"server {{ listen {listen}; listen [::]:{listen}; {certificate} {extra}\n"
                f'location / {{ return 200 "{SHOWN}"; }} }}\n'
                for listen, extra in listens.items()
            ),
            stream=f"log_format timing '{SHOWN}';\n"
            f"server {{ listen {STREAM_TLS} ssl; {certificate} return '{SHOWN}'; }}\n"
            f"server {{ listen {STREAM_PREREAD}; ssl_preread on; proxy_pass 127.0.0.1:{TLS};\n"
            "access_log logs/preread.log timing; }\n",
        )


def ask(sock):
    """What the server shows over a connection, and then it is closed."""
    with sock:
        sock.sendall(REQUEST)
        return shown(read_to_end(sock).decode().partition("\r\n\r\n")[2])


def shown(text):
    """Values as the server shows them, times in milliseconds."""
    values = dict(zip(NAMES, text.strip().split("|"), strict=True))
    return {
        name: int(value) / 1000 if value.isdigit() else None if value in ("", "-") else value
        for name, value in values.items()
    }


def context(**attributes):
    """What a TLS client of these servers needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    for name, value in attributes.items():
        setattr(made, name, value)
    return made
