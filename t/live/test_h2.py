"""How clients open HTTP/2, and the round trip of our SETTINGS: without TLS and with it."""

import json
import os
import random
import socket
import struct
import subprocess

from t.harness import tls
from t.harness.case import LiveCase
from t.harness.client import connect, only_answer
from t.harness.http2 import ACK, DATA, SETTINGS, Http2, frame, literals
from t.harness.nginx import ROOT, Nginx, wait_for
from t.harness.relay import Relay
from t.harness.servers import http2

PLAIN, TLS, HTTP1, EARLY = 8080, 8443, 8081, 8444
RECORDED = ROOT / "t/data/http2_openings.tsv"
VALUE = '"$tcpfp_h2 $tcpfp_h2_rtt"'
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: Seconds that a relay holds each direction back, and that a busy machine may add.
DELAY, SLACK = 0.05, 0.03
HEADERS, LATER = (
    frame(1, 5, stream, literals({":method": "GET", ":scheme": "http", ":path": "/", ":authority": "a"}))
    for stream in (1, 3))


def recorded():
    """What clients once sent, by their names: Akamai's form, and the bytes."""
    for line in RECORDED.read_text().splitlines():
        if not line.startswith("#"):
            name, expected, sent = line.split("\t")
            yield name, expected, bytes.fromhex(sent)


def configuration(value):
    parameter, directive = http2()
    return f"""
        log_format h2 {value};
        server {{
            listen {PLAIN} {parameter}; listen {TLS} ssl {parameter}; {directive} {tls.directives()}
            access_log logs/h2 h2;
            location / {{ return 200 {value}; }}
            location /json {{ return 200 $tcpfp_json; }}
            location /stack {{ return 200 "$tcpfp_stack"; }}
        }}
        server {{ listen {HTTP1}; return 200 {value}; }}
        server {{
            listen {EARLY} ssl {parameter}; {directive} {tls.directives()} ssl_early_data on; ssl_protocols TLSv1.3;
            access_log logs/early h2;
            return 200 "$ssl_early_data $tcpfp_proxy {value[1:]};
        }}
    """


