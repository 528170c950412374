"""Any IP packet with a TCP segment, for a raw client to send."""

import socket
import struct
from dataclasses import dataclass, field, replace

TCP = 6

LINKTYPE_RAW = 101


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(address):
    """An address as bytes."""
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def mss(size):
    return struct.pack("!BBH", 2, 4, size)


def timestamps(value, echo=0):
    return struct.pack("!BBII", 8, 10, value, echo)


#: What a Linux client sends: MSS 1460, SACK, timestamps, NOP, scale 7.
LINUX_OPTIONS = mss(1460) + b"\x04\x02" + timestamps(0x00112233) + b"\x01\x03\x03\x07"


@dataclass(frozen=True)
class Ip:
    """What an IP header says beyond addresses, lengths and checksum."""

    version: int = 4
    ttl: int = 64
    tos: int = 0
    # IPv4: identification, the three flag bits, options.
    ident: int = 0x1234
    flags: int = 2
    options: bytes = b""
    # IPv6: flow label; the number of each extension header, and all of it after its first byte.
    flow_label: int = 0
    extensions: tuple = ()

    def header(self, source, destination, payload_length):
        """The header with its options or extension headers."""
        if self.version == 4:
            assert len(self.options) % 4 == 0
            length = 20 + len(self.options)
            before = struct.pack(
                "!BBHHHBB", 0x40 | length // 4, self.tos, length + payload_length,
                self.ident, self.flags << 13, self.ttl, TCP,
            )
            after = packed(source) + packed(destination) + self.options
            return before + struct.pack("!H", checksum(before + bytes(2) + after)) + after
        numbers = [number for number, _ in self.extensions] + [TCP]
        extensions = b"".join(
            bytes([following]) + rest for (_, rest), following in zip(self.extensions, numbers[1:])
        )
        return struct.pack(
            "!IHBB", 6 << 28 | self.tos << 20 | self.flow_label,
            len(extensions) + payload_length, numbers[0], self.ttl,
        ) + packed(source) + packed(destination) + extensions


@dataclass(frozen=True)
class Segment:
    """A TCP segment without its ports: by default the SYN of a Linux client."""

    seq: int = 1000
    ack: int = 0
    # The twelve bits behind the data offset: three reserved ones, then AE down to FIN.
    flags: int = 0x002
    window: int = 64240
    urgent: int = 0
    options: bytes = LINUX_OPTIONS
    payload: bytes = b""

    def bytes(self, source, destination, source_port, destination_port):
        """The segment with a right checksum."""
        assert len(self.options) % 4 == 0
        length = 20 + len(self.options)
        before = struct.pack(
            "!HHIIHH", source_port, destination_port, self.seq, self.ack,
            length // 4 << 12 | self.flags, self.window,
        )
        after = struct.pack("!H", self.urgent) + self.options + self.payload
        addresses = packed(source) + packed(destination)
        pseudo = struct.pack("!II", TCP, length + len(self.payload))
        return before + struct.pack(
            "!H", checksum(addresses + pseudo + before + bytes(2) + after)) + after


@dataclass(frozen=True)
class Syn:
    """A SYN to send."""

    ip: Ip = field(default_factory=Ip)
    tcp: Segment = field(default_factory=Segment)

    def with_ip(self, **changes):
        return replace(self, ip=replace(self.ip, **changes))

    def with_tcp(self, **changes):
        return replace(self, tcp=replace(self.tcp, **changes))


V4 = Syn()
V6 = Syn().with_ip(version=6)


def write_pcap(path, packets, times=range(1_500_000_000_000, 1 << 42)):
    """A capture of raw IP packets at times in Unix milliseconds; a millisecond apart, unless it
    is told."""
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        for time, packet in zip(times, packets):
            seconds, millis = divmod(time, 1000)
            size = len(packet)
            file.write(struct.pack("=IIII", seconds, millis * 1000, size, size))
            file.write(packet)
