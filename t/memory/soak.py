#!/usr/bin/env python3
"""The memory of a worker that logs every variable stays as flat as that of an nginx without the
modules, which serves the same connections in turns. So does a master's that is reloaded.

    python3 -m t.memory.soak [CONNECTIONS [RELOADS]]
"""

import re
import sys
from pathlib import Path

from .load import connections
from .server import Server

SAMPLES = 50
#: Of them warm up: caches, the allocator and its fragments find their size.
WARM_UP = 25
#: KiB by which a process grows and shrinks from one sample to the next.
NOISE = 64


def main():
    count, reloads = [*map(int, sys.argv[1:]), *(200_000, 200)[len(sys.argv) - 1:]]
    with Server(False, "/dev/null") as plain, Server(True, "/dev/null") as ours:
        def serve(server):
            connections(server, count // SAMPLES)
            return server.worker()

        def reload(server):
            for _ in range(max(1, reloads // SAMPLES)):
                server.reload()
            return server.master

        flat = [is_flat(f"a worker over {count} connections", serve, plain, ours),
                is_flat(f"a master over {reloads} reloads", reload, plain, ours)]
    if not all(flat):
        sys.exit("the memory grows with the modules")


def is_flat(what, work, plain, ours):
    """Whether a process with the modules grows no more than one without, while both work."""
    sizes = {server: [] for server in (plain, ours)}
    for _ in range(SAMPLES):
        for server in sizes:
            sizes[server].append(resident(work(server)))
    growth = {server: samples[-1] - samples[WARM_UP] for server, samples in sizes.items()}
    for name, server in ("without", plain), ("with", ours):
        shown = " ".join(map(str, sizes[server][::SAMPLES // 10]))
        print(f"{what}, {name} the modules: {shown} KiB; {growth[server]:+} after the warm-up")
    return growth[ours] <= max(growth[plain], 0) + NOISE


def resident(pid):
    """Resident KiB of a process."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+) kB", rollup, re.MULTILINE)[1])


if __name__ == "__main__":
    main()
