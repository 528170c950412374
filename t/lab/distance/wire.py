"""A wire between two namespaces: round trip, jitter, hops and chosen losses, in user space.

Run as a program it carries packets between two TUN devices that it inherits. Of each TCP flow it
says in lines of the client's port, a word and microseconds what is true, whatever else the machine
was busy with:

    handshake   from the SYN-ACK's departure to the arrival of the first segment after it
    hello       from that to the arrival of the client's first data
    answer      from the departure of the server's first words, up to the last of them before the
                client's next data arrives, to that arrival
"""

import fcntl
import heapq
import itertools
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SYN, ACK = 0x02, 0x10


def tun(device):
    """A TUN device in the current namespace."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    return descriptor


class Wire:
    """Runs the program. `rtt` and `jitter` are milliseconds, of which each direction has half;
    `drop` lists kinds of segments, of which the first in each flow is lost; of all packets the share
    `loss` is."""

    def __init__(self, near, far, rtt, jitter=0, hops=0, drop=(), loss=0):
        settings = {"rtt": rtt, "jitter": jitter, "hops": hops, "drop": drop, "loss": loss}
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(near), str(far), json.dumps(settings)],
            # Unbuffered, so that select knows of every line.
            pass_fds=(near, far), stdout=subprocess.PIPE, bufsize=0,
        )
        os.close(near)
        os.close(far)
        self.truths = {}
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the wire does not start")

    def truth(self, port, word="handshake"):
        """What the program says of the last flow from a port, in milliseconds."""
        while (port, word) not in self.truths:
            if not select.select([self.process.stdout], [], [], 5)[0]:
                raise TimeoutError(f"the wire saw no {word} from {port}")
            found, said, micros = self.process.stdout.readline().decode().split()
            self.truths[int(found), said] = int(micros) / 1000
        return self.truths[port, word]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def segment(packet, to_far):
    """The client's port and the kind of a TCP segment: syn, synack, ack, the client's data or the
    server's reply. None for what is not TCP."""
    if packet[9 if packet[0] >> 4 == 4 else 6] != 6:
        return None
    start = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
    (port,) = struct.unpack_from("!H", packet, start + (0 if to_far else 2))
    flags, length = packet[start + 13], (packet[start + 12] >> 4) * 4
    if flags & SYN:
        return port, "synack" if flags & ACK else "syn"
    if len(packet) == start + length:
        return port, "ack"
    return port, "data" if to_far else "reply"


def age(packet, hops):
    """The packet after so many routers; None if it died on the way."""
    packet = bytearray(packet)
    at = 8 if packet[0] >> 4 == 4 else 7
    if packet[at] <= hops:
        return None
    packet[at] -= hops
    if at == 8:
        # RFC 1624: what the header lost, the checksum gains.
        (checksum,) = struct.unpack_from("!H", packet, 10)
        checksum += hops << 8
        struct.pack_into("!H", packet, 10, (checksum & 0xFFFF) + (checksum >> 16))
    return bytes(packet)


class Flow:
    """When things happened to a TCP connection at the server's end of the wire."""

    def __init__(self, port):
        self.port = port
        self.asked = self.opened = self.said = None
        self.is_hello = self.is_answer = True

    def departs(self, kind, now):
        """The server sent a segment."""
        if kind == "synack":
            self.asked = now
        elif kind == "reply":
            self.said = now

    def arrives(self, kind, now):
        """A segment reached the server."""
        if self.opened is None and self.asked is not None and kind in ("ack", "data"):
            self.opened = now
            self.tell("handshake", self.asked, now)
        if kind == "data" and self.is_hello and self.opened is not None:
            self.is_hello = False
            self.tell("hello", self.opened, now)
        if kind == "data" and self.is_answer and self.said is not None:
            self.is_answer = False
            self.tell("answer", self.said, now)

    def tell(self, word, start, end):
        print(self.port, word, round((end - start) * 1e6), flush=True)


def carry(near, far, rtt, jitter, hops, drop, loss):
    """Carries packets for ever, each direction in order."""
    waiting, number = [], itertools.count()
    free = {near: 0.0, far: 0.0}
    lost, flows = set(), {}
    while True:
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, target, packet, arrival = heapq.heappop(waiting)
            try:
                os.write(target, packet)
            except OSError:
                # The device went down.
                continue
            if arrival:
                seen, kind = arrival
                seen.arrives(kind, time.monotonic())
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for source in select.select([near, far], [], [], timeout)[0]:
            packet, now = os.read(source, 65536), time.monotonic()
            to_far = source == near
            port, kind = segment(packet, to_far) or (None, None)
            if kind == "syn":
                flows[port] = Flow(port)
            if kind in drop and (port, kind) not in lost:
                lost.add((port, kind))
                continue
            if random.random() < loss:
                continue
            if not to_far and port in flows:
                flows[port].departs(kind, now)
            packet = age(packet, hops)
            target = far if to_far else near
            due = max(free[target], now + (rtt + random.random() * jitter) / 2000)
            free[target] = due
            if packet:
                arrival = (flows[port], kind) if to_far and port in flows else None
                heapq.heappush(waiting, (due, next(number), target, packet, arrival))


if __name__ == "__main__":
    # A wire that waits for its turn on the processor is longer than it should be.
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    print("ready", flush=True)
    carry(int(sys.argv[1]), int(sys.argv[2]), **json.loads(sys.argv[3]))
