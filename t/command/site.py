"""A site's traffic, from the SYNs of known origin in t/data/labelled: who visits it, and what they claim."""

import ipaddress
import random
import struct

from t.command.tools import ROOT

DATA = ROOT / "t/data/labelled"
#: Rows whose family is somebody's word for another SYN, or no SYN of a client.
UNSURE = {"service", "flow,mixed", "forwarded", "flows"}

AGENTS = {
    "Windows": ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/140.0"],
    "Linux": ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
    "Android": ["Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0"],
    "Apple": ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15",
              "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"],
    "BSD": ["Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0"],
    "Solaris": ["Mozilla/5.0 (X11; SunOS i86pc; rv:60.0) Gecko/20100101 Firefox/60.0"],
    "Other": ["Mozilla/5.0 (PlayStation 5 8.20) AppleWebKit/605.1.15 Safari/605.1.15"],
}
#: What those who make up their claim say that they are.
FORGED = ["Windows"] * 6 + ["Apple"] * 2 + ["Android", "Linux"]
#: Segment sizes of links other than Ethernet.
SIZES = [1452, 1440, 1420, 1400, 1380, 1360, 1412, 1358]


def stacks():
    """Every SYN of known origin, with its family."""
    found = []
    for file in sorted(DATA.glob("*/*.tsv")):
        for line in file.read_text().splitlines():
            if line.startswith("#") or not line:
                continue
            family, _, _, evidence, _, syn, *_ = line.split("\t")
            if evidence not in UNSURE:
                found.append((family, bytes.fromhex(syn)))
    return found


def sent(syn, address, random_):
    """A SYN as it comes from an address over some path."""
    packet = bytearray(syn)
    if packet[0] >> 4 == 4:
        packet[12:16] = address.packed
        if packet[4:6] != b"\0\0":
            packet[4:6] = struct.pack(">H", random_.randrange(1, 65536))
        ttl, header = 8, (packet[0] & 15) * 4
    else:
        packet[8:24] = address.packed
        ttl, header = 7, 40
    # Rows have the TTL as received.
    packet[ttl] = max(packet[ttl] - random_.randrange(3, 18), 1)
    options = header + 20
    if packet[options:options + 4] == b"\x02\x04\x05\xb4" and random_.random() < 0.2:
        size, window = random_.choice(SIZES), struct.unpack_from(">H", packet, header + 14)[0]
        struct.pack_into(">H", packet, options + 2, size)
        # Linux counts its window in segments.
        if window % 1460 == 0 and packet[options + 4:options + 5] == b"\4":
            struct.pack_into(">H", packet, header + 14, min(window // 1460 * size, 65535))
    return bytes(packet)


def address(syn, random_):
    if syn[0] >> 4 == 4:
        return ipaddress.IPv4Address(random_.randrange(0x0B000000, 0xDF000000))
    return ipaddress.IPv6Address(0x2A << 120 | random_.getrandbits(112))


def clients(stacks, each, seed):
    """So many addresses for each stack: the true family, the address, its SYN."""
    random_ = random.Random(seed)
    found = []
    for family, syn in stacks:
        for _ in range(each):
            of_client = address(syn, random_)
            found.append((family, of_client, sent(syn, of_client, random_)))
    random_.shuffle(found)
    return found


def log(clients, forged, seed):
    """Lines of a log: SYN, User-Agent. `forged` of the clients make up what they claim."""
    random_ = random.Random(seed)
    lines = []
    for family, _, syn in clients:
        claim = random_.choice(FORGED) if random_.random() < forged else family
        agent = random_.choice(AGENTS[claim])
        lines += [f"{syn.hex()}\t{agent}"] * random_.randrange(1, 6)
    random_.shuffle(lines)
    return lines
