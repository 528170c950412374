"""IP packets: SYNs of several clients, and others between them."""

import struct

from t.harness.packet import V4, V6, checksum, mss, packed

UDP = 17

#: What Windows sends, one that asks for ECN, and one without options.
WINDOWS_OPTIONS = mss(1440) + bytes.fromhex("0103030801010402")
SYNS = [
    V4,
    V6,
    V4.with_ip(ttl=117, tos=0x28).with_tcp(window=65535, options=WINDOWS_OPTIONS),
    V6.with_ip(ttl=55, flow_label=0xABCDE).with_tcp(window=0xFFFF, flags=0x0C2),
    V4.with_ip(ttl=255, flags=0, options=b"\x94\x04\x00\x00").with_tcp(window=512, options=b""),
    V4.with_tcp(payload=b"early data"),
    V6.with_ip(extensions=((60, bytes(7)),)),
]
OTHERS = [V4.with_tcp(flags=0x012), V6.with_tcp(flags=0x010, payload=b"x" * 300)]


def packets():
    """SYNs and others, each from a port of its own."""
    shapes = [*SYNS[:2], *OTHERS, *SYNS[2:]]
    return [on_wire(shape, 40000 + number) for number, shape in enumerate(shapes)] + [udp_query()]


def on_wire(shape, port=50000):
    """The packet of a client at this port."""
    version = shape.ip.version
    source, destination = ADDRESSES[version]
    segment = shape.tcp.bytes(source, destination, port, 443)
    return shape.ip.header(source, destination, len(segment)) + segment


ADDRESSES = {
    4: ("198.51.100.7", "192.0.2.1"),
    6: ("2001:db8:7::1234", "2001:db8::1"),
}


def udp_query():
    return ip(UDP, udp(53, b"\x12\x34\x01\x00" + bytes(8)))


def syn():
    """One SYN of Linux."""
    return on_wire(V4)


def ip(protocol, payload, version=4, fragment=0):
    """A packet of any protocol."""
    source, destination = (packed(address) for address in ADDRESSES[version])
    if version == 6:
        return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 61) + source + destination + (
            payload)
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 7, fragment, 62, protocol, 0)
    header += source + destination
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def udp(port, payload):
    """A datagram from a port that nothing else uses."""
    return struct.pack("!HHHH", 54321, port, 8 + len(payload), 0) + payload


def version(packet):
    return packet[0] >> 4