class H2(LiveCase):
    PROGRAMS = "curl", "openssl"

    def setUp(self):
        self.server = self.nginx(configuration(VALUE))

    def secured(self, port=TLS, protocol="h2"):
        context = tls.context()
        if protocol:
            context.set_alpn_protocols([protocol])
        return context.wrap_socket(connect("127.0.0.1", port))

    def logged(self):
        """The opening in the next line of the log."""
        log = self.server.prefix / "logs/h2"
        text = wait_for(lambda: log.exists() and log.read_text(), "a request in the log")
        log.write_text("")
        return text.splitlines()[0].rpartition(" ")[0]

    def test_recorded(self):
        """Of clients of every kind, whole and in pieces."""
        count = 0
        # docs/fingerprints/h2.md: nothing is heard of one that answers faster than a network can.
        relay = Relay(TLS, 0.002)
        self.addCleanup(relay.close)
        ways = {"plain": lambda: connect("127.0.0.1", PLAIN), "TLS": lambda: self.secured(relay.own_port)}
        for name, expected, sent in recorded():
            for pieces in [sent], [sent[:20], sent[20:30], sent[30:]], [sent[:-5], sent[-5:]]:
                for way, client in ways.items():
                    with self.subTest(name, way=way, pieces=len(pieces)):
                        self.assertEqual(self.opened(client, pieces), expected)
                        count += 1
        self.assertGreaterEqual(count, 14 * 6)

    def opened(self, way, pieces):
        """What is logged of a client that sends these."""
        with way() as sock:
            for piece in pieces:
                sock.sendall(piece)
                if len(pieces) > 1:
                    # The server has read it when it has answered what it can.
                    wait_for_answer(sock)
        return self.logged()

    def test_the_round_trip(self):
        for way in "plain", "TLS":
            for delay in 0.002, DELAY:
                with self.subTest(way, delay=delay):
                    # A machine that is busy is as late as one that is far.
                    for _ in range(5):
                        first, rtt = self.round_trip(way, delay)
                        if rtt < 2 * delay + SLACK:
                            break
                    # It may come with the first request or behind it.
                    self.assertRegex(first, r"^\|00\|0\|m,s,p,a \d*$")
                    self.assertGreaterEqual(rtt, 2 * delay)
                    self.assertLess(rtt, 2 * delay + SLACK)

    def round_trip(self, way, delay):
        """What the first request on a connection is told, and the seconds that a later one is."""
        relay = Relay(PLAIN if way == "plain" else TLS, delay)
        self.addCleanup(relay.close)
        sock = connect("127.0.0.1", relay.own_port) if way == "plain" else self.secured(relay.own_port)
        # What is said goes out at once.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with Http2(sock) as client:
            (first,), (later,), (shown,) = client.get("/"), client.get("/"), client.get("/json")
        opening, rtt = later.split(" ")
        values = json.loads(shown)
        self.assertEqual((values["h2"], values["h2_rtt"]), (opening, int(rtt)))
        return first, int(rtt) / 1e6

    def test_the_round_trip_with_early_data(self):
        """The first request comes with the handshake, so its opening goes by unheard. Who acknowledges
        before our SETTINGS are there has no round trip."""
        for delay, acknowledged_early in (0.01, False), (DELAY, False), (DELAY, True):
            with self.subTest(delay=delay, acknowledged_early=acknowledged_early):
                # A machine that is busy is as late as one that is far.
                for _ in range(5):
                    first, later = self.early(delay, acknowledged_early)
                    self.assertEqual(first, "1   ")
                    is_early, word, opening, rtt = later.split(" ")
                    if acknowledged_early or int(rtt) / 1e6 < 2 * delay + SLACK:
                        break
                self.assertEqual((is_early, opening), ("", ""))
                if acknowledged_early:
                    self.assertEqual((word, rtt), ("", ""))
                    continue
                self.assertEqual(word, "proxied" if delay == DELAY else "")
                self.assertGreaterEqual(int(rtt) / 1e6, 2 * delay)
                self.assertLess(int(rtt) / 1e6, 2 * delay + SLACK)

    def early(self, delay, acknowledged_early):
        """What is said to a client's early request, and to one that it sends behind its acknowledgment."""
        relay = Relay(EARLY, delay)
        self.addCleanup(relay.close)
        acknowledgment = frame(SETTINGS, ACK, 0, b"")
        opening = PREFACE + frame(SETTINGS, 0, 0, b"") + acknowledgment * acknowledged_early + HEADERS
        with self.early_client(relay.own_port, opening) as client:
            first = body(client.stdout)
            client.stdin.write(acknowledgment * (not acknowledged_early) + LATER)
            client.stdin.flush()
            later = body(client.stdout)
            client.kill()
        return first, later

    def early_client(self, port, opening):
        """One that sends this as early data, and then what it reads."""
        session, file = self.server.prefix / "session", self.server.prefix / "opening"
        session.unlink(missing_ok=True)
        client = ["openssl", "s_client", "-quiet", "-tls1_3", "-alpn", "h2", "-connect"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        while True:
            with subprocess.Popen([*client, f"127.0.0.1:{EARLY}", "-sess_out", session], **pipes) as before:
                wait_for(lambda: session.exists() and session.stat().st_size, "a session")
                before.kill()
            # It writes the file anew with a second ticket, and may have been amid that.
            if not subprocess.run(["openssl", "sess_id", "-in", session, "-noout"], stderr=subprocess.DEVNULL).returncode:
                break
            session.unlink(missing_ok=True)
        file.write_bytes(opening)
        return subprocess.Popen(
            [*client, f"127.0.0.1:{port}", "-sess_in", session, "-early_data", file], **pipes)

    def test_broken_early_data(self):
        rng = random.Random(18)
        acknowledgment = frame(SETTINGS, ACK, 0, b"")
        whole = PREFACE + frame(SETTINGS, 0, 0, b"") + HEADERS
        broken = [b"x", b"GET / HTTP/1.0\r\n\r\n", PREFACE[:5], PREFACE + b"\0", whole[:-3], whole + b"\xff" * 50]
        for _ in range(6):
            other = bytearray(whole)
            other[rng.randrange(len(other))] ^= rng.randint(1, 255)
            broken.append(bytes(other))
        for opening in broken:
            with self.early_client(EARLY, opening) as client:
                # Whatever there is to say to that.
                client.stdout.read(9)
                try:
                    os.write(client.stdin.fileno(), acknowledgment + rng.randbytes(20))
                except BrokenPipeError:
                    pass
                client.kill()
        self.assertEqual(self.early(0.01, False)[0], "1   ")

    def test_every_layer(self):
        # docs/fingerprints/h2.md: nothing is heard of one that answers faster than a network can.
        relay = Relay(TLS, 0.002)
        self.addCleanup(relay.close)
        for way, sock in ("plain", connect("127.0.0.1", PLAIN)), ("TLS", self.secured(relay.own_port)):
            with self.subTest(way), Http2(sock) as client:
                (stack,), (shown,) = client.get("/stack"), client.get("/json")
                values = json.loads(shown)
                syn, *rest = stack.split("/")
                self.assertEqual(rest, [values.get("ja4", "-"), values["h2"]])
                self.assertRegex(syn, r"^64:mss\*,\d+:mss,sok,ts,nop,ws:$")
                self.assertEqual(values["stack"], stack)

    def test_an_acknowledgment_of_nothing(self):
        """One that is there before our SETTINGS is no answer to them."""
        with connect("127.0.0.1", PLAIN) as sock:
            sock.sendall(PREFACE + frame(SETTINGS, 0, 0, b"") + frame(SETTINGS, ACK, 0, b"") + HEADERS)
            wait_for_answer(sock)
        self.assertEqual(self.logged(), "|00|0|m,s,p,a")

    def test_what_is_no_http2(self):
        for port, sock in (HTTP1, connect("127.0.0.1", HTTP1)), (TLS, self.secured(protocol="http/1.1")), (
                TLS, self.secured(protocol=None)):
            with self.subTest(port=port), sock:
                self.assertEqual(only_answer(sock), " ")

    def test_curl(self):
        # docs/fingerprints/h2.md: nothing is heard of one that answers faster than a network can.
        relay = Relay(TLS, 0.002)
        self.addCleanup(relay.close)
        for options in ["--http2"], ["--http2", "-d", "x=1"]:
            said = subprocess.run(
                ["curl", "-sk", "--max-time", "10", *options, f"https://127.0.0.1:{relay.own_port}/"],
                capture_output=True, text=True, check=True).stdout
            self.assertRegex(said, r"^\d+:\d+(;\d+:\d+)*\|\d+\|0\|m,p,s,a \d*$")


class Hostile(LiveCase):
    """What is broken is answered as without us, and harms nobody."""

    PROGRAMS = ("openssl",)

    def answers(self, everything):
        """What an nginx answers to each, but for its words: the kinds of its frames, and their sizes."""
        found = []
        for sent in everything:
            with connect("127.0.0.1", PLAIN) as sock:
                sock.sendall(sent)
                answer = wait_for_answer(sock)
                try:
                    sock.shutdown(1)
                    while more := sock.recv(65536):
                        answer += more
                except OSError:
                    pass
            kinds = []
            while len(answer) >= 9:
                high, low, kind, flags, stream = struct.unpack("!BHBBI", answer[:9])
                kinds.append((kind, flags, stream))
                answer = answer[9 + (high << 16 | low):]
            found.append(kinds)
        return found

    def test_what_is_broken(self):
        rng = random.Random(18)
        everything = []
        for _, _, sent in recorded():
            everything += [sent[:length] for length in range(0, len(sent), 7)]
            for _ in range(30):
                broken = bytearray(sent)
                for _ in range(rng.randint(1, 4)):
                    broken[rng.randrange(len(broken))] = rng.choice((0, 1, 4, 127, 255, rng.randrange(256)))
                everything.append(bytes(broken))
        answers = []
        for value in '"-"', '"$tcpfp_h2 $tcpfp_h2_rtt"':
            nginx = Nginx(http=configuration(value).replace("$tcpfp_json", value))
            self.started(nginx)
            answers.append(self.answers(everything))
            self.doCleanups()
        self.assertGreater(len(everything), 600)
        for sent, without, with_us in zip(everything, *answers):
            self.assertEqual(with_us, without, sent.hex())


def body(file):
    """That of the next answer, in one frame."""
    kind = None
    while kind != DATA:
        high, low, kind, _, _ = struct.unpack("!BHBBI", file.read(9))
        payload = file.read(high << 16 | low)
    return payload.decode()


def wait_for_answer(sock):
    """What the server says, or that it has nothing to say for a while."""
    sock.settimeout(0.03)
    try:
        return sock.recv(65536)
    except OSError:
        return b""
    finally:
        sock.settimeout(10)
