"""A certificate for the tests' servers, and clients that take it."""

import ssl
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

# Lives as long as the process that runs the tests.
_directory = TemporaryDirectory(prefix="tcpfp-live-tls-")


@cache
def directives():
    """The directives that give a server a certificate of its own making."""
    certificate, key = (Path(_directory.name) / name for name in ("certificate.pem", "key.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    return f"ssl_certificate {certificate}; ssl_certificate_key {key};"


def context(**attributes):
    """What a TLS client of these servers needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    for name, value in attributes.items():
        setattr(made, name, value)
    return made
