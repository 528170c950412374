"""Who comes by a way, and what the server then shows."""

import socket
import subprocess
import time

from t.harness.client import LAST_REQUEST, Http, only_answer, read_to_end
from t.harness.http2 import Http2

from .extent import COUNT
from .results import NAMES, shown

SECONDS = 20


def ask(sock):
    """What an http server shows over a connection, and then it is closed."""
    with sock:
        return shown(only_answer(sock))


def ask_twice(sock, silence=0):
    """What it shows to the two requests of a connection, each after so many seconds."""
    found = []
    with Http(sock) as http:
        for _ in range(2):
            time.sleep(silence)
            http.send()
            found.append(shown(http.receive()))
    return found


def ask_over_http2(sock):
    """What it shows to the second request of a connection, which is behind the client's
    acknowledgment of the server's SETTINGS."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with Http2(sock) as client:
        client.get("/")
        (answer,) = client.get("/")
        return shown(answer)


def hear(sock):
    """What a stream server shows, which speaks first."""
    with sock:
        return shown(read_to_end(sock).decode())


def curl(way, *arguments):
    """What curl gets over HTTP/2."""
    proxy = {
        "transparent": [], "socks5": ["--socks5", host_and_port(way.entry)],
        "connect": ["--proxytunnel", "--proxy", f"http://{host_and_port(way.entry)}"],
    }
    with way.inside():
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--insecure", "--http2", *proxy[way.speaks],
             *arguments, "--max-time", str(SECONDS), "--write-out", "\n%{http_version}",
             f"https://{host_and_port(way.target)}/"],
            capture_output=True, text=True, check=True)
    text, _, version = done.stdout.rpartition("\n")
    if version != "2":
        raise ValueError(f"curl speaks HTTP {version}")
    return shown(text)


def s_client(way, *arguments):
    """What OpenSSL's client gets, which sends a request: its output, and what the server shows in
    it. It knows no SOCKS."""
    proxy = {"transparent": [], "connect": ["-proxy", host_and_port(way.entry)]}[way.speaks]
    with way.inside():
        done = subprocess.run(
            ["openssl", "s_client", "-tls1_3", "-ign_eof", "-connect", host_and_port(way.target),
             *proxy, *arguments],
            input=LAST_REQUEST, capture_output=True, timeout=SECONDS)
    output = done.stdout.decode(errors="replace")
    lines = [line for line in output.splitlines() if line.count("|") == len(NAMES) - 1]
    return output, [shown(line) for line in lines]


def host_and_port(address):
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def fresh(made, answer=ask, **options):
    """What a TLS client gets by several connections."""
    return lambda way: [
        answer(made.wrap_socket(way.connect(), **options)) for _ in range(COUNT)
    ]


def resumed(made):
    """What it gets by connections that resume the session of one before."""
    def values(way):
        found, session = [], None
        for _ in range(COUNT + 1):
            sock = made.wrap_socket(way.connect(), session=session)
            if sock.session_reused != (session is not None):
                raise ValueError("the session is not resumed")
            found.append(ask(sock))
            session = session or sock.session
        return found[1:]
    return values
