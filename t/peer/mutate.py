"""Changes to a packet, each of one field that p0f looks at or should not look at.

A change that has nothing to act on leaves the packet alone.
"""

from .aim import COMMON_MSS, COMMON_WINDOWS, option
from .packet import (
    ACK, AE, CWR, ECE, EOL, FIN, MAX_OPTIONS, MSS, NOP, PSH, RST, SACK, SCALE, SYN, TIMESTAMPS, URG,
    Packet,
)

#: Around the initial values that p0f guesses, and the ends.
TTLS = [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 192, 193, 254, 255]
MSS_BOUNDS = [0, 1, 11, 12, 13, 99, 100, 101, 65475, 65476, 65495, 65496, 65535]
SCALES = [0, 1, 13, 14, 15, 16, 127, 128, 255]
KINDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 19, 28, 30, 34, 69, 253, 254, 255]


# --- the IP header

def other_version(packet, random):
    packet.version = 10 - packet.version


def near_ttl(packet, random):
    packet.ttl = min(255, max(0, packet.ttl + random.randint(-45, 40)))


def any_ttl(packet, random):
    packet.ttl = random.choice([random.choice(TTLS), random.randrange(256)])


def dscp(packet, random):
    packet.tos = random.randrange(256) & ~3 | packet.tos & 3


def ip_ecn(packet, random):
    packet.tos ^= random.randint(1, 3)


def dont_fragment(packet, random):
    packet.df = not packet.df


def ident(packet, random):
    packet.ident = 0 if packet.ident else random.randrange(1, 1 << 16)


def no_path_mtu_discovery(packet, random):
    packet.df = not packet.df
    packet.ident = random.choice([0, random.randrange(1 << 16)])


def reserved_flag(packet, random):
    packet.reserved = not packet.reserved


def flow(packet, random):
    packet.flow = 0 if packet.flow else random.choice([1, 1 << 19, random.randrange(1, 1 << 20)])


def ip_options(packet, random):
    size = 4 * random.randint(0, 10)
    packet.ip_options = random.choice([bytes([NOP]) * size, random.randbytes(size)])


def trailer(packet, random):
    packet.trailer = random.randbytes(random.randint(1, 20))


# --- the TCP header

def sequence(packet, random):
    packet.seq = 0 if packet.seq else random.randrange(1, 1 << 32)


def acknowledgment(packet, random):
    packet.ack = random.choice([0, 1 << random.randrange(32), random.randrange(1 << 32)])


def urgent_flag(packet, random):
    packet.flags ^= URG


def urgent_pointer(packet, random):
    packet.urgent = 0 if packet.urgent else random.choice([1, random.randrange(1, 1 << 16)])


def urgent(packet, random):
    packet.flags |= URG
    packet.urgent = random.randrange(1 << 16)


def push(packet, random):
    packet.flags ^= PSH


def tcp_ecn(packet, random):
    packet.flags ^= random.choice([ECE, CWR, AE, ECE | CWR, AE | ECE | CWR])


def reserved_bits(packet, random):
    packet.flags ^= random.randint(1, 7) << 9


def payload(packet, random):
    size = random.choice([1, random.randint(1, 600)])
    packet.payload = b"" if packet.payload else random.randbytes(size)


# --- the window

def window(packet, random):
    packet.window = random.choice([
        0, 1, 65535, packet.window ^ 1, min(65535, packet.window + 1), random.randrange(1 << 16),
        random.choice(COMMON_WINDOWS),
    ])


def window_multiple(packet, random):
    """A multiple of anything that p0f tries to divide by: often as many times as before."""
    mss = advertised_mss(packet)
    headers = 40 if packet.version == 6 else 20 + len(packet.ip_options)
    headers += 20 + len(packet.option_bytes())
    unit = random.choice([
        mss, mss - 12, 1460, 1448, 1440, 1428, mss + 40, mss + headers, mss + 60, 1500,
    ])
    times = packet.window // mss if mss and random.random() < 0.5 else random.randint(1, 44)
    if 0 < unit * times < 1 << 16:
        packet.window = unit * times


def of_sendsyn(packet, random):
    """p0f's own probe is known by these two."""
    packet.window = 1337
    if random.random() < 0.7:
        set_mss(packet, 1331)


# --- what options carry

def advertised_mss(packet):
    """The MSS; 0 without one."""
    i = packet.find(MSS)
    return int.from_bytes(packet.options[i][2:4], "big") if i is not None else 0


def set_mss(packet, value):
    """Puts a value into the MSS option."""
    i = packet.find(MSS)
    if i is not None:
        item = packet.options[i]
        packet.options[i] = item[:2] + value.to_bytes(2, "big") + item[4:]


def mss(packet, random):
    set_mss(packet, random.choice([
        random.choice(COMMON_MSS), random.choice(MSS_BOUNDS), random.randrange(1 << 16),
    ]))


def scale(packet, random):
    i = packet.find(SCALE)
    if i is not None:
        value = random.choice([random.choice(SCALES), random.randrange(16)])
        item = packet.options[i]
        packet.options[i] = item[:2] + bytes([value]) + item[3:]


def own_time(packet, random):
    _time(packet, 2, random)


def echoed_time(packet, random):
    _time(packet, 6, random)


def _time(packet, at, random):
    i = packet.find(TIMESTAMPS)
    if i is not None:
        item = bytearray(packet.options[i])
        value = 0 if any(item[at:at + 4]) else random.choice([1 << random.randrange(32), 1])
        item[at:at + 4] = value.to_bytes(4, "big")
        packet.options[i] = bytes(item)


