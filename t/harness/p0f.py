"""A client of p0f's query protocol (docs/README of p0f, "API access"): numbers in the machine's
byte order, nothing padded."""

import socket
import struct
from dataclasses import dataclass

from .client import Connection, connect_unix, read

QUERY_MAGIC, ANSWER_MAGIC = 0x50304601, 0x50304602
BAD_QUERY, OK, NO_MATCH = 0x00, 0x10, 0x20
FUZZY, GENERIC = 1, 2

ANSWER = struct.Struct("=9Ih2B32s32s32s32s32s32s")
assert ANSWER.size == 232


@dataclass
class Answer:
    """What is known of an address; texts are empty, and other things 0, where nothing is."""

    magic: int
    status: int
    first_seen: int
    last_seen: int
    total_conn: int
    uptime_min: int
    up_mod_days: int
    last_nat: int
    last_chg: int
    distance: int
    bad_sw: int
    os_match_q: int
    os_name: str
    os_flavor: str
    http_name: str
    http_flavor: str
    link_type: str
    language: str

    @classmethod
    def parse(cls, data):
        """An answer; every text ends with a zero."""
        *numbers, = ANSWER.unpack(data)
        numbers, texts = numbers[:12], numbers[12:]
        if any(text[-1] for text in texts):
            raise AssertionError(f"a text without end: {texts}")
        return cls(*numbers, *(text.partition(b"\0")[0].decode() for text in texts))


def query(address, magic=QUERY_MAGIC, kind=None):
    """A question for an address."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = kind if kind is not None else 6 if ":" in address else 4
    return struct.pack("=IB16s", magic, kind, socket.inet_pton(family, address))


def client(path):
    """A client at a unix socket."""
    return Client(connect_unix(path))


class Client(Connection):
    def send(self, data):
        self.sock.sendall(data)

    def receive(self):
        """The next answer."""
        return Answer.parse(read(self.sock, ANSWER.size))

    def ask(self, address, **changes):
        self.send(query(address, **changes))
        return self.receive()
