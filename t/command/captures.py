"""Captures in every form that libpcap reads."""

import struct
from dataclasses import dataclass

LITTLE, BIG = "<", ">"
MICROSECONDS, NANOSECONDS, KUZNETZOV = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34

#: Unix seconds of the first packet.
START = 1_700_000_000


@dataclass(frozen=True)
class Pcap:
    """How a pcap is written."""

    order: str = LITTLE
    magic: int = MICROSECONDS
    version: tuple = (2, 4)
    snap_len: int = 262144
    #: Above the link type.
    fcs: int = 0
    #: Added to each fraction of a second.
    fraction: int = 0
    #: Lengths the other way around, as before version 2.3.
    swapped: bool = False
    #: Bytes kept of each packet.
    kept: int = 1 << 18

    def file(self, link, packets):
        header = struct.pack(
            self.order + "IHHiIII", self.magic, *self.version, 0, 0, self.snap_len,
            self.fcs | link,
        )
        return header + b"".join(
            self.record(number, packet) for number, packet in enumerate(packets)
        )

    def record(self, number, packet):
        kept = packet[:self.kept]
        lengths = (len(kept), len(packet))
        if self.swapped:
            lengths = lengths[::-1]
        record = struct.pack(self.order + "IIII", START + number, self.fraction, *lengths)
        if self.magic == KUZNETZOV:
            record += struct.pack(self.order + "IHBB", 2, 0x0800, 0, 0)
        return record + kept


# --- pcapng

SECTION, INTERFACE, PACKET, SIMPLE, NAMES, STATISTICS, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6


def block(order, kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order):
    return block(order, SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order, link, snap_len=0, *options):
    body = struct.pack(order + "HHI", link, 0, snap_len)
    return block(order, INTERFACE, body + b"".join(option(order, *each) for each in options))


def enhanced(order, number, packet, units=START * 10**6, padding=b""):
    times = divmod(units, 1 << 32)
    head = struct.pack(order + "IIIII", number, *times, len(packet), len(packet))
    return block(order, ENHANCED, head + packet + bytes(-len(packet) % 4) + padding)


def old(order, number, packet, units=START * 10**6):
    """A packet block, obsolete since 2004."""
    times = divmod(units, 1 << 32)
    head = struct.pack(order + "HHIIII", number, 0xFFFF, *times, len(packet), len(packet))
    return block(order, PACKET, head + packet)


def simple(order, packet, snap_len=0):
    """A simple packet block: as much as the first interface's snap length lets it."""
    return block(
        order, SIMPLE, struct.pack(order + "I", len(packet)) + packet[:snap_len or len(packet)]
    )


def pcapng(order, link, packets):
    """A plain file."""
    return section(order) + interface(order, link) + b"".join(
        enhanced(order, 0, packet, (START + number) * 10**6)
        for number, packet in enumerate(packets)
    )
