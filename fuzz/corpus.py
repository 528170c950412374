#!/usr/bin/env python3
"""Captures the corpus of the fuzz targets anew: what TCP_SAVED_SYN and TCP_INFO give here.

Every file is of a connection that this kernel accepted, from its own TCP with other settings, or
from a raw client on a TUN device. Needs root.

    python3 -m fuzz.corpus
"""

import socket
import struct
from contextlib import contextmanager
from pathlib import Path
from socket import IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, SOL_SOCKET

from t.harness import packet
from t.harness.namespace import Namespace, ip, sysctl
from t.harness.packet import V4, V6
from t.harness.raw import Raw, Tun

HERE = Path(__file__).resolve().parent

# linux/tcp.h, linux/in.h, linux/in6.h: Python has no names for them.
TCP_SAVE_SYN, TCP_SAVED_SYN, TCP_MD5SIG, IPPROTO_MPTCP, IP_MTU_DISCOVER = 27, 28, 14, 262, 10
IPV6_HOPOPTS, IPV6_RTHDR, IPV6_DSTOPTS = 54, 57, 59
MSG_FASTOPEN = 0x20000000

#: Folder and option of what is kept of a connection.
SYN, INFO = ("syn", TCP_SAVED_SYN), ("tcp_info", socket.TCP_INFO)

#: The most that Python's getsockopt takes.
ROOM = 1024

#: A header of options that only pads: next header and length are the kernel's to fill in.
PADDED = bytes([0, 0, 1, 4, 0, 0, 0, 0])
#: The same of an extension header that a raw client sends, without its first byte.
RAW_PADDED = PADDED[1:]


def main():
    for folder, _ in SYN, INFO:
        (HERE / "corpus" / folder).mkdir(parents=True, exist_ok=True)
    with Namespace().inside():
        loopback()
    with Namespace().inside():
        raw()


def loopback():
    """The kernel's own clients."""
    for version, address in (4, "127.0.0.1"), (6, "::1"):
        with listening(address) as server:
            def take(name, options=None, settings=None, **how):
                with settings_of(settings or {}):
                    connect(f"v{version}-{name}", server, address, options or {}, **how)

            take("linux")
            take("no-timestamps", settings={"net.ipv4.tcp_timestamps": 0})
            take("no-sack", settings={"net.ipv4.tcp_sack": 0})
            take("no-scaling", settings={"net.ipv4.tcp_window_scaling": 0})
            take("mss-only", settings={"net.ipv4.tcp_timestamps": 0, "net.ipv4.tcp_sack": 0,
                                       "net.ipv4.tcp_window_scaling": 0})
            take("ecn", settings={"net.ipv4.tcp_ecn": 1})
            take("small-buffer", {(SOL_SOCKET, socket.SO_RCVBUF): 2048})
            take("small-segments", {(IPPROTO_TCP, socket.TCP_MAXSEG): 600})
            take("mptcp", protocol=IPPROTO_MPTCP)
            take("fast-open", settings={"net.ipv4.tcp_fastopen": 0x607}, payload=b"GET / ")
            take("md5", key=b"secret")
            for mtu in 1280, 1492, 1500, 9000:
                with mtu_of(mtu):
                    take(f"mtu-{mtu}")
    with listening("127.0.0.1") as server:
        def take(name, options, **how):
            connect(f"v4-{name}", server, "127.0.0.1", options, **how)

        take("ttl-1", {(IPPROTO_IP, socket.IP_TTL): 1})
        take("tos", {(IPPROTO_IP, socket.IP_TOS): 0xB8})
        take("may-fragment", {(IPPROTO_IP, IP_MTU_DISCOVER): 0})
        take("record-route", {(IPPROTO_IP, socket.IP_OPTIONS): bytes([1, 7, 15, 4]) + bytes(12)})
        take("timestamps", {(IPPROTO_IP, socket.IP_OPTIONS): bytes([68, 12, 5, 0]) + bytes(8)})
        take("router-alert", {(IPPROTO_IP, socket.IP_OPTIONS): bytes([148, 4, 0, 0])})
    with listening("::1") as server:
        def take(name, options, **how):
            connect(f"v6-{name}", server, "::1", options, **how)

        route = bytes([0, 2, 2, 0, 0, 0, 0, 0]) + socket.inet_pton(socket.AF_INET6, "::1")
        take("hop-limit-255", {(IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS): 255})
        take("traffic-class", {(IPPROTO_IPV6, socket.IPV6_TCLASS): 0x48})
        take("hop-by-hop", {(IPPROTO_IPV6, IPV6_HOPOPTS): PADDED})
        take("destination-options", {(IPPROTO_IPV6, IPV6_DSTOPTS): PADDED})
        take("three-extensions", {(IPPROTO_IPV6, IPV6_HOPOPTS): PADDED,
                                  (IPPROTO_IPV6, IPV6_DSTOPTS): PADDED})
        with settings_of({"net.ipv6.auto_flowlabels": 0}):
            take("no-flow-label", {})


