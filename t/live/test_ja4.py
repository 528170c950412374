"""JA4 of clients that come, and of hellos that others once sent, against our own reading of the bytes."""

import ssl
import struct
import time

from t.harness import ja4, programs, tls
from t.harness.case import LiveCase
from t.harness.client import connect, only_answer, read_to_end
from t.harness.nginx import wait_for
from t.harness.relay import Relay
from t.harness.servers import http2

HTTPS, RETRY, TLS12, PLAIN = 8443, 8444, 8445, 8080
STREAM, PREREAD, WITH_HEADER, UNREAD, BACKEND = 9443, 9444, 9445, 9446, 9447
FORMS = "$tcpfp_ja4|$tcpfp_ja4_r|$tcpfp_ja4_o|$tcpfp_ja4_ro"
#: What the most that OpenSSL reads of a hello is near.
LARGE = 16000


def records(message, size):
    """A handshake message in records of so many bytes."""
    pieces = (message[at:at + size] for at in range(0, len(message), size))
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(piece)) + piece for piece in pieces)


def hello(extensions=b"", ciphers=(0x1301,)):
    """A ClientHello of these."""
    suites = b"".join(struct.pack(">H", code) for code in ciphers)
    body = b"\x03\x03" + bytes(32) + b"\0" + struct.pack(">H", len(suites)) + suites + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    return b"\x01" + len(body).to_bytes(3) + body


def extension(kind, data):
    return struct.pack(">HH", kind, len(data)) + data


