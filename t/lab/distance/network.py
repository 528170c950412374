"""Clients, proxies and servers at a distance from each other."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from lab.client import connect
from lab.namespace import Namespace, ip

from .wire import Wire, tun

RELAYS = Path(__file__).with_name("relays.py")
#: By number of the wire, the one of the server being 0: the address of its far end.
FAR = [{4: "10.70.0.1", 6: "fd70::1"}, {4: "10.71.0.1", 6: "fd71::1"}]
NEAR = [{4: "10.70.0.2", 6: "fd70::2"}, {4: "10.71.0.2", 6: "fd71::2"}]
PROXY_PORTS = {"transparent": 3000, "socks5": 1080, "connect": 3128}


class Network:
    """A server, which is the current namespace, and who is at a distance from it: `near`. Lives as
    long as the ExitStack."""

    def __init__(self, stack, number=0, mtu=1500, **wire):
        self.near = stack.enter_context(closing(Namespace()))
        with self.near.inside():
            near = tun(f"near{number}")
        self.wire = stack.enter_context(closing(Wire(near, tun(f"far{number}"), **wire)))
        up(f"far{number}", FAR[number], mtu)
        with self.near.inside():
            up(f"near{number}", NEAR[number], mtu)
        self.number = number

    def connect(self, port, version=4, **options):
        """A connection from the near side."""
        with self.near.inside():
            return connect(FAR[self.number][version], port, **options)

    def truth(self, sock):
        """Milliseconds of a connection's handshake as the wire saw it."""
        return self.wire.truth(sock.getsockname()[1])


class Relayed:
    """A client, a relay in the middle, and the server; `rtt` is of the client's part."""

    def __init__(self, stack, kind, server, port, **wire):
        self.kind = kind
        with server.near.inside():
            self.client = Network(stack, 1, **wire)
            program = subprocess.Popen(
                [sys.executable, str(RELAYS), kind, str(PROXY_PORTS[kind]), FAR[0][4], str(port)],
                stdout=subprocess.PIPE, text=True,
            )
        stack.callback(lambda: (program.kill(), program.wait(), program.stdout.close()))
        if program.stdout.readline() != "ready\n":
            raise RuntimeError("the relay does not start")

    def connect(self):
        """A connection to the server, by the relay."""
        sock = self.client.connect(PROXY_PORTS[self.kind])
        ASK[self.kind](sock)
        return sock


def ask_socks5(sock):
    sock.sendall(b"\5\1\0")
    sock.recv(2)
    sock.sendall(b"\5\1\0\1" + bytes([192, 0, 2, 1]) + (443).to_bytes(2, "big"))
    if sock.recv(10)[1]:
        raise ConnectionRefusedError("the SOCKS server does not connect")


def ask_connect(sock):
    sock.sendall(b"CONNECT 192.0.2.1:443 HTTP/1.1\r\nHost: 192.0.2.1:443\r\n\r\n")
    if not sock.recv(4096).startswith(b"HTTP/1.1 200"):
        raise ConnectionRefusedError("the proxy does not connect")


ASK = {"transparent": lambda sock: None, "socks5": ask_socks5, "connect": ask_connect}


def up(device, addresses, mtu):
    ip(f"addr add {addresses[4]}/24 dev {device}")
    ip(f"-6 addr add {addresses[6]}/64 dev {device} nodad")
    ip(f"link set {device} mtu {mtu} up")
