#!/usr/bin/env python3
"""rows.py NAME ORIGIN, or NAME PORT=ORIGIN...: the SYNs of a pcap on standard input, as rows.

With --times for NAME, each row has ORIGIN and the SYN's time in milliseconds instead.

Of each sender's port only the first SYN: the others are retransmissions.
"""
import struct
import sys

LINK_HEADER = {1: 14, 101: 0, 113: 16, 228: 0, 229: 0, 276: 20}


def packets(pcap):
    header = pcap.read(24)
    order = "<" if header[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    skip = LINK_HEADER[struct.unpack(order + "I", header[20:])[0]]
    while len(record := pcap.read(16)) == 16:
        seconds, micros, size, _ = struct.unpack(order + "4I", record)
        yield seconds * 1000 + micros // 1000, pcap.read(size)[skip:]


def syn(packet):
    """The IP and TCP headers, the client's and the server's port, if it is a SYN."""
    version = packet[0] >> 4
    if version == 4 and packet[9] == 6:
        at = (packet[0] & 15) * 4
    elif version == 6 and packet[6] == 6:
        at = 40
    else:
        return None
    if packet[at + 13] & 0x17 != 2:
        return None
    end = at + (packet[at + 12] >> 4) * 4
    return packet[:end], *struct.unpack("!HH", packet[at:at + 4])


def main(name, *origins):
    each_port = origins[0].split("=")[0].isdigit()
    by_port = dict(origin.split("=", 1) for origin in origins) if each_port else None
    seen = set()
    for time, packet in packets(sys.stdin.buffer):
        found = syn(packet)
        if found is None or (found[1:], packet[0] >> 4) in seen:
            continue
        headers, client, server = found
        seen.add(((client, server), packet[0] >> 4))
        origin = by_port.get(str(server)) if by_port else origins[0]
        if origin:
            about = (origin, time) if name == "--times" else (name, origin)
            print(*about, headers.hex(), sep="\t")


main(*sys.argv[1:])
