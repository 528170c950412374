"""HTTP/3: its connections have no SYN, and its listener is beside a TCP one on the same port. They have a
ClientHello."""

import re
import shutil
import subprocess

from t.harness import fields, ja4, tls
from t.harness.case import LiveCase, not_here, skip
from t.harness.client import http_report
from t.harness.nginx import is_at_least, version, wait_for
from t.harness.servers import http_server
from t.harness.sockets import save_syn
from t.harness.tcpdump import Tcpdump

TLS, HTTP, RETRY = 8443, 8080, 8444
#: The client of Debian's package ngtcp2-client.
CLIENT = "gtlsclient"
FORMS = ["ja4", "ja4_r", "ja4_o", "ja4_ro"]
#: What tshark shows of a ClientHello.
SHOWN = ["ciphersuite", "extension.type", "sig_hash_alg", "extensions.supported_version", "extensions_alpn_str"]


def tells_hellos():
    """Whether nginx leaves QUIC's TLS to OpenSSL (nginx 1.27.5, OpenSSL 3.5). Before, it hears OpenSSL's
    messages itself."""
    openssl = re.search(r"(?:running|built) with OpenSSL (\d+)\.(\d+)", version())
    return is_at_least(1, 27, 5) and openssl is not None and tuple(map(int, openssl.groups())) >= (3, 5)


def sniffed(capture, port):
    """The forms of JA4 of the first hello in a capture, whose keys follow from its first packet (RFC 9001,
    5.2)."""
    options = [word for name in SHOWN for word in ("-e", f"tls.handshake.{name}")]
    shown = subprocess.run(
        ["tshark", "-r", capture, "-d", f"udp.port=={port},quic", "-Y", "tls.handshake.type == 1", "-T", "fields",
         *options], capture_output=True, text=True, check=True, timeout=30).stdout
    if not shown:
        return None
    *lists, alpn = shown.splitlines()[0].split("\t")
    ciphers, kinds, algorithms, versions = ([int(code, 0) for code in each.split(",")] for each in lists)
    return list(ja4.written("q", max(versions), ciphers, kinds, algorithms, alpn.encode()))


class Http3(LiveCase):
    def setUp(self):
        if "--with-http_v3_module" not in version():
            not_here("the nginx under test has no HTTP/3")
        if not shutil.which(CLIENT):
            skip(f"no {CLIENT} for HTTP/3")

    def test_ja4(self):
        shown = "|".join(f"$tcpfp_{form}" for form in FORMS) + "|$tcpfp_stack"
        server = self.nginx("".join(
            f"server {{ listen {port} quic reuseport; {tls.directives()} {extra} return 200 '{shown}'; }}\n"
            # Not the curve that the client guesses: the first hello counts.
            for port, extra in ((TLS, ""), (RETRY, "ssl_ecdh_curve secp521r1;"))))
        for port in TLS, RETRY:
            with self.subTest(port), Tcpdump("lo", f"udp port {port}") as tcpdump:
                got = self.answers(server.prefix, "one", "two", port=port)
                expected = wait_for(lambda: sniffed(tcpdump.file.name, port), "a hello in the capture")
                print(expected[0])
                said = [*expected, f"-/{expected[0]}/-"] if tells_hellos() else [""] * (len(FORMS) + 1)
                self.assertEqual(got, ["|".join(said)] * 2)

    def test_ja4_of_nobody_who_is_not_asked(self):
        server = self.nginx(
            f"server {{ listen {TLS} quic reuseport; {tls.directives()} tcpfp off; return 200 '$tcpfp_ja4'; }}")
        self.assertEqual(self.answers(server.prefix, "one"), [""])

    def test_quic_is_left_alone(self):
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
        return [fields.parse(text) for text in self.answers(directory, *names)]

    def answers(self, directory, *names, port=TLS):
        """What is answered to requests on one connection."""
        subprocess.run(
            [CLIENT, "--quiet", "--exit-on-all-streams-close", "--download", directory,
             "127.0.0.1", str(port), *(f"https://localhost:{port}/{name}" for name in names)],
            check=True, timeout=30,
        )
        return [(directory / name).read_text() for name in names]
