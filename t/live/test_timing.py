"""The client's first byte: what it waits before it sends that is in the delay, and nothing else."""

import time

from t.harness.client import connect, read_to_end
from t.harness.nginx import wait_for
from t.harness.timing_case import DELAY, SHOWN, TimingCase, ask, shown

PLAIN, DEFERRED, STREAM = 8080, 8081, 9090


class Hello(TimingCase):
    def setUp(self):
        self.server = self.nginx(
            http=f'server {{ listen {PLAIN}; listen {DEFERRED} deferred; return 200 "{SHOWN}"; }}',
            stream=f"log_format timing '{SHOWN}';\n"
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

    def test_stream_without_tls(self):
        with connect("127.0.0.1", STREAM) as sock:
            time.sleep(DELAY / 1000)
            ask(sock)
        log = self.server.prefix / "logs/plain.log"
        lines = wait_for(lambda: log.exists() and log.read_text().splitlines(), "the log")
        values = shown(lines[0])
        self.assertAbout(values["hello_delay"], DELAY)
        self.assertIsNone(values["tls_rtt"])
