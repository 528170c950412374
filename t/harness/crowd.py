"""Many TCP clients on one TUN device, each with an address of its own."""

import ipaddress
import os
import select
import struct
import time

from . import packet
from .namespace import ip
from .raw import ACK, FIN, RST, SYN_FLAG

PORT = 40000


class Crowd:
    """Clients of a network behind a TUN device, which shake hands with a server and then leave."""

    #: Handshakes under way at once: the server's backlog is longer.
    AT_ONCE = 64
    SECONDS = 5

    def __init__(self, tun, server, network, port):
        self.tun, self.server, self.port = tun, server, port
        self.network = ipaddress.ip_network(network)
        ip(f"route add {network} dev tun0")

    def address(self, client):
        """Each a /24 away from the next: a zone bounds what one of these may have."""
        return str(self.network[client * 257 % self.network.num_addresses])

    def visit(self, clients):
        """One connection of each of these clients, once; all are accepted and ended when it
        returns."""
        waiting = iter(clients)
        under_way = set()
        end = time.monotonic() + self.SECONDS
        while True:
            while len(under_way) < self.AT_ONCE and (client := next(waiting, None)) is not None:
                under_way.add(self.address(client))
                self._send(self.address(client), packet.V4.tcp)
            if not under_way:
                return
            if not select.select([self.tun.descriptor], [], [], end - time.monotonic())[0]:
                raise TimeoutError(f"{len(under_way)} clients wait, {next(iter(under_way))} of them")
            self._answer(os.read(self.tun.descriptor, 65536), under_way)
            end = time.monotonic() + self.SECONDS

    def _answer(self, data, under_way):
        if data[0] >> 4 != 4 or data[9] != packet.TCP:
            return
        segment = data[(data[0] & 15) * 4:]
        address = str(ipaddress.ip_address(data[16:20]))
        if address not in under_way:
            return
        (seq,) = struct.unpack_from("!I", segment, 4)
        if segment[13] & RST:
            raise ConnectionResetError(f"{address} was reset")
        ours = packet.V4.tcp.seq + 1
        if segment[13] & SYN_FLAG:
            self._send(
                address, packet.Segment(seq=ours, ack=(seq + 1) % 2**32, flags=ACK, options=b""))
        elif segment[13] & FIN:
            # It was accepted. The server is to forget it at once.
            self._send(address, packet.Segment(seq=ours, flags=RST, options=b""))
            under_way.remove(address)

    def _send(self, address, segment):
        body = segment.bytes(address, self.server, PORT, self.port)
        self.tun.write(packet.V4.ip.header(address, self.server, len(body)) + body)
