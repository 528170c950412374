"""Connections of every manner."""

import itertools
import socket
import ssl
import struct

SECONDS = 30
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
CLOSE = REQUEST % b"Connection: close\r\n"

#: For a zone's records.
DUMP = b"GET /dump HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
#: In p0f's protocol, for the record of 127.0.0.1.
P0F_QUERY = struct.pack("=IB4B12x", 0x50304601, 4, 127, 0, 0, 1)
P0F_ANSWER = 232

#: HTTP/2 (RFC 9113): frame types and flags.
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, END_HEADERS = 1, 4

TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE


def connect(address, port):
    return socket.create_connection((address, port), SECONDS)


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


def tls(address, server):
    with connect(address, server.tls) as plain, TLS.wrap_socket(plain) as sock:
        sock.sendall(CLOSE)
        expect(b"HTTP/1.1 200 ", read_to_end(sock))


def http2(address, server):
    """Two streams, opened at once."""
    # GET, http, / and the authority (RFC 7541, appendix A).
    request = b"\x82\x86\x84\x41\x09localhost"
    streams = {1, 3}
    with connect(address, server.http2) as sock, sock.makefile("rb") as answer:
        sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, b"") + b"".join(
            frame(HEADERS, END_STREAM | END_HEADERS, stream, request) for stream in streams))
        while streams:
            high, low, kind, flags, stream = struct.unpack("!BHBBI", answer.read(9))
            payload = answer.read(high << 16 | low)
            if kind == HEADERS:
                # Status 200 is number 8 of the static table.
                expect(b"\x88", payload)
            if kind == DATA and flags & END_STREAM:
                streams.remove(stream)


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
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(SECONDS)
        sock.connect(str(server.p0f_api))
        sock.sendall(P0F_QUERY * 2 + P0F_QUERY[:9])
        with sock.makefile("rb") as file:
            answer = file.read(2 * P0F_ANSWER)
        if len(answer) != 2 * P0F_ANSWER:
            raise AssertionError(f"answered {answer}")


#: Those of a round, and the lines that each leaves in the access log.
ROUND = (
    (one_request, 1), (keep_alive, 3), (one_request, 1), (http2, 2), (stream, 1), (tls, 1),
    (one_request, 1), (bad_request, 1), (hang_up, 1), (dump, 1), (p0f_api, 0),
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


def frame(kind, flags, stream, payload):
    length = len(payload)
    return struct.pack("!BHBBI", length >> 16, length & 0xFFFF, kind, flags, stream) + payload


def expect(beginning, answer):
    if not answer.startswith(beginning):
        raise AssertionError(f"answered {answer}")


def read_to_end(sock):
    data = b""
    while chunk := sock.recv(65536):
        data += chunk
    return data
