"""The client's first byte: what it waits before it sends that is in the delay, and nothing else."""

import time

from t.harness import tls
from t.harness.client import connect, read_to_end
from t.harness.nginx import wait_for
from t.harness.timing_case import DELAY, SHOWN, TimingCase, ask, shown

PLAIN, DEFERRED, TLS = 8080, 8081, 8443
STREAM, STREAM_PREREAD = 9090, 9444


class Hello(TimingCase):
    PROGRAMS = "openssl",

    def setUp(self):
        servers = {f"{PLAIN}": "", f"{DEFERRED} deferred": "", f"{TLS} ssl": tls.directives()}
        self.server = self.nginx(
            http="".join(
                f'server {{ listen {listen}; {extra} location / {{ return 200 "{SHOWN}"; }} }}\n'
                for listen, extra in servers.items()
            ),
            stream=f"log_format timing '{SHOWN}';\n"
            f"server {{ listen {STREAM_PREREAD}; ssl_preread on; access_log logs/preread.log timing;\n"
            f"proxy_pass 127.0.0.1:{TLS}; }}\n"
            f"server {{ listen {STREAM}; access_log logs/plain.log timing;\n"
            f"proxy_pass 127.0.0.1:{PLAIN}; }}\n",
        )

    def test_plain_http(self):
        for port in PLAIN, DEFERRED:
            for wait in 0, DELAY:
                with self.subTest(port=port, wait=wait), connect("127.0.0.1", port) as sock:
                    time.sleep(wait / 1000)
                    values = ask(sock)
                    # With `deferred` the connection is accepted when its data is there.
                    self.assertAbout(values["hello_delay"], 0 if port == DEFERRED else wait)
                    self.assertEqual((values["tls_rtt"], values["rtt_gap"]), (None, None))

    def test_a_slow_request(self):
        with connect("127.0.0.1", PLAIN) as sock:
            sock.sendall(b"G")
            time.sleep(DELAY / 1000)
            sock.sendall(b"ET / HTTP/1.0\r\n\r\n")
            values = shown(read_to_end(sock).decode().partition("\r\n\r\n")[2])
            self.assertAbout(values["hello_delay"], 0)

    def test_tls(self):
        for wait in 0, DELAY:
            with self.subTest(wait=wait):
                self.assertAbout(ask(self.secured(TLS, wait=wait))["hello_delay"], wait)

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
                values = shown(lines[0])
                self.assertAbout(values["hello_delay"], DELAY)
                self.assertIsNone(values["tls_rtt"])
