"""SYNs aimed at the signatures of a database, and other packets between them."""

import socket
from dataclasses import dataclass
from random import Random

from . import aim, mutate
from .packet import ACK, FIN, RST, SYN

#: A packet in so many is not a client's first: everyone must pass over it.
OTHER = 100
#: A SYN in so many is without a model.
ANYTHING = 10


@dataclass(frozen=True)
class Case:
    """A packet as it is on the wire, and where it came from."""

    headers: bytes
    rest: bytes
    is_syn: bool
    #: The signature aimed at; None for none.
    signature: object
    changes: tuple

    def __str__(self):
        at = f"line {self.signature.line}" if self.signature else "no signature"
        return ", ".join([at, *self.changes])


def cases(database, count, seed):
    """`count` SYNs: of each signature the exact packet, then each change alone, then several
    together by chance. Their number in the order given is also their client's address."""
    random = Random(seed)
    found, syns = [], 0
    for packet, is_syn, signature, changes in _packets(database, random):
        headers, rest = packet.on_wire(*addresses(len(found), packet.version))
        found.append(Case(headers, rest, is_syn, signature, changes))
        syns += is_syn
        if syns == count:
            return found


def _packets(database, random):
    for changes in (), *((change,) for change in mutate.CHANGES):
        for signature in database.signatures:
            yield _mutated(database, signature, changes, random)
    while True:
        if random.randrange(OTHER) == 0:
            yield _no_syn(database, random)
        elif random.randrange(ANYTHING) == 0:
            yield mutate.anything(random), True, None, ()
        else:
            signature = random.choice(database.signatures)
            changes = random.choices(mutate.CHANGES, k=random.choice([0, 0, 1, 1, 1, 2, 2, 3, 5]))
            yield _mutated(database, signature, changes, random)


def _mutated(database, signature, changes, random):
    packet = aim.at(signature, database.mtus, random)
    for change in changes:
        change(packet, random)
    return packet, True, signature, tuple(change.__name__ for change in changes)


def _no_syn(database, random):
    packet = aim.at(random.choice(database.signatures), database.mtus, random)
    packet.flags = random.choice([SYN | ACK, SYN | FIN, SYN | RST, ACK, RST, FIN | ACK, 0])
    return packet, False, None, ()


# --- who sends it, and to whom

def addresses(number, version):
    """Client, server and their ports. Each client is another host, since p0f's answer about a
    host is to depend on none of its earlier packets."""
    high, low = number >> 16, number & 0xFFFF
    if version == 4:
        client, server = f"10.{high}.{low >> 8}.{low & 255}", "192.0.2.1"
    else:
        client, server = f"2001:db8:1::{high:x}:{low:x}", "2001:db8::1"
    return client, server, 1024 + low % 60000, 443


def number_of(client):
    """The case whose client has this address."""
    family = socket.AF_INET6 if ":" in client else socket.AF_INET
    return int.from_bytes(socket.inet_pton(family, client)[-3:], "big")


# --- on disk

def write_hex(path, syns):
    """A line for each, as `$tcpfp_syn` gives it: the headers alone."""
    with open(path, "w") as file:
        file.writelines(f"{syn.hex()}\n" for syn in syns)
