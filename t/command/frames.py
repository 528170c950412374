"""Link layers and tunnels: functions from an IP packet to what carries it."""

import struct

from t.command.packets import UDP, ip, udp, version

#: Two addresses, of a maker that there is: tshark looks at that.
MAC = bytes.fromhex("00163e000001" "00163e000002")
SNAP = b"\xaa\xaa\x03" + bytes(3)


def ether_type(packet):
    return 0x0800 if version(packet) == 4 else 0x86DD


def typed(packet, *tags):
    """An EtherType and the packet, behind tags, each an EtherType and two bytes or what it has."""
    before = b"".join(struct.pack("!H", kind) + value for kind, value in tags)
    return before + struct.pack("!H", ether_type(packet)) + packet


def ethernet(packet, *tags):
    return MAC + typed(packet, *tags)


def tagged(*kinds):
    """Ethernet with VLAN tags."""
    tags = [(kind, struct.pack("!H", 100 + number)) for number, kind in enumerate(kinds)]
    return lambda packet: ethernet(packet, *tags)


def before(header):
    """A header that says nothing of what follows."""
    return lambda packet: header + packet


def family(order, four, six):
    """The address family of the capturing system."""
    return lambda packet: struct.pack(order + "I", four if version(packet) == 4 else six) + packet


def snap(packet):
    return SNAP + typed(packet)


def with_length(inner):
    """IEEE 802.3."""
    return lambda packet: struct.pack("!H", len(inner(packet))) + inner(packet)


def ppp_number(packet):
    return 0x21 if version(packet) == 4 else 0x57


def ppp(packet):
    return struct.pack("!H", ppp_number(packet)) + packet


def ppp_compressed(packet):
    return bytes([ppp_number(packet)]) + packet


def pppoe(packet):
    session = ppp(packet)
    return struct.pack("!BBHH", 0x11, 0, 7, len(session)) + session


def mpls(labels, inner=lambda packet: packet):
    def frame(packet):
        stack = (16 + number << 12 | (number + 1 == labels) << 8 | 64 for number in range(labels))
        return b"".join(struct.pack("!I", label) for label in stack) + inner(packet)
    return frame


def over_ethernet(kind, inner, *tags):
    """Ethernet with another EtherType, and what that says."""
    before = b"".join(struct.pack("!H", tag) + value for tag, value in tags)
    return lambda packet: MAC + before + struct.pack("!H", kind) + inner(packet)


def cooked(packet, *tags):
    """LINKTYPE_LINUX_SLL."""
    return struct.pack("!HHH", 0, 1, 6) + MAC[:6] + bytes(2) + typed(packet, *tags)


def cooked2(packet, *tags):
    """LINKTYPE_LINUX_SLL2: the type goes first."""
    body = typed(packet, *tags)
    return body[:2] + struct.pack("!HIHBB", 0, 3, 1, 0, 6) + MAC[:6] + bytes(2) + body[2:]


def nflog(order):
    def value(kind, data):
        return struct.pack(order + "HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)

    def frame(packet):
        head = struct.pack("!BBH", 2 if version(packet) == 4 else 10, 0, 5)
        return head + value(1, b"\x08\x00\x01\x00") + value(10, b"a prefix\0") + value(9, packet)
    return frame


def wifi(control=b"\x08\x01", header_len=24, more=b"", padding=b""):
    return lambda packet: (
        control + bytes(2) + (MAC * 3)[:header_len - 6] + b"\x10\x00" + more + padding
        + snap(packet)
    )


#: Data with QoS, in both ways and with HT control.
QOS = wifi(b"\x88\x01", more=bytes(2))
QOS_BRIDGED = wifi(b"\x88\x83", more=MAC[:6] + bytes(6))


def radiotap(fields, inner, *more_words):
    present, values = fields
    head = struct.pack(f"<{1 + len(more_words)}I", present, *more_words)
    return lambda packet: struct.pack("<BBH", 0, 0, 4 + len(head) + len(values)) + (
        head + values + inner(packet))


def prism(inner):
    head = struct.pack("<II", 0x44, 144) + b"wlan0".ljust(16, b"\0") + bytes(120)
    return lambda packet: head + inner(packet)


def avs(inner):
    head = struct.pack("!II", 0x80211001, 64) + bytes(56)
    return lambda packet: head + inner(packet)


def pflog(packet):
    header = bytes([61, 2 if version(packet) == 4 else 24]) + bytes(59)
    return header + bytes(-len(header) % 4) + packet


def ppi(link, inner):
    return lambda packet: struct.pack("<BBHI", 0, 0, 8, link) + inner(packet)


def pktap(link, inner):
    def frame(packet):
        head = struct.pack("<III", 108, 1, link) + b"en0".ljust(24, b"\0")
        return head + struct.pack("<II", 0, 2 if version(packet) == 4 else 30) + bytes(64) + (
            inner(packet))
    return frame


# --- tunnels

def in_ip(protocol, inner=lambda packet: packet, outer=4):
    return lambda packet: ip(protocol, inner(packet), outer)


def ip_in_ip(outer):
    """IP in IP, 6in4, 4in6."""
    return lambda packet: ip(4 if version(packet) == 4 else 41, packet, outer)


def gre(flags=0, parts=b"", kind=None, inner=lambda packet: packet):
    return lambda packet: struct.pack("!HH", flags, kind or ether_type(packet)) + parts + (
        inner(packet))


def over_udp(port, inner, outer=4):
    return lambda packet: ip(UDP, udp(port, inner(packet)), outer)


def vxlan(inner=ethernet):
    return lambda packet: struct.pack("!II", 0x08 << 24, 42 << 8) + inner(packet)


def vxlan_gpe(packet):
    return struct.pack("!II", 0x0C << 24 | (1 if version(packet) == 4 else 2), 42 << 8) + packet


def geneve(kind=None, inner=lambda packet: packet, options=b""):
    return lambda packet: struct.pack(
        "!BBHI", len(options) // 4, 0, kind or ether_type(packet), 42 << 8) + options + (
        inner(packet))


def gtp_u(flags=0, more=b""):
    return lambda packet: struct.pack(
        "!BBHI", 0x30 | flags, 255, len(more) + len(packet), 1) + more + packet


def pptp(packet):
    frame = b"\xff\x03" + ppp(packet)
    return struct.pack("!HHHHI", 0x3001, 0x880B, len(frame), 5, 9) + frame


def chain(*layers):
    """One in another, the innermost first."""
    def frame(packet):
        for layer in layers:
            packet = layer(packet)
        return packet
    return frame
