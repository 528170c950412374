"""A wire between two namespaces: round trip, jitter, hops and chosen losses, in user space.

Run as a program it carries packets between two TUN devices that it inherits. For each TCP flow it
writes a line when the first segment after the SYN-ACK arrives: the client's port, and the
microseconds from the SYN-ACK's departure until then. That is the truth about a handshake's round
trip, whatever else the machine was busy with.
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
    `drop` lists kinds of segments, of which the first in each flow is lost."""

    def __init__(self, near, far, rtt, jitter=0, hops=0, drop=()):
        settings = {"rtt": rtt, "jitter": jitter, "hops": hops, "drop": drop}
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

    def truth(self, port):
        """The round trip, in milliseconds, of the handshake of the flow from a port."""
        while port not in self.truths:
            if not select.select([self.process.stdout], [], [], 5)[0]:
                raise TimeoutError(f"the wire saw no handshake from {port}")
            found, micros = self.process.stdout.readline().split()
            self.truths[int(found)] = int(micros) / 1000
        return self.truths[port]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def flow(packet, to_far):
    """The client's port and the kind of a TCP segment; None for what is not TCP."""
    if packet[9 if packet[0] >> 4 == 4 else 6] != 6:
        return None
    start = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
    (port,) = struct.unpack_from("!H", packet, start + (0 if to_far else 2))
    flags, length = packet[start + 13], (packet[start + 12] >> 4) * 4
    if flags & SYN:
        return port, "synack" if flags & ACK else "syn"
    return port, "ack" if len(packet) == start + length else "data"


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


def carry(near, far, rtt, jitter, hops, drop):
    """Carries packets for ever, each direction in order."""
    waiting, number = [], itertools.count()
    free = {near: 0.0, far: 0.0}
    lost, asked = set(), {}
    while True:
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, target, packet, port = heapq.heappop(waiting)
            try:
                os.write(target, packet)
            except OSError:
                # The device went down.
                continue
            if port in asked:
                print(port, round((time.monotonic() - asked.pop(port)) * 1e6), flush=True)
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for source in select.select([near, far], [], [], timeout)[0]:
            packet, now = os.read(source, 65536), time.monotonic()
            target = far if source == near else near
            port, kind = flow(packet, source == near) or (None, None)
            if kind in drop and (port, kind) not in lost:
                lost.add((port, kind))
                continue
            if kind == "synack":
                asked[port] = now
            packet = age(packet, hops)
            due = max(free[target], now + (rtt + random.random() * jitter) / 2000)
            free[target] = due
            if packet:
                answer = port if source == near and kind in ("ack", "data") else None
                heapq.heappush(waiting, (due, next(number), target, packet, answer))


if __name__ == "__main__":
    # A wire that waits for its turn on the processor is longer than it should be.
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    print("ready", flush=True)
    carry(int(sys.argv[1]), int(sys.argv[2]), **json.loads(sys.argv[3]))
