"""A TCP client in user space on a TUN device, whose first packet can be anything."""

import fcntl
import os
import select
import struct
import time

from . import packet
from .case import skip
from .namespace import ip

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000

SYN_FLAG, RST, PSH, ACK, FIN = 0x02, 0x04, 0x08, 0x10, 0x01


class Tun:
    """A TUN device in the current namespace, and the network behind it."""

    SERVER = {4: "10.99.0.1", 6: "fd99::1"}
    CLIENT = {4: "10.99.1.2", 6: "fd99::77"}

    def __init__(self, mtu=1500):
        try:
            self.descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            skip(f"no TUN device ({error})")
        request = struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI)
        fcntl.ioctl(self.descriptor, TUNSETIFF, request)
        ip("addr add 10.99.0.1/16 dev tun0")
        ip("-6 addr add fd99::1/64 dev tun0 nodad")
        ip(f"link set tun0 mtu {mtu} up")
        self.next_port = 20000

    def close(self):
        os.close(self.descriptor)

    def write(self, data):
        os.write(self.descriptor, data)

    def segments_to(self, version, port, until):
        """TCP segments to a port of the client, as they come, until a time."""
        while (left := until - time.monotonic()) > 0:
            if not select.select([self.descriptor], [], [], left)[0]:
                return
            data = os.read(self.descriptor, 65536)
            if data[0] >> 4 != version or data[9 if version == 4 else 6] != packet.TCP:
                continue
            start = (data[0] & 15) * 4 if version == 4 else 40
            if struct.unpack_from("!H", data, start + 2)[0] == port:
                yield data[start:]


class Raw:
    """One connection: sends its SYN, and then speaks TCP just well enough."""

    SECONDS = 5

    def __init__(self, tun, syn, port=8080):
        self.tun, self.syn, self.destination_port = tun, syn, port
        tun.next_port += 1
        self.port = tun.next_port
        self.version = syn.ip.version
        self.received = b""
        # When the SYN went out, and how many seconds later the first acknowledgment did.
        self.started = self.handshake = None
        # Filled by the SYN-ACK.
        self.seq = self.ack = 0
        self.timestamps = b""

    def packet(self, ip_header, segment):
        """A whole packet of this connection."""
        source, destination = Tun.CLIENT[self.version], Tun.SERVER[self.version]
        body = segment.bytes(source, destination, self.port, self.destination_port)
        return ip_header.header(source, destination, len(body)) + body

    def syn_packet(self):
        """The SYN as it goes over the wire."""
        return self.packet(self.syn.ip, self.syn.tcp)

    def connect(self, split=lambda packet: [packet], unanswered=0, ack_delay=0, ack=True):
        """Shakes hands. Sends the SYN in the pieces that `split` makes of it. Leaves the first
        SYN-ACKs unanswered, and the others for `ack_delay` seconds; without `ack` the next
        segment is the first that acknowledges."""
        self.started = time.monotonic()
        for segment in self._answers(list(split(self.syn_packet()))):
            if segment[13] & RST:
                raise ConnectionResetError("the SYN was reset")
            if not segment[13] & SYN_FLAG:
                continue
            if unanswered:
                unanswered -= 1
                continue
            their_seq, self.seq = struct.unpack_from("!II", segment, 4)
            self.ack = (their_seq + 1) % 2**32
            self.timestamps = echoed(segment)
            time.sleep(ack_delay)
            if ack:
                self.send()
            return self
        raise TimeoutError("no SYN-ACK")

    def send(self, payload=b"", flags=ACK):
        """Sends data, or a bare acknowledgment."""
        segment = packet.Segment(
            seq=self.seq, ack=self.ack, flags=flags | (PSH if payload else 0), window=65535,
            options=self.timestamps, payload=payload,
        )
        self.tun.write(self.packet(packet.Ip(version=self.version), segment))
        if self.handshake is None:
            self.handshake = time.monotonic() - self.started
        self.seq = (self.seq + len(payload) + (flags & FIN)) % 2**32

    def read_to_end(self):
        """Everything the server sends until it closes; then this side closes too."""
        for segment in self._segments():
            if segment[13] & RST:
                raise ConnectionResetError("the connection was reset")
            (seq,) = struct.unpack_from("!I", segment, 4)
            data = segment[(segment[12] >> 4) * 4:]
            if segment[13] & SYN_FLAG or seq != self.ack:
                # Sent again, or too early.
                self.send()
                continue
            self.received += data
            self.ack = (self.ack + len(data)) % 2**32
            if segment[13] & FIN:
                self.ack = (self.ack + 1) % 2**32
                self.send(flags=ACK | FIN)
                return self.received
            if data:
                self.send()
        raise TimeoutError(f"no end after {len(self.received)} bytes")

    def _answers(self, pieces):
        """Segments that answer the SYN, which is sent each second until there is one: a device
        that has just come up, on a busy machine, loses the first."""
        until = time.monotonic() + self.SECONDS
        while time.monotonic() < until:
            for piece in pieces:
                self.tun.write(piece)
            for segment in self.tun.segments_to(self.version, self.port, time.monotonic() + 1):
                yield segment
                yield from self.tun.segments_to(self.version, self.port, until)
                return

    def _segments(self):
        return self.tun.segments_to(self.version, self.port, time.monotonic() + self.SECONDS)


def echoed(syn_ack):
    """The timestamp option that answers a SYN-ACK's: padded, or nothing if it has none."""
    rest = syn_ack[20:(syn_ack[12] >> 4) * 4]
    while rest:
        if rest[0] == 8:
            theirs, ours = struct.unpack_from("!II", rest, 2)
            return b"\x01\x01" + packet.timestamps((ours + 1) % 2**32, theirs)
        rest = rest[1:] if rest[0] <= 1 else rest[rest[1]:]
    return b""
