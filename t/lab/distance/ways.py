"""The ways from a client to a port of the server, which is the current namespace.

A way has a `name`; its `distance`, the milliseconds of a round trip over all of it; the
`tcp_distance` that the server's TCP has; the `wire` that ends at the server; the namespace that the
client is `inside`; the `entry`, an address and a port that it connects to, and the `target`, those
that it wants to come to.
"""

import socket

from t.harness.client import connect
from t.harness.namespace import ip, sysctl

from .network import FAR, NEAR, Network
from .tunnel import Tunnel

#: Milliseconds from the client to what is in the middle, and from there to the server.
CLIENT_RTT, SERVER_RTT = 100, 10


class Direct:
    """The client's own TCP all the way."""

    name, speaks = "direct", "transparent"

    def __init__(self, stack, port, version=4, rtt=CLIENT_RTT, **wire):
        network = Network(stack, rtt=rtt, **wire)
        self.wire, self.inside = network.wire, network.near.inside
        self.distance = self.tcp_distance = rtt
        self.entry = self.target = FAR[0][version], port

    def connect(self, **options):
        with self.inside():
            return connect(*self.entry, **options)


class Relayed:
    """The client's TCP goes to a relay, and the relay's to the server."""

    def __init__(self, stack, relay, port, version=4, rtt=CLIENT_RTT, server_rtt=SERVER_RTT,
                 **wire):
        self.name, self.speaks = relay.name, relay.speaks
        server = FAR[0][version], port
        network = Network(stack, rtt=server_rtt, **wire)
        with network.near.inside():
            client = Network(stack, 1, rtt=rtt, **wire).near
            folder = relay.start(stack, *server)
        self.wire, self.inside = network.wire, client.inside
        self.distance, self.tcp_distance = rtt + server_rtt, server_rtt
        with self.inside():
            self.entry = relay.enter(stack, folder, FAR[1][version])
        # Nobody asks a transparent one.
        self.target = self.entry if relay.speaks == "transparent" else server

    def connect(self, **options):
        with self.inside():
            sock = connect(*self.entry, **options)
        ASK[self.speaks](sock, *self.target)
        return sock


class Tunnelled:
    """The client's own TCP, in a tunnel to a router in the middle."""

    def __init__(self, stack, tunnel, port, version=4, rtt=CLIENT_RTT, server_rtt=SERVER_RTT,
                 **wire):
        self.name, self.speaks = tunnel.name, "transparent"
        network = Network(stack, rtt=server_rtt, **wire)
        with network.near.inside():
            client = Network(stack, 1, rtt=rtt, **wire).near
            sysctl("net.ipv4.ip_forward", 1)
        self.wire, self.inside = network.wire, client.inside
        self.distance = self.tcp_distance = rtt + server_rtt
        self.entry = self.target = FAR[0][version], port
        tunnel.start(stack, network.near, FAR[1][4], client, NEAR[1][4])
        ip(f"route replace {tunnel.CLIENT} via {NEAR[0][4]}")
        with self.inside():
            ip(f"route add {FAR[0][4]} via {tunnel.SERVER}")

    def connect(self, **options):
        with self.inside():
            return connect(*self.entry, **options)


def way(stack, middle, port, version=4, **wire):
    """The way by what is in the middle: a relay, a tunnel, or None for nothing."""
    if middle is None:
        return Direct(stack, port, version, **wire)
    kind = Tunnelled if isinstance(middle, Tunnel) else Relayed
    return kind(stack, middle, port, version, **wire)


def ask_socks5(sock, address, port):
    """RFC 1928: no authentication, a connection to an address."""
    sock.sendall(b"\5\1\0")
    if sock.recv(2) != b"\5\0":
        raise ConnectionRefusedError("the SOCKS server wants more than an address")
    family, kind = (socket.AF_INET6, b"\4") if ":" in address else (socket.AF_INET, b"\1")
    packed = socket.inet_pton(family, address)
    sock.sendall(b"\5\1\0" + kind + packed + port.to_bytes(2, "big"))
    if sock.recv(64)[1]:
        raise ConnectionRefusedError("the SOCKS server does not connect")


def ask_connect(sock, address, port):
    """RFC 9110, 9.3.6."""
    host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    sock.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    if not sock.recv(4096).startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
        raise ConnectionRefusedError("the proxy does not connect")


ASK = {"transparent": lambda *_: None, "socks5": ask_socks5, "connect": ask_connect}
