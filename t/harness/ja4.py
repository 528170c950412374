"""JA4 of a ClientHello, read without any code of the module's: by technical_details/JA4.md of FoxIO's
repository `ja4`."""

import hashlib
import struct

from .nginx import ROOT

SERVER_NAME, ALGORITHMS, ALPN, VERSIONS = 0, 13, 16, 43
WORDS = {0x304: "13", 0x303: "12", 0x302: "11", 0x301: "10", 0x300: "s3"}
RECORDED = ROOT / "t/data/client_hellos.tsv"


def recorded():
    """What clients once sent, by their names: JA4 and JA4_o, and the bytes."""
    for line in RECORDED.read_text().splitlines():
        if not line.startswith("#"):
            name, ja4, ja4_o, sent = line.split("\t")
            yield name, ja4, ja4_o, bytes.fromhex(sent)


def message(sent):
    """The first handshake message of what a client sent, however it is cut into records."""
    handshake = b""
    while sent[:1] == b"\x16":
        length, = struct.unpack(">H", sent[3:5])
        handshake, sent = handshake + sent[5:5 + length], sent[5 + length:]
    return handshake[:4 + int.from_bytes(handshake[1:4])]


def forms(sent):
    """JA4, JA4_r, JA4_o and JA4_ro of the first ClientHello in what a client sent over TCP."""
    hello = message(sent)[4:]
    version, = struct.unpack(">H", hello[:2])
    _, rest = vector(hello[34:], 1)
    ciphers, rest = vector(rest, 2)
    _, rest = vector(rest, 1)
    ciphers, extensions = codes(ciphers), []
    rest, _ = vector(rest, 2) if rest else (b"", b"")
    while rest:
        kind, = struct.unpack(">H", rest[:2])
        data, rest = vector(rest[2:], 2)
        extensions.append((kind, data))
    data = dict(extensions)
    kinds = [kind for kind, _ in extensions if not is_grease(kind)]
    if VERSIONS in data:
        version = max(codes(data[VERSIONS][1:]))
    algorithms = codes(data[ALGORITHMS][2:]) if ALGORITHMS in data else []
    alpn = vector(vector(data[ALPN], 2)[0], 1)[0] if ALPN in data else b""
    yield from written("t", version, ciphers, kinds, algorithms, alpn)


def written(transport, version, ciphers, kinds, algorithms, alpn):
    """The same of a hello's lists without GREASE, and the first protocol of its ALPN."""
    first = "".join((
        transport, WORDS.get(version, "00"), "d" if SERVER_NAME in kinds else "i",
        f"{min(len(ciphers), 99):02}{min(len(kinds), 99):02}", characters(alpn)))
    told = [kind for kind in sorted(kinds) if kind not in (SERVER_NAME, ALPN)]
    lists = [(sorted(ciphers), told), (ciphers, kinds)]
    for order in lists:
        raw = [listed(order[0]), "_".join([listed(order[1])] + [listed(algorithms)] * bool(algorithms))]
        yield "_".join([first] + [hashed(text) for text in raw])
        yield "_".join([first] + raw)


def vector(data, size):
    """What is behind a length of so many bytes, and the rest."""
    length = size + int.from_bytes(data[:size])
    return data[size:length], data[length:]


def codes(data):
    found = [code for code, in struct.iter_unpack(">H", data)]
    return [code for code in found if not is_grease(code)]


def is_grease(code):
    return code in range(0x0a0a, 0x10000, 0x1010)


def characters(alpn):
    if not alpn:
        return "00"
    ends = bytes([alpn[0], alpn[-1]])
    return ends.decode() if ends.isascii() and ends.isalnum() else alpn.hex()[0] + alpn.hex()[-1]


def listed(found):
    return ",".join(f"{code:04x}" for code in found)


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12
