"""A zone as its dump shows it, and who is in it."""

import json
import os
import re
import signal
import struct
import urllib.request
from pathlib import Path


#: For an http block: the zone, and where it is dumped.
PORT = 8081


def directives(size="1m", parameters=""):
    """For an http block: a zone, and a server that dumps it."""
    return f"""
        tcpfp_zone hosts:{size} {parameters};
        server {{ listen 127.0.0.1:{PORT}; location / {{ tcpfp_dump hosts; }} }}
    """


class Dump:
    """All records now, by address, and the counts that nginx sends with them."""

    def __init__(self, query="", seconds=30):
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/?{query}", timeout=seconds) as answer:
            lines = [json.loads(line) for line in answer]
            names = "clients", "capacity", "evicted", "refused", "repaired", "missed"
            (self.clients, self.capacity, self.evicted, self.refused, self.repaired,
             self.missed) = (int(answer.headers[f"X-Tcpfp-{name}"]) for name in names)
        self.torn = [line for line in lines if "error" in line]
        self.records = {line["address"]: line for line in lines if "error" not in line}
        if len(lines) != len(self.records) + len(self.torn):
            raise AssertionError("an address has two records")


class Memory:
    """The only zone of some size in a worker, to see whether the worker has it locked."""

    def __init__(self, worker, size):
        self.worker, self.process = worker, Path(f"/proc/{worker}")
        (self.start,) = (
            start for start, end in self._shared() if end - start == size
        )

    def _shared(self):
        maps = (self.process / "maps").read_text()
        for start, end in re.findall(r"^(\w+)-(\w+) rw-s .* /dev/zero", maps, re.MULTILINE):
            yield int(start, 16), int(end, 16)

    def stop_inside(self):
        """Stops the worker, a few times to do so while it has the zone; whether it has."""
        for i in range(20):
            if i:
                os.kill(self.worker, signal.SIGCONT)
            os.kill(self.worker, signal.SIGSTOP)
            if self._is_held():
                return True
        return False

    def _is_held(self):
        """Whether the worker, which was just sent SIGSTOP, stops while it has the zone: nginx's
        lock, the first word of the memory, is the number of the process that does."""
        while (self.process / "stat").read_text().rpartition(")")[2].split()[0] != "T":
            pass
        with open(self.process / "mem", "rb") as memory:
            lock = os.pread(memory.fileno(), struct.calcsize("N"), self.start)
        return struct.unpack("N", lock)[0] == self.worker


def long_database():
    """Signatures of one shape, of which the SYNs of loopback match none, so that a worker has the
    zone for long."""
    return "classes = unix\n[tcp:request]\nlabel = s:unix:Loop:back\n" + "".join(
        f"sig = *:64:0:{mss}:*,7:mss,sok,ts,nop,ws:df,id+:0\n" for mss in range(1, 20000)
    )
