"""Connections of every manner."""

import itertools

from t.harness import ja4, p0f, tls
from t.harness.client import connect, read_to_end
from t.harness.http2 import Http2

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
CLOSE = REQUEST % b"Connection: close\r\n"

#: For a zone's records.
DUMP = b"GET /dump HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

_, _, _, CLIENT_HELLO = next(ja4.recorded())

TLS, TLS_HTTP2 = tls.context(), tls.context()
TLS_HTTP2.set_alpn_protocols(["h2"])


def one_request(address, server):
    with connect(address, server.http) as sock:
        sock.sendall(CLOSE)
        expect(b"HTTP/1.1 200 ", read_to_end(sock))


def keep_alive(address, server):
    """Three requests, sent at once."""
    with connect(address, server.http) as sock:
        sock.sendall(REQUEST % b"" * 2 + CLOSE)
        answer = read_to_end(sock)
        if answer.count(b"HTTP/1.1 200 ") != 3:
            raise AssertionError(f"answered {answer}")


def bad_request(address, server):
    with connect(address, server.http) as sock:
        sock.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        expect(b"HTTP/1.1 400 ", read_to_end(sock))


def hang_up(address, server):
    """Half a request, and no more."""
    with connect(address, server.http) as sock:
        sock.sendall(REQUEST[:20])


def over_tls(address, server):
    with connect(address, server.tls) as plain, TLS.wrap_socket(plain) as sock:
        sock.sendall(CLOSE)
        expect(b"HTTP/1.1 200 ", read_to_end(sock))


def http2(address, server):
    """Two streams, opened at once."""
    with Http2(connect(address, server.http2)) as client:
        client.get("/", "/")


def http2_over_tls(address, server):
    """Two requests, of which the later knows the round trip of SETTINGS."""
    with Http2(TLS_HTTP2.wrap_socket(connect(address, server.tls))) as client:
        client.get("/")
        client.get("/")


def preread(address, server):
    """A ClientHello in two pieces, that nginx reads ahead and does not answer."""
    with connect(address, server.preread) as sock:
        sock.sendall(CLIENT_HELLO[:100])
        sock.sendall(CLIENT_HELLO[100:])
        if not read_to_end(sock):
            raise AssertionError("no answer")


def stream(address, server):
    with connect(address, server.stream) as sock:
        if not read_to_end(sock):
            raise AssertionError("no answer")


def dump(address, server):
    with connect(address, server.http) as sock:
        sock.sendall(DUMP)
        expect(b"HTTP/1.1 200 ", read_to_end(sock))


def p0f_api(_, server):
    """Two questions, and half of one, where there is somebody to ask."""
    if not server.p0f_api:
        return
    question = p0f.query("127.0.0.1")
    with p0f.client(server.p0f_api) as client:
        client.send(question * 2 + question[:9])
        for _ in range(2):
            client.receive()


#: Those of a round, and the lines that each leaves in the access log.
ROUND = (
    (one_request, 1), (keep_alive, 3), (one_request, 1), (http2, 2), (stream, 1), (over_tls, 1),
    (one_request, 1), (bad_request, 1), (hang_up, 1), (dump, 1), (p0f_api, 0), (http2_over_tls, 2),
    (preread, 1),
)


def connections(server, count):
    """So many connections, one after the other, over IPv4 and IPv6; gives the number of lines in
    the access log."""
    # An odd number of manners: each comes over both.
    addresses = itertools.cycle(("127.0.0.1", "::1"))
    lines = 0
    for (manner, logged), address, _ in zip(itertools.cycle(ROUND), addresses, range(count)):
        manner(address, server)
        lines += logged
    return lines


def expect(beginning, answer):
    if not answer.startswith(beginning):
        raise AssertionError(f"answered {answer}")
