#!/usr/bin/env python3
"""Writes the corpus of the fuzz target `capture` anew: a SYN in every link layer and tunnel that
t/command/test_kinds.py builds, and Ethernet in every form of file.

    python3 -m fuzz.captures
"""

import re
from pathlib import Path

from t.command.captures import LITTLE, Pcap, pcapng
from t.command.frames import ethernet
from t.command.packets import V6, on_wire, syn
from t.command.test_kinds import LINKS, TUNNELS, forms

HERE = Path(__file__).resolve().parent
#: A larger file teaches the fuzzer no more.
ENOUGH = 2000


def main():
    for name, link, frame in LINKS:
        packet = on_wire(V6) if link == 229 else syn()
        write(name, Pcap().file(link, [frame(packet)]))
    for name, tunnel in TUNNELS:
        write(name, pcapng(LITTLE, 1, [ethernet(tunnel(syn()))]))
    for name, content in forms():
        write(f"file {name}", content[:ENOUGH])


def write(name, content):
    name = name.replace("<", "little").replace(">", "big")
    name = "-".join(re.findall(r"[a-z0-9]+", name.lower()))
    (HERE / "corpus/capture" / name).write_bytes(content)


if __name__ == "__main__":
    (HERE / "corpus/capture").mkdir(exist_ok=True)
    main()
