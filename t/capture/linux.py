#!/usr/bin/env python3
"""linux.py HOST4 HOST6 MTU... : connects under many settings of this network namespace, which it
changes, each to a port of its own; prints PORT=SETTINGS.
"""
import itertools
import platform
import socket
import subprocess
import sys

IPPROTO_MPTCP = 262

TCP_SYSCTLS = ["tcp_timestamps", "tcp_sack", "tcp_window_scaling"]
RECEIVE_BUFFERS = [
    "4096 131072 33554432",  # Linux 6.16
    "4096 131072 6291456",  # Linux 4.20
    "4096 87380 6291456",  # Linux 3.x, still set by many
    "524288 1048576 2097152",  # Android, LTE
    "2097152 6291456 16777216",  # Android, 5G
    "4096 16384 65536",
]
OTHERS = [
    ("tcp_ecn=1", {"tcp_ecn": "1"}),
    ("tcp_ecn=3", {"tcp_ecn": "3"}),
    ("TTL 128", {"ip_default_ttl": "128"}),
    ("TTL 255", {"ip_default_ttl": "255"}),
    ("ip_no_pmtu_disc=1", {"ip_no_pmtu_disc": "1"}),
]
DEFAULTS = {"tcp_timestamps": "1", "tcp_sack": "1", "tcp_window_scaling": "1", "tcp_ecn": "2",
            "ip_default_ttl": "64", "ip_no_pmtu_disc": "0", "tcp_rmem": RECEIVE_BUFFERS[0]}

ports = itertools.count(2000)


def set_sysctls(settings):
    for name, value in settings.items():
        with open(f"/proc/sys/net/ipv4/{name}", "w") as sysctl:
            sysctl.write(value)


def dial(host, origin, protocol=0, options=(), early=False):
    port = next(ports)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, protocol) as client:
        for option in options:
            client.setsockopt(*option)
        client.settimeout(None if early else 5)
        try:
            if early:
                client.sendto(b"early", socket.MSG_FASTOPEN, (host, port))
            else:
                client.connect((host, port))
        except ConnectionRefusedError:
            pass
    print(f"{port}=Linux {platform.release()}, {origin}")


def each_setting():
    for on in itertools.product("10", repeat=3):
        off = [name for name, value in zip(TCP_SYSCTLS, on) if value == "0"]
        yield ", ".join(name + "=0" for name in off) or "defaults", dict(zip(TCP_SYSCTLS, on))
    for rmem in RECEIVE_BUFFERS:
        yield f"tcp_rmem={rmem}", {"tcp_rmem": rmem}
    yield from OTHERS


def sockets(host, mtu):
    """What a program asks for itself."""
    for size in (4096, 65536, 262144, 4194304):
        buffer = (socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        dial(host, f"MTU {mtu}, SO_RCVBUF {size}", options=[buffer])
    clamp = (socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1000)
    dial(host, f"MTU {mtu}, TCP_MAXSEG 1000", options=[clamp])
    dial(host, f"MTU {mtu}, Fast Open", early=True)
    try:
        dial(host, f"MTU {mtu}, MPTCP", protocol=IPPROTO_MPTCP)
    except OSError:
        pass  # a kernel without it


def main(host4, host6, *mtus):
    set_sysctls(DEFAULTS)
    for mtu in mtus:
        if host4 != "127.0.0.1":
            subprocess.run(["ip", "link", "set", "wire", "mtu", mtu], check=True)
        for origin, settings in each_setting():
            try:
                set_sysctls(settings)
            except OSError:
                continue  # an older kernel
            for host in (host4, host6):
                dial(host, f"MTU {mtu}, {origin}")
            set_sysctls({name: DEFAULTS[name] for name in settings})
        for host in (host4, host6):
            sockets(host, mtu)


main(*sys.argv[1:])