def raw():
    """What the kernel's own clients never send."""
    eol = b"\x00"
    nop = b"\x01"
    options = {
        "no-options": b"",
        "length-0": packet.mss(1460) + b"\x03\x00\x07" + nop,
        "length-1": packet.mss(1460) + b"\x03\x01\x07" + nop,
        "length-past-end": packet.mss(1460) + b"\x08\x28" + bytes(2),
        "length-missing": packet.mss(1460) + nop * 3 + b"\x08",
        "wrong-lengths": b"\x02\x03\x05\x03\x04\x07\x07\x04\x03\x01\x08\x06" + bytes(4),
        "scale-15": packet.mss(1460) + b"\x01\x03\x03\x0f",
        "rubbish-behind-end": packet.mss(1460) + eol + b"\xde\xad\xbe\xef\x02\x04\x05",
        "padded-end": packet.mss(1460) + b"\x01\x03\x03\x06\x01\x01" + packet.timestamps(1)
        + b"\x04\x02" + eol * 2,
        "only-end": eol * 4,
        "only-nop": nop * 40,
        "mss-twice": packet.mss(1460) + packet.mss(536),
        "mss-0": packet.mss(0),
        "unknown": packet.mss(1460) + b"\xfe\x06\x12\x34\x56\x78\x2a\x02",
        "sack-blocks": packet.mss(1460) + b"\x05\x0a" + bytes(8) + nop * 2,
    }
    chain = ((0, RAW_PADDED), (60, RAW_PADDED), (43, bytes([0, 0, 0]) + bytes(4)),
             (44, bytes([0, 0, 0, 0, 0, 0, 1])))
    cases = {f"raw-{name}": V4.with_tcp(options=value) for name, value in options.items()}
    cases |= {f"raw-v6-{name}": V6.with_tcp(options=value) for name, value in options.items()}
    cases |= {
        "raw-reserved-bits": V4.with_tcp(flags=0xE02),
        "raw-every-harmless-flag": V4.with_tcp(flags=0x1EA),
        "raw-urgent": V4.with_tcp(flags=0x22, urgent=0xFFFF),
        "raw-acknowledgment": V4.with_tcp(ack=0xDEADBEEF),
        "raw-window-0": V4.with_tcp(window=0),
        "raw-payload": V4.with_tcp(payload=b"data in the SYN"),
        "raw-ip-reserved-flag": V4.with_ip(flags=4, ident=0),
        "raw-ip-options": V4.with_ip(options=bytes([7, 39, 4]) + bytes(36) + nop),
        "raw-ip-and-tcp-options": V4.with_ip(options=nop * 40).with_tcp(options=nop * 40),
        "raw-flow-label": V6.with_ip(flow_label=0xFFFFF, tos=0xFF),
        "raw-every-extension": V6.with_ip(extensions=chain),
        "raw-long-extension": V6.with_ip(extensions=((60, b"\x3f" + unknown_options(510)),)),
    }
    tun = Tun()
    for version in 4, 6:
        with listening(Tun.SERVER[version]) as server:
            for name, syn in cases.items():
                if syn.ip.version == version:
                    Raw(tun, syn, server.getsockname()[1]).connect()
                    accept(name, server, SYN)
    tun.close()


def unknown_options(length):
    """Options of an IPv6 extension header that fill so many bytes, and that a node which does not
    know them skips: the kernel takes no more than seven bytes of padding."""
    sizes = [length // 2] * 2
    return b"".join(bytes([0x1E, size - 2]) + bytes(size - 2) for size in sizes)


@contextmanager
def listening(address):
    """A socket that saves SYNs."""
    with socket.socket(family(address), socket.SOCK_STREAM) as server:
        server.setsockopt(IPPROTO_TCP, TCP_SAVE_SYN, 1)
        server.setsockopt(IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
        server.bind((address, 0))
        server.listen()
        server.settimeout(5)
        yield server


def connect(name, server, address, options, protocol=0, payload=None, key=None):
    """One connection of the kernel's own, and what is kept of it."""
    with socket.socket(family(address), socket.SOCK_STREAM, protocol) as client:
        for sock in (server, client) if key else ():
            sock.setsockopt(IPPROTO_TCP, TCP_MD5SIG, md5_key(address, key))
        for (level, option), value in options.items():
            client.setsockopt(level, option, value)
        if payload:
            client.sendto(payload, MSG_FASTOPEN, server.getsockname())
        else:
            client.connect(server.getsockname())
        accept(name, server, SYN, INFO)
        if key:
            # Without a key the kernel forgets the old one.
            server.setsockopt(IPPROTO_TCP, TCP_MD5SIG, md5_key(address, b""))


def md5_key(address, key):
    """struct tcp_md5sig of linux/tcp.h."""
    packed = socket.inet_pton(family(address), address)
    if ":" in address:
        peer = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, packed, 0)
    else:
        peer = struct.pack("=HH4s", socket.AF_INET, 0, packed)
    return struct.pack("=128sBBHi80s", peer, 0, 0, len(key), 0, key)


def accept(name, server, *kept):
    """Writes what is to be kept of the next connection."""
    connection, _ = server.accept()
    with connection:
        for folder, option in kept:
            data = connection.getsockopt(IPPROTO_TCP, option, ROOM)
            if not data:
                raise RuntimeError(f"{name}: nothing for {folder}")
            (HERE / "corpus" / folder / name).write_bytes(data)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


@contextmanager
def settings_of(settings):
    """These sysctls, for a while."""
    old = {name: sysctl(name, value) for name, value in settings.items()}
    try:
        yield
    finally:
        for name, value in old.items():
            sysctl(name, value)


@contextmanager
def mtu_of(mtu):
    """This MTU of loopback, for a while."""
    ip(f"link set lo mtu {mtu}")
    try:
        yield
    finally:
        ip("link set lo mtu 65536")


if __name__ == "__main__":
    main()