# --- the layout of the options

def drop_option(packet, random):
    if packet.options:
        del packet.options[random.randrange(len(packet.options))]


def add_option(packet, random):
    at = random.randint(0, len(packet.options))
    packet.options.insert(at, option(random.choice(KINDS), random))


def replace_option(packet, random):
    if packet.options:
        at = random.randrange(len(packet.options))
        packet.options[at] = option(random.choice(KINDS), random)


def repeat_option(packet, random):
    if packet.options:
        packet.options.append(random.choice(packet.options))


def swap_options(packet, random):
    if len(packet.options) > 1:
        i, j = random.sample(range(len(packet.options)), 2)
        packet.options[i], packet.options[j] = packet.options[j], packet.options[i]


def no_options(packet, random):
    packet.options, packet.padding = [], b""


def many_options(packet, random):
    """More than the 24 that p0f counts, or just as many."""
    used = len(b"".join(packet.options))
    packet.options += [bytes([NOP])] * min(random.randint(8, 40), max(0, MAX_OPTIONS - used))


def fill_with_eol(packet, random):
    packet.fill = EOL


def padding(packet, random):
    if packet.find(EOL) is None:
        packet.options.append(bytes([EOL]))
    packet.padding = bytes(random.randint(0, 20))


def rubbish_after_eol(packet, random):
    padding(packet, random)
    packet.padding = random.randbytes(len(packet.padding))


def one_byte_after_eol(packet, random):
    """The last byte of the header more often than any other: p0f does not look at it."""
    padding(packet, random)
    used = len(b"".join(packet.options))
    packet.padding += bytes(-(used + len(packet.padding)) % 4)
    if packet.padding:
        at = random.choice([len(packet.padding) - 1, random.randrange(len(packet.padding))])
        rubbish = bytearray(packet.padding)
        rubbish[at] = random.randrange(1, 256)
        packet.padding = bytes(rubbish)


def wrong_length(packet, random):
    long = [i for i, item in enumerate(packet.options) if len(item) > 1]
    if long:
        i = random.choice(long)
        item = packet.options[i]
        length = random.choice([0, 1, 2, item[1] - 1, item[1] + 1, 34, 35, 40, 41, 255]) & 255
        packet.options[i] = bytes([item[0], length]) + item[2:]


def length_at_bounds(packet, random):
    """p0f allows 10 to 34 bytes for SACK and 2 to 40 for an option that it does not know."""
    kind, length = random.choice([
        (SACK, random.choice([8, 9, 10, 11, 33, 34, 35, 36])),
        (random.choice([6, 254]), random.choice([2, 3, 38, 39, 40])),
    ])
    item = bytes([kind, length]) + random.randbytes(length - 2)
    packet.options = [bytes([NOP])] * random.randint(0, MAX_OPTIONS - length) + [item]


def cut_option(packet, random):
    """The header ends inside its last option."""
    packet.options = [item for item in packet.options if len(item) > 1]
    packet.padding = b""
    if packet.options:
        last = packet.options.pop()
        kept = last[:random.randint(1, len(last) - 1)]
        used = len(b"".join(packet.options))
        before = -(used + len(kept)) % 4
        packet.options += [bytes([NOP])] * before + [kept]


def too_long(packet, random):
    """More options than a header holds: the last one is cut where it ends."""
    while len(b"".join(packet.options)) <= MAX_OPTIONS:
        add_option(packet, random)


def noise(packet, random):
    """A byte of an option is any other."""
    if packet.options:
        i = random.randrange(len(packet.options))
        item = bytearray(packet.options[i])
        item[random.randrange(len(item))] = random.randrange(256)
        packet.options[i] = bytes(item)


CHANGES = [
    other_version, near_ttl, any_ttl, dscp, ip_ecn, dont_fragment, ident, no_path_mtu_discovery,
    reserved_flag, flow, ip_options, trailer, sequence, acknowledgment, urgent_flag,
    urgent_pointer, urgent, push, tcp_ecn, reserved_bits, payload, window, window_multiple,
    of_sendsyn, mss, scale, own_time, echoed_time, drop_option, add_option, replace_option,
    repeat_option, swap_options, no_options, many_options, fill_with_eol, padding,
    rubbish_after_eol, one_byte_after_eol, wrong_length, length_at_bounds, cut_option, too_long,
    noise,
]


def anything(random):
    """A SYN without a model."""
    packet = Packet(
        version=random.choice([4, 6]),
        ttl=random.randrange(256),
        tos=random.randrange(256),
        flow=random.choice([0, random.randrange(1 << 20)]),
        ident=random.choice([0, random.randrange(1 << 16)]),
        df=random.random() < 0.5,
        reserved=random.random() < 0.2,
        ip_options=random.randbytes(random.choice([0, 0, 0, 4, 12, 40])),
        seq=random.randrange(1 << 32),
        ack=random.choice([0, random.randrange(1 << 32)]),
        flags=random.randrange(1 << 12) & ~(FIN | RST | ACK) | SYN,
        window=random.randrange(1 << 16),
        urgent=random.choice([0, random.randrange(1 << 16)]),
        payload=random.randbytes(random.choice([0, 0, 0, random.randrange(600)])),
    )
    if random.random() < 0.5:
        packet.options = [random.randbytes(random.randrange(1, MAX_OPTIONS))]
    else:
        packet.options = [option(random.choice(KINDS), random) for _ in range(random.randrange(9))]
    return packet