class Ja4(LiveCase):
    PROGRAMS = "curl", "openssl"

    def setUp(self):
        certificate = tls.directives()
        parameter, directive = http2()
        log, clients = "access_log logs/ja4 ja4;", "access_log logs/clients ja4;"
        self.server = self.nginx(
            http=f"""
                log_format ja4 "{FORMS}";
                ssl_session_cache shared:s:1m;
                ssl_protocols TLSv1.2 TLSv1.3;
                server {{ listen {HTTPS} ssl {parameter}; {directive} {certificate} {clients} return 200 "{FORMS}"; }}
                server {{ listen {TLS12} ssl; {certificate} {clients} ssl_protocols TLSv1.2; return 200 "{FORMS}"; }}
                # Not the curve that the client guesses.
                server {{ listen {RETRY} ssl; {certificate} {clients} ssl_ecdh_curve P-384; return 200 "{FORMS}"; }}
                server {{ listen {PLAIN}; return 200 "{FORMS}"; }}""",
            stream=f"""
                log_format ja4 "{FORMS}";
                {log}
                preread_buffer_size 32k;
                # What OpenSSL thinks of odd hellos is no alarm.
                error_log logs/error.log alert;
                server {{ listen {STREAM} ssl; {certificate} ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; return ""; }}
                server {{ listen {PREREAD}; ssl_preread on; proxy_pass 127.0.0.1:{BACKEND}; }}
                server {{ listen {WITH_HEADER}; ssl_preread on; proxy_pass 127.0.0.1:{BACKEND};
                    proxy_protocol on; tcpfp_proxy_protocol on; }}
                server {{ listen {UNREAD}; proxy_pass 127.0.0.1:{BACKEND}; }}
                server {{ listen {BACKEND}; access_log off; return ""; }}""",
        )

    def test_firefox(self):
        """Read ahead by stream, for its hello is all that it says."""
        if not programs.is_here("firefox-esr"):
            return
        relay = Relay(PREREAD, 0)
        self.addCleanup(relay.close)
        programs.firefox(f"https://localhost:{relay.own_port}/")
        log = self.server.prefix / "logs/ja4"
        told, *_ = wait_for(log.read_text, "a session in the log").splitlines()
        self.assertEqual(told.split("|"), list(ja4.forms(bytes(relay.heard))))
        print(f"Firefox: {told.split('|')[0]}")

    def logged(self):
        """What the next session of stream logged."""
        log = self.server.prefix / "logs/ja4"
        text = wait_for(lambda: log.exists() and log.read_text(), "a session in the log")
        log.write_text("")
        self.assertEqual(text.count("\n"), 1, text)
        return [value if value != "-" else "" for value in text.strip().split("|")]

    def said(self, port, *pieces):
        """Says these to a port of stream, and gives what was logged of it."""
        with connect("127.0.0.1", port) as sock:
            for piece in pieces:
                sock.sendall(piece)
                if len(pieces) > 1:
                    time.sleep(0.02)
            # What is no hello is refused at once.
            try:
                sock.shutdown(1)
                read_to_end(sock)
            except OSError:
                pass
        return self.logged()

    def test_recorded_hellos(self):
        """Of clients of every kind, in one record and in many, in one segment and in some."""
        count = 0
        for name, expected, in_order, sent in ja4.recorded():
            message = ja4.message(sent)
            ways = (sent,), (records(message, 60),), (sent[:7], sent[7:100], sent[100:])
            for port in STREAM, PREREAD, WITH_HEADER:
                for pieces in ways:
                    with self.subTest(name, port=port):
                        found = self.said(port, *pieces)
                        self.assertEqual(found, list(ja4.forms(sent)))
                        self.assertEqual((found[0], found[2]), (expected, in_order))
                        count += 1
        self.assertGreaterEqual(count, 24 * 9)

    def test_odd_hellos(self):
        protocols = b"\x05h\xab\xff9z", b"\x01\xab", b"\x02h2\x08http/1.1", b"\x01h"
        cases = {
            "no extensions": hello(),
            "GREASE": hello(extension(0x2a2a, b"") + extension(43, b"\x04\x3a\x3a\x03\x04"), (0x0a0a, 0x1301)),
            "unknown extensions": hello(b"".join(extension(kind, b"?") for kind in range(0x4000, 0x4080))),
            "large": hello(extension(0x4000, bytes(LARGE))),
            **{f"ALPN {names}": hello(extension(16, struct.pack(">H", len(names)) + names)) for names in protocols},
        }
        for name, message in cases.items():
            sent = records(message, 16384)
            for port in STREAM, PREREAD:
                with self.subTest(name, port=port):
                    self.assertEqual(self.said(port, sent), list(ja4.forms(sent)))

    def test_what_is_no_hello(self):
        """It has no JA4, and nginx does with it what it does without us."""
        whole = records(hello(extension(0, b"?")), 16384)
        message = ja4.message(whole)
        wrong = bytearray(message)
        # Longer by one than what holds it.
        wrong[-3] += 1
        cases = (
            b"GET / HTTP/1.0\r\n\r\n", whole[:20], whole[:-1], b"\x16\x03\x01\0\0" * 3, b"\x16", b"",
            records(bytes(wrong), 16384), records(b"\x02" + message[1:], 16384),
            # More than anybody sends.
            records(hello(ciphers=[0x1301] * 2000), 16384),
        )
        for sent in cases:
            for port in STREAM, PREREAD:
                with self.subTest(sent[:30], port=port):
                    self.assertEqual(self.said(port, sent), [""] * 4)

    def test_where_nobody_reads_it(self):
        *_, (_, _, _, sent) = ja4.recorded()
        self.assertEqual(self.said(UNREAD, sent), [""] * 4)
        with connect("127.0.0.1", PLAIN) as sock:
            self.assertEqual(only_answer(sock), "|||")

    def test_clients(self):
        """Each against what it sent, by a relay that listens."""
        def python(url, **attributes):
            port = int(url.removesuffix("/").rpartition(":")[2])
            with tls.context(**attributes).wrap_socket(connect("127.0.0.1", port), server_hostname="localhost") as sock:
                only_answer(sock)

        clients = {
            "Python": python,
            "Python, TLS 1.2": lambda url: python(url, maximum_version=ssl.TLSVersion.TLSv1_2),
            "curl": programs.curl,
            "curl, HTTP/1.1": lambda url: programs.curl(url, "--http1.1"),
            "curl, TLS 1.2": lambda url: programs.curl(url, "--tls-max", "1.2"),
            "curl, no name": lambda url: programs.curl(url.replace("localhost", "127.0.0.1")),
        }
        # make test installs only the first two.
        others = {
            "chromium": {"Chromium": programs.chromium},
            "gnutls-cli": {
                "GnuTLS": programs.gnutls,
                "GnuTLS, TLS 1.2": lambda url: programs.gnutls(url, "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2"),
            },
            "tstclnt": {
                "NSS": programs.nss,
                "NSS, TLS 1.2": lambda url: programs.nss(url, "-V", "tls1.2:tls1.2"),
            },
            "go": {"Go": programs.go},
            "uv": {"rustls": programs.uv},
        }
        for program, more in others.items():
            if programs.is_here(program):
                clients |= more
        log = self.server.prefix / "logs/clients"
        for name, client in clients.items():
            for port in HTTPS, TLS12, RETRY:
                with self.subTest(name, port=port):
                    log.write_text("")
                    relay = Relay(port, 0)
                    self.addCleanup(relay.close)
                    client(f"https://localhost:{relay.own_port}/")
                    told, *_ = wait_for(log.read_text, "a request in the log").splitlines()
                    self.assertEqual(told.split("|"), list(ja4.forms(bytes(relay.heard))))
                    print(f"{name} at {port}: {told.split('|')[0]}")

    def test_resumption(self):
        """A ticket brings another hello, and each connection has the JA4 of its own."""
        context = tls.context()
        found = []
        for session in range(2):
            relay = Relay(HTTPS, 0)
            self.addCleanup(relay.close)
            session = found[-1][1] if found else None
            with context.wrap_socket(connect("127.0.0.1", relay.own_port), session=session,
                                     server_hostname="localhost") as sock:
                answer = only_answer(sock)
                self.assertEqual(sock.session_reused, bool(found))
                found.append((answer, sock.session))
            self.assertEqual(answer.split("|"), list(ja4.forms(bytes(relay.heard))))
        self.assertNotEqual(found[0][0], found[1][0])
