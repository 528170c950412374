"""The client's first byte and the TLS round trip: what is waited for must be in them.

The clients and relays here wait on purpose, far longer than a busy machine delays anything, so
that both limits of a value can be told.
"""

import shutil
import socket
import ssl
import subprocess
import time

from lab import tls
from lab.case import LabCase, skip
from lab.client import connect, read_to_end
from lab.nginx import wait_for
from lab.relay import Relay

PLAIN, DEFERRED, TLS, TLS12, VERIFIED, EARLY = 8080, 8081, 8443, 8444, 8445, 8446
STREAM, STREAM_TLS, STREAM_PREREAD = 9090, 9443, 9444
#: Milliseconds that something is held back, and what a busy machine may add.
DELAY, SLACK = 300, 150

SHOWN = "$tcpfp_hello_delay|$tcpfp_tls_rtt|$tcpfp_rtt_gap|$tcpfp_rtt|$tcpfp_rtt_quality|$ssl_protocol|$ssl_session_reused"
NAMES = "hello_delay tls_rtt rtt_gap rtt quality protocol reused".split()


def context(**attributes):
    """What a client of these servers needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def ask(sock):
    """What an http server shows over a connection, numbers in milliseconds."""
    sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
    return shown(read_to_end(sock).decode().partition("\r\n\r\n")[2])


def shown(text):
    values = dict(zip(NAMES, text.strip().split("|")))
    return {
        name: int(value) / 1000 if value.isdigit() and name != "reused" else value or None
        for name, value in values.items()
    }


class Timing(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which("openssl"):
            skip("no openssl for TLS")

    def setUp(self):
        certificate = tls.directives()
        show = f'location / {{ return 200 "{SHOWN}"; }}'
        trusted = certificate.partition(" ")[2].partition(";")[0]
        servers = {
            f"{PLAIN}": "",
            f"{DEFERRED} deferred": "",
            f"{TLS} ssl": "ssl_protocols TLSv1.3; ssl_ecdh_curve P-384;",
            f"{TLS12} ssl": "ssl_protocols TLSv1.2; ssl_session_cache shared:s:1m;",
            f"{VERIFIED} ssl": f"ssl_verify_client optional; ssl_client_certificate {trusted};",
            f"{EARLY} ssl": "ssl_protocols TLSv1.3; ssl_early_data on;",
        }
        http = "".join(
            f"server {{ listen {listen}; {certificate} {extra} {show} }}\n"
            for listen, extra in servers.items()
        )
        http += (
            f"server {{ listen {TLS} ssl; server_name other.example; {certificate}\n"
            f"ssl_protocols TLSv1.3; {show} }}\n"
        )
        stream = SHOWN.replace("$ssl_protocol|$ssl_session_reused", "|")
        self.server = self.nginx(
            http=http,
            stream=f"log_format timing '{stream}';\n"
            f"server {{ listen {STREAM_TLS} ssl; {certificate} return '{stream}'; }}\n"
            f"server {{ listen {STREAM_PREREAD}; ssl_preread on; access_log logs/preread.log timing;\n"
            f"proxy_pass 127.0.0.1:{TLS}; }}\n"
            f"server {{ listen {STREAM}; access_log logs/plain.log timing;\n"
            f"proxy_pass 127.0.0.1:{PLAIN}; }}\n",
        )

    def assertAbout(self, value, expected, early=SLACK):
        """Milliseconds are what was waited, and not much more; less if the server itself was late
        to begin."""
        self.assertIsNotNone(value)
        self.assertGreaterEqual(value, expected - early)
        self.assertLess(value, expected + SLACK)

    def relayed(self, port, **options):
        """A connection to a port by a relay that holds back for half of DELAY each way."""
        relay = Relay(port, DELAY / 2000)
        self.addCleanup(relay.close)
        return self.secured(relay.own_port, **options)

    def secured(self, port, name=None, session=None, wait=0, **options):
        sock = connect("127.0.0.1", port)
        time.sleep(wait / 1000)
        secured = context(**options).wrap_socket(sock, server_hostname=name, session=session)
        self.addCleanup(secured.close)
        return secured

    def assertTlsRtt(self, values, expected):
        """The TLS round trip, and the gap between it and the handshake's."""
        self.assertAbout(values["tls_rtt"], expected, early=1)
        gap = max(0, values["tls_rtt"] - values["rtt"])
        self.assertAlmostEqual(values["rtt_gap"], gap, places=3)

    def test_the_first_byte(self):
        for port in PLAIN, DEFERRED:
            for wait in 0, DELAY:
                with self.subTest(port=port, wait=wait), connect("127.0.0.1", port) as sock:
                    time.sleep(wait / 1000)
                    values = ask(sock)
                    # With `deferred` the connection is accepted when its data is there.
                    self.assertAbout(values["hello_delay"], 0 if port == DEFERRED else wait)
                    self.assertEqual((values["tls_rtt"], values["rtt_gap"]), (None, None))

    def test_the_first_byte_of_a_slow_request(self):
        with connect("127.0.0.1", PLAIN) as sock:
            sock.sendall(b"G")
            time.sleep(DELAY / 1000)
            sock.sendall(b"ET / HTTP/1.0\r\n\r\n")
            values = shown(read_to_end(sock).decode().partition("\r\n\r\n")[2])
            self.assertAbout(values["hello_delay"], 0)

    def test_the_client_hello(self):
        for wait in 0, DELAY:
            with self.subTest(wait=wait):
                self.assertAbout(ask(self.secured(TLS, wait=wait))["hello_delay"], wait)

    def test_tls_1_3(self):
        self.assertTlsRtt(ask(self.secured(TLS)), 0)
        values = ask(self.relayed(TLS))
        self.assertEqual(values["protocol"], "TLSv1.3")
        self.assertTlsRtt(values, DELAY)
        self.assertLess(values["rtt"], SLACK)

    def test_hello_retry(self):
        """The first server has one curve, and not the one that the client guesses."""
        values = ask(self.relayed(TLS))
        self.assertTlsRtt(values, DELAY)

    def test_tls_1_2_and_resumption(self):
        first = self.relayed(TLS12)
        values = ask(first)
        self.assertEqual((values["protocol"], values["reused"]), ("TLSv1.2", "."))
        self.assertTlsRtt(values, DELAY)
        relay = Relay(TLS12, DELAY / 2000)
        self.addCleanup(relay.close)
        made = context()
        sessions = None
        for reused in ".", "r":
            with made.wrap_socket(connect("127.0.0.1", relay.own_port), session=sessions) as sock:
                values = ask(sock)
                sessions = sock.session
            self.assertEqual(values["reused"], reused)
            self.assertTlsRtt(values, DELAY)

    def test_names_switch_the_context(self):
        self.assertTlsRtt(ask(self.relayed(TLS, name="other.example")), DELAY)

    def test_client_certificates(self):
        directives = tls.directives().replace(";", "").split()
        relay = Relay(VERIFIED, DELAY / 2000)
        self.addCleanup(relay.close)
        made = context()
        made.load_cert_chain(directives[1], directives[3])
        with made.wrap_socket(connect("127.0.0.1", relay.own_port)) as sock:
            self.assertTlsRtt(ask(sock), DELAY)

    def test_early_data(self):
        """A client that sends before it has heard anything waits for nothing."""
        session, request = self.server.prefix / "session", self.server.prefix / "request"
        request.write_bytes(b"GET / HTTP/1.0\r\n\r\n")
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{EARLY}", "-tls1_3", "-ign_eof"]

        def client(*arguments):
            with open(request, "rb") as stdin:
                done = subprocess.run(
                    [*command, *arguments], stdin=stdin, capture_output=True, timeout=20)
            return done.stdout.decode(errors="replace")

        def values(output):
            (line,) = [line for line in output.splitlines() if line.count("|") == len(NAMES) - 1]
            return shown(line)

        self.assertIsNotNone(values(client("-sess_out", session))["tls_rtt"])
        output = client("-sess_in", session, "-early_data", request)
        self.assertIn("Early data was accepted", output)
        lines = [line for line in output.splitlines() if line.count("|") == len(NAMES) - 1]
        self.assertEqual({shown(line)["tls_rtt"] for line in lines}, {None})

    def test_stream(self):
        sock = self.relayed(STREAM_TLS, wait=DELAY)
        values = shown(read_to_end(sock).decode())
        self.assertTlsRtt(values, DELAY)
        self.assertAbout(values["hello_delay"], DELAY * 1.5)

    def test_stream_without_tls_of_its_own(self):
        for port, log, request in (
            (STREAM, "plain.log", lambda port: connect("127.0.0.1", port)),
            (STREAM_PREREAD, "preread.log", lambda port: self.secured(port, wait=DELAY)),
        ):
            with self.subTest(log):
                with request(port) as sock:
                    if port == STREAM:
                        time.sleep(DELAY / 1000)
                    ask(sock)
                file = self.server.prefix / "logs" / log
                lines = wait_for(lambda: file.exists() and file.read_text().splitlines(), log)
                values = {
                    name: None if value == "-" else value
                    for name, value in shown(lines[0]).items()
                }
                self.assertAbout(values["hello_delay"], DELAY)
                self.assertIsNone(values["tls_rtt"])
