"""A packet that matches one signature exactly, as p0f reads it."""

from .packet import (
    AE, CWR, ECE, EOL, MSS, NOP, PSH, SACK, SACK_OK, SCALE, TIMESTAMPS, URG, Packet,
)

#: What signatures leave open is mostly taken from here: sizes that mean something to p0f.
COMMON_MSS = [
    100, 256, 512, 536, 1200, 1220, 1240, 1300, 1331, 1360, 1380, 1400, 1420, 1430, 1440, 1452,
    1460, 1472, 8960, 16344, 65495,
]
COMMON_WINDOWS = [512, 1024, 5840, 8192, 14600, 16384, 29200, 32768, 42340, 64240, 64800, 65535]

#: p0f takes no signature for an address family: these quirks it leaves out of account for `*`.
OF_OTHER_VERSION = {4: {"flow"}, 6: {"df", "id+", "id-"}}

MAX_DISTANCE = 35

#: For p0f's window multiples, in both versions.
MTU_ABOVE_MSS = 40


def at(signature, mtus, random):
    """A SYN with everything that the signature asks for, the rest by chance."""
    version = signature.version or random.choice([4, 6])
    quirks = signature.quirks
    if signature.version is None:
        quirks -= OF_OTHER_VERSION[version]
    mss = _mss(signature, version, mtus, random)
    packet = Packet(
        version=version,
        ttl=max(1, signature.ttl - random.randint(0, MAX_DISTANCE)),
        # The six bits above ECN are no part of a signature.
        tos=random.choice([0, 0, 0, random.randrange(64) << 2]),
        ip_options=bytes([NOP]) * signature.ip_options_len,
        seq=0 if "seq-" in quirks else random.randrange(1, 1 << 32),
        window=_window(signature, mss, random),
        payload=bytes(random.randint(1, 200)) if _has_payload(signature, random) else b"",
    )
    _set_quirks(packet, quirks, random)
    _set_options(packet, signature, quirks, mss, random)
    return packet


def _mss(signature, version, mtus, random):
    if signature.mss is not None:
        return signature.mss
    form, factor = signature.window
    most = 65535 // factor - MTU_ABOVE_MSS if form in ("mss", "mtu") else 65535
    headers = 40 if version == 4 else 60
    while True:
        wanted = random.choice([
            *COMMON_MSS, *(mtu - headers for mtu in mtus), random.randint(100, most),
        ])
        if 100 <= wanted <= most and (form != "mtu" or _is_mtu_only(wanted, factor)):
            return wanted


def _is_mtu_only(mss, factor):
    """Whether p0f takes the window for a multiple of the MTU: it tries these first."""
    window = factor * (mss + MTU_ABOVE_MSS)
    return all(window % unit for unit in (mss, mss - 12, 1460, 1448, 1440, 1428))


def _window(signature, mss, random):
    form, number = signature.window
    match form:
        case "plain":
            return number
        case "modulo":
            return number * random.randint(0, 65535 // number)
        case "mss":
            return number * mss
        case "mtu":
            return number * (mss + MTU_ABOVE_MSS)
    return random.choice(COMMON_WINDOWS)


def _has_payload(signature, random):
    return random.random() < 0.1 if signature.payload is None else signature.payload


def _set_quirks(packet, quirks, random):
    packet.df = "df" in quirks
    if "id+" in quirks or not packet.df and "id-" not in quirks:
        packet.ident = random.randrange(1, 1 << 16)
    packet.reserved = "0+" in quirks
    if "flow" in quirks:
        packet.flow = random.randrange(1, 1 << 20)
    if "ecn" in quirks:
        if random.random() < 0.5:
            packet.tos |= random.randint(1, 3)
        else:
            packet.flags |= random.choice([ECE, CWR, AE, ECE | CWR])
    if "ack+" in quirks:
        # p0f sees no other bit of it.
        packet.ack = random.randrange(1 << 32) | 1 << 24
    if "urgf+" in quirks:
        packet.flags |= URG
    if "uptr+" in quirks:
        packet.urgent = random.randrange(1, 1 << 16)
    if "pushf+" in quirks:
        packet.flags |= PSH


def _set_options(packet, signature, quirks, mss, random):
    scale = signature.scale
    if scale is None:
        scale = random.randint(15, 255) if "exws" in quirks else random.randint(0, 14)
    times = (
        0 if "ts1-" in quirks else random.randrange(1, 1 << 32),
        random.randrange(1, 1 << 32) if "ts2+" in quirks else 0,
    )
    packet.options = [option(kind, random, mss, scale, *times) for kind in signature.layout]
    _fill_words(packet.options, signature.padding)
    if EOL in signature.layout:
        packet.padding = bytes(signature.padding)
        if "opt+" in quirks and signature.padding:
            packet.padding = random.randrange(1, 256).to_bytes(signature.padding, "little")
    if "bad" in quirks:
        for i, item in enumerate(packet.options):
            if item[0] in (MSS, SCALE, SACK_OK, TIMESTAMPS):
                packet.options[i] = bytes([item[0], 0]) + item[2:]
                break


def _fill_words(options, padding):
    """Lengthens an option of free length so that nothing has to be filled up behind the last."""
    missing = -(sum(map(len, options)) + padding) % 4
    for i, item in enumerate(options):
        if item[0] not in (EOL, NOP, MSS, SCALE, SACK_OK, SACK, TIMESTAMPS):
            options[i] = bytes([item[0], item[1] + missing]) + item[2:] + bytes(missing)
            break


def option(kind, random, mss=1460, scale=7, tsval=1, tsecr=0):
    """One well-formed TCP option."""
    match kind:
        case 0 | 1:
            return bytes([kind])
        case 2:
            return bytes([MSS, 4]) + mss.to_bytes(2, "big")
        case 3:
            return bytes([SCALE, 3, scale])
        case 4:
            return bytes([SACK_OK, 2])
        case 5:
            return bytes([SACK, 10]) + random.randbytes(8)
        case 8:
            return bytes([TIMESTAMPS, 10]) + tsval.to_bytes(4, "big") + tsecr.to_bytes(4, "big")
    length = random.choice([4, 8])
    return bytes([kind, length]) + random.randbytes(length - 2)
