"""A client of HTTP/2 without TLS (RFC 9113, and RFC 7541 as far as plain literals go)."""

import struct

from .client import Connection, read

DATA, HEADERS, SETTINGS, GOAWAY, WINDOW_UPDATE = 0, 1, 4, 7, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4
#: Number 8 of HPACK's static table, as nginx begins its answers.
STATUS_200 = b"\x88"


class Http2(Connection):
    """A connection whose requests go out at once, each on a stream of its own."""

    def __init__(self, sock):
        super().__init__(sock)
        self.next_stream, self.asked = 1, []
        sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, b""))

    def get(self, *questions):
        """The bodies of the answers, in the order of the questions."""
        self.ask(*questions)
        return self.answers()

    def ask(self, *questions):
        """A question is a path, or a path and its headers, as a dictionary."""
        frames = b""
        for question in questions:
            path, headers = (question, {}) if isinstance(question, str) else question
            frames += frame(HEADERS, END_STREAM | END_HEADERS, self.next_stream, literals({
                ":method": "GET", ":scheme": "http", ":path": path, ":authority": "localhost",
            } | headers))
            self.asked.append(self.next_stream)
            self.next_stream += 2
        self.sock.sendall(frames)

    def answers(self):
        """The bodies of the answers to all that was asked; each must be a 200."""
        bodies = dict.fromkeys(self.asked, b"")
        is_open, self.asked = set(bodies), []
        while is_open:
            kind, flags, stream, payload = self._frame()
            if kind == GOAWAY:
                raise ConnectionResetError(f"the server gave up: {payload[8:]}")
            if kind == SETTINGS and not flags & ACK:
                self.sock.sendall(frame(SETTINGS, ACK, 0, b""))
            if kind == HEADERS and not payload.startswith(STATUS_200):
                raise AssertionError(f"answered {payload}")
            if kind == DATA and payload:
                bodies[stream] += payload
                # There is room for as much again, in the stream and in the connection.
                room = struct.pack("!I", len(payload))
                self.sock.sendall(
                    frame(WINDOW_UPDATE, 0, stream, room) + frame(WINDOW_UPDATE, 0, 0, room))
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                is_open.remove(stream)
        return [body.decode() for body in bodies.values()]

    def _frame(self):
        high, low, kind, flags, stream = struct.unpack("!BHBBI", read(self.sock, 9))
        return kind, flags, stream & 0x7FFFFFFF, read(self.sock, high << 16 | low)


def frame(kind, flags, stream, payload):
    length = len(payload)
    return struct.pack("!BHBBI", length >> 16, length & 0xFFFF, kind, flags, stream) + payload


def literals(headers):
    """Each a literal that is not indexed, with a new name; lengths below 127."""
    block = b""
    for name, value in headers.items():
        name, value = name.encode(), value.encode()
        block += bytes([0, len(name)]) + name + bytes([len(value)]) + value
    return block
