"""The TLS round trip where more than the distance is in question: a relay that holds back must be in
it, and nothing else. t/lab has every kind of handshake.

The relay is at layer 4, so that the handshake of TCP is short and the one of TLS long.
"""

import re
import ssl
import subprocess
import time

from t.harness import tls
from t.harness.client import read_to_end
from t.harness.nginx import wait_for
from t.harness.servers import http2
from t.harness.timing_case import (
    DELAY, SHOWN, SHOWN_OF_TLS, SLACK, TimingCase, ask, shown,
)
from t.harness.tls import context

TLS, TLS12, RETRY, HTTP2 = 8443, 8444, 8445, 8448
REJECTING, VARIABLE, BACKEND_TLS = 8449, 8450, 8451
STREAM_FAR = 9444
OTHER = "other.example"
CLIENT_HELLO = 1


class Tls(TimingCase):
    PROGRAMS = "curl", "openssl"

    def setUp(self):
        self.certificate, self.key = tls.directives().replace(";", "").split()[1::2]
        far = self.relay(BACKEND_TLS)
        self.server = self.nginx(**self.configuration(far))

    def configuration(self, far):
        """`far` is the port of what is a backend with TLS."""
        certificate = tls.directives()
        parameter, directive = http2()
        named = f"server_name {OTHER};"
        servers = [
            (f"{TLS} ssl", f"ssl_protocols TLSv1.3; {certificate}"),
            (f"{TLS12} ssl", f"ssl_protocols TLSv1.2; {certificate}"),
            # Not the curve that the client guesses.
            (f"{RETRY} ssl", f"ssl_protocols TLSv1.3; ssl_ecdh_curve P-384; {certificate}"),
            (f"{HTTP2} ssl {parameter}", f"{directive} {certificate}"),
            (f"{REJECTING} ssl", "ssl_reject_handshake on;"),
            (f"{REJECTING} ssl", f"{named} {certificate}"),
            (f"{VARIABLE} ssl", "ssl_certificate $its_certificate; ssl_certificate_key $its_key;"),
            (f"{BACKEND_TLS} ssl", certificate),
        ]
        value = SHOWN + SHOWN_OF_TLS
        http = "ssl_session_cache shared:s:1m;\n" + "".join(
            f'server {{ listen {listen}; {extra} location / {{ return 200 "{value}"; }}\n'
            f"location /far {{ proxy_pass https://127.0.0.1:{far}/; add_header X-Values '{value}'; }} }}\n"
            for listen, extra in servers
        ) + (
            f"map $ssl_server_name $its_certificate {{ {OTHER} {self.certificate}; }}\n"
            f"map $ssl_server_name $its_key {{ {OTHER} {self.key}; }}\n"
        )
        stream = (
            f"log_format timing '{SHOWN}';\n"
            f"server {{ listen {STREAM_FAR} ssl; {certificate} proxy_ssl on;\n"
            f"proxy_pass 127.0.0.1:{far}; access_log logs/far.log timing; }}\n"
        )
        # Keys that variables name are read by a worker.
        return {"http": http, "stream": stream, "main": "user root;"}

    def check(self, port, made=None, session=None, **expected):
        """Asks directly and by a relay. Gives the last connection's session, for a next one."""
        made = made or context()
        for via, rtt in (port, 0), (self.relay(port), DELAY):
            with self.subTest(port=port, rtt=rtt, expected=expected):
                with self.secured(via, made, session=session) as sock:
                    values = ask(sock)
                    kept = sock.session
                self.assertTlsRtt(values, rtt)
                self.assertLess(values["rtt"], SLACK)
                self.assertEqual({name: values[name] for name in expected}, expected)
        return kept

    def test_resumption_without_a_ticket(self):
        """By nginx's own cache of sessions."""
        made = context()
        made.options |= ssl.OP_NO_TICKET
        session = self.check(TLS12, made, protocol="TLSv1.2", reused=".")
        self.assertFalse(session.has_ticket)
        self.check(TLS12, made, session, protocol="TLSv1.2", reused="r")

    def test_hello_retry(self):
        for port, hellos in (TLS, 1), (RETRY, 2):
            made, sent = context(), []
            made._msg_callback = lambda _conn, direction, _version, _content, kind, _data: (
                sent.append(kind) if direction == "write" and kind == CLIENT_HELLO else None)
            self.check(port, made, protocol="TLSv1.3")
            self.assertEqual(len(sent), 2 * hellos)

    def test_a_name_switches_the_context(self):
        for port in REJECTING, VARIABLE:
            sock = self.secured(self.relay(port), name=OTHER)
            self.assertTlsRtt(ask(sock), DELAY)

    def test_a_rejected_handshake(self):
        for _ in range(3):
            with self.assertRaises(ssl.SSLError):
                self.secured(REJECTING)
        self.check(TLS)

    def test_http2(self):
        for port, rtt in (HTTP2, 0), (self.relay(HTTP2), DELAY):
            done = subprocess.run(
                ["curl", "-sk", "--http2", *[f"https://127.0.0.1:{port}/"] * 2, "-w", "\n"],
                capture_output=True, text=True, check=True, timeout=20)
            first, second = map(shown, done.stdout.splitlines())
            self.assertEqual(first, second)
            self.assertEqual(first["http"], "HTTP/2.0")
            self.assertTlsRtt(first, rtt)

    def test_what_follows_the_handshake(self):
        """A new key is no round trip, and nginx refuses a new handshake, as it does by itself."""
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for protocol, command, answers in ("-tls1_3", b"K\n", 2), ("-tls1_2", b"R\n", 1):
            port = TLS if protocol == "-tls1_3" else TLS12
            client = subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", protocol],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for sent in request, command, request, b"Q\n":
                try:
                    client.stdin.write(sent)
                    client.stdin.flush()
                except BrokenPipeError:
                    break
                time.sleep(DELAY / 1000)
            output = client.communicate(timeout=20)[0].decode(errors="replace")
            values = re.findall(r"\d+(?:\|[\w./]*)+HTTP/1\.1", output)
            with self.subTest(protocol=protocol):
                self.assertIn("KEYUPDATE" if answers == 2 else "no renegotiation", output)
                self.assertEqual(len(values), answers)
                self.assertEqual(len(set(values)), 1)
                self.assertTlsRtt(shown(values[0]), 0)

    def test_reload(self):
        with self.secured(self.relay(TLS)) as old:
            self.server.reload()
            self.check(TLS)
            self.assertTlsRtt(ask(old), DELAY)

    def test_the_way_to_a_backend_is_not_the_client_s(self):
        """nginx's own handshakes, as a client, are far; its client is near."""
        with self.secured(TLS) as sock:
            sock.sendall(b"GET /far HTTP/1.0\r\n\r\n")
            head, _, body = read_to_end(sock).decode().partition("\r\n\r\n")
            (values,) = [line for line in head.splitlines() if line.startswith("X-Values: ")]
            self.assertTlsRtt(shown(values.partition(" ")[2]), 0)
            # The backend's client, which is nginx, is far.
            self.assertTlsRtt(shown(body), DELAY)
        with self.secured(STREAM_FAR) as sock:
            self.assertTlsRtt(ask(sock), DELAY)
        log = self.server.prefix / "logs/far.log"
        (line,) = wait_for(lambda: log.exists() and log.read_text().splitlines(), "the log")
        self.assertTlsRtt(shown(line), 0)
