"""Clients over ordinary sockets."""

import http.client
import socket

from . import fields

SECONDS = 10


#: linux/in.h; Python has no name for it.
IP_BIND_ADDRESS_NO_PORT = 24


def connect(address, port=8080, options=None, source="", source_port=0):
    """A TCP connection. Options are set before the SYN: `{(level, name): value}`. From an address
    of 127.0.0.0/8 it comes as from any other client: its ports go up."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.settimeout(SECONDS)
    try:
        for (level, name), value in (options or {}).items():
            sock.setsockopt(level, name, value)
        if source:
            sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        if source or source_port:
            sock.bind((source, source_port))
        sock.connect((address, port))
    except OSError:
        sock.close()
        raise
    return sock


def connect_unix(path):
    """A connection to a unix socket."""
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(SECONDS)
    sock.connect(str(path))
    return sock


class Connection:
    """A protocol over a socket, closed behind a `with` block."""

    def __init__(self, sock):
        self.sock = sock

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Http(Connection):
    """An HTTP/1.1 connection that is kept alive."""

    def __init__(self, sock):
        super().__init__(sock)
        self.port = sock.getsockname()[1] if sock.family != socket.AF_UNIX else None

    def report(self, **options):
        """Asks for the values of every variable."""
        self.send(**options)
        return self.receive_report()

    def receive_report(self):
        """The values in the next answer."""
        return fields.parse(self.receive())

    def get(self, path):
        """The body of the answer to a request."""
        self.send(path=path)
        return self.receive()

    def send(self, host="localhost", path="/"):
        """Sends a request; gives its length."""
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        self.sock.sendall(request)
        return len(request)

    def receive(self):
        """The body of the next answer, which must be a 200."""
        response = http.client.HTTPResponse(self.sock)
        response.begin()
        body = response.read().decode()
        if response.status != 200:
            raise AssertionError(f"answered {response.status}: {body}")
        return body


#: After it the server closes.
LAST_REQUEST = b"GET / HTTP/1.0\r\n\r\n"


def only_answer(sock):
    """The body of the answer to one request, behind which the server closes."""
    sock.sendall(LAST_REQUEST)
    return read_to_end(sock).decode().partition("\r\n\r\n")[2]


def ask_http(sock, **options):
    """The report of an HTTP server, over a new connection."""
    return Http(sock).report(**options)


def ask_stream(sock):
    """The report of a stream server, which speaks first."""
    report = fields.parse(read_to_end(sock).decode())
    if fields.LAST not in report:
        raise ConnectionResetError("the report ends before its end")
    return report


def http_report(address="127.0.0.1", port=8080, host="localhost", **options):
    """The report of an HTTP server over a connection made for it."""
    with connect(address, port, **options) as sock:
        return ask_http(sock, host=host)


def stream_report(address="127.0.0.1", port=9090, **options):
    """The report of a stream server over a connection made for it."""
    with connect(address, port, **options) as sock:
        return ask_stream(sock)


def read(sock, length):
    """So many bytes."""
    data = b""
    while len(data) < length:
        more = sock.recv(length - len(data))
        if not more:
            raise ConnectionResetError(f"closed after {len(data)} bytes of {length}")
        data += more
    return data


def read_to_end(sock):
    """Everything until the other side closes."""
    data = b""
    while chunk := sock.recv(65536):
        data += chunk
    return data
