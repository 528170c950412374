"""An independent reading of a SYN: the value of every variable, from the bytes that were sent."""

import ipaddress
import struct

#: IPv6 extension headers that a SYN can carry: hop-by-hop, routing, fragment, destination.
EXTENSIONS = {0, 43, 44, 60}


def expected(packet):
    """What the SYN variables must be for a whole packet, payload included."""
    values = read_ip(packet)
    start = values["ip_hlen"]
    length = (packet[start + 12] >> 4) * 4
    values.update(read_tcp(packet[start:start + length]))
    values["payload_len"] = len(packet) - start - length
    values["syn"] = packet[:start + length].hex()
    values["ip_fp"] = ip_fp(values).hex()
    values["muonfp"] = "{window}:{kinds}:{mss}:{scale}".format(
        window=values["window"],
        kinds=(values["options"] or "").replace(",", "-"),
        mss=optional(values["mss"]),
        scale=optional(values["wscale"]),
    )
    return values


def optional(value):
    return "" if value is None else value


def read_ip(packet):
    if packet[0] >> 4 == 4:
        header = packet[:(packet[0] & 15) * 4]
        tos, total, ident, fragment, ttl, _, checksum, source, destination = struct.unpack_from(
            "!xBHHHBBH4s4s", header)
        values = {
            "ip_version": 4, "df": fragment >> 14 & 1, "ip_id": ident, "ip_flags": fragment >> 13,
            "ip_checksum": checksum, "flow_label": None, "ip_options": header[20:].hex() or None,
        }
    else:
        word, payload, following, ttl, source, destination = struct.unpack_from(
            "!IHBB16s16s", packet)
        tos, total = word >> 20 & 0xFF, payload + 40
        end = 40
        while following in EXTENSIONS:
            size = 8 if following == 44 else 8 + packet[end + 1] * 8
            following, end = packet[end], end + size
        header = packet[:end]
        values = {
            "ip_version": 6, "df": None, "ip_id": None, "ip_flags": None, "ip_checksum": None,
            "flow_label": word & 0xFFFFF, "ip_options": header[40:].hex() or None,
        }
    return values | {
        "ttl": ttl, "tos": tos, "ip_ecn": tos % 4, "ip_hlen": len(header), "ip_len": total,
        "src_addr": str(ipaddress.ip_address(source)),
        "dst_addr": str(ipaddress.ip_address(destination)),
    }


def read_tcp(header):
    source, destination, seq, ack, bits, window, checksum, urgent = struct.unpack_from(
        "!HHIIHHHH", header)
    return {
        "src_port": source, "dst_port": destination, "seq": seq, "ack": ack, "window": window,
        "flags": bits & 0x1FF, "tcp_ecn": bits >> 6 & 7, "tcp_checksum": checksum,
        "urgptr": urgent, "tcp_hlen": len(header),
        "options_hex": header[20:].hex() or None,
    } | read_options(header[20:])


def read_options(rest):
    kinds = []
    values = {"mss": None, "wscale": None, "sack_ok": 0, "tsval": None, "tsecr": None}
    while rest:
        kind = rest[0]
        kinds.append(kind)
        if kind == 0:
            break
        if kind == 1:
            rest = rest[1:]
            continue
        length = rest[1] if len(rest) > 1 else 0
        if length < 2 or length > len(rest):
            break
        match kind, length:
            case 2, 4:
                (values["mss"],) = struct.unpack_from("!H", rest, 2)
            case 3, 3:
                values["wscale"] = rest[2]
            case 4, 2:
                values["sack_ok"] = 1
            case 8, 10:
                values["tsval"], values["tsecr"] = struct.unpack_from("!II", rest, 2)
        rest = rest[length:]
    values["options"] = ",".join(map(str, kinds)) or None
    return values


def ip_fp(values):
    """HAProxy's ip.fp, mode 0, by the words of its configuration manual. It reads the value of an
    option whatever its length, as far as the header goes."""
    v6 = values["ip_version"] == 6
    ttl = values["ttl"]
    traits = (
        v6 << 7 | (1 if v6 else values["df"]) << 6
        | ((ttl > 32) + (ttl > 64) + (ttl > 128)) << 4
        | (values["ip_options"] is not None) << 3
        | (values["payload_len"] > 0) << 2 | values["tcp_ecn"] & 3
    )
    mss = scale = kinds = 0
    rest = bytes.fromhex(values["options_hex"] or "")
    while rest and rest[0] != 0:
        kind, length = rest[0], 1 if rest[0] == 1 else rest[1] if len(rest) > 1 else 0
        if length > len(rest) or kind != 1 and length < 2:
            break
        if kind == 2 and len(rest) >= 4:
            (mss,) = struct.unpack_from("!H", rest, 2)
        if kind == 3 and len(rest) >= 3:
            scale = min(rest[2] + 1, 15)
        if kind > 1:
            kinds |= 1 << min(kind - 2, 7)
        rest = rest[length:]
    return struct.pack(
        "!BBBHHB", values["tos"], traits, values["tcp_hlen"] // 4 << 4 | scale, values["window"],
        mss, kinds,
    )
