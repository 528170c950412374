"""The answers of the real p0f."""

import os
import shutil
import subprocess
from dataclasses import dataclass

from .generate import number_of

UNKNOWN = "???"

#: Debian keeps p0f where only root looks.
PATH = os.environ["PATH"] + ":/usr/sbin"
#: Of Debian's package, too.
DATABASE = "/etc/p0f/p0f.fp"


@dataclass(frozen=True)
class Answer:
    """What p0f says of one SYN, in its own words; link and mtu are None where it says nothing."""

    label: str
    kind: str
    dist: str
    params: str
    raw_sig: str
    link: str | None
    mtu: int | None


def command(database, capture):
    """Reads a capture and prints what it finds."""
    program = shutil.which("p0f", path=PATH)
    if not program:
        raise FileNotFoundError("no p0f: install Debian's package of that name")
    return [program, "-f", str(database), "-r", str(capture)]


def answers(database, capture, log):
    """The answer to each SYN, by the number of its client."""
    syns, links = {}, {}
    for record in _records(command(database, capture), log):
        number = number_of(record["cli"].rpartition("/")[0])
        if record["mod"] == "mtu":
            links[number] = record["link"], int(record["raw_mtu"])
        elif "raw_sig" in record:
            if number in syns:
                raise ValueError(f"p0f answers twice: {record}")
            syns[number] = record
    return {number: _answer(syn, *links.get(number, (None, None))) for number, syn in syns.items()}


def observations(database, capture, log):
    """All that it says on each SYN, in their order: by its name what it observes, `syn` first.
    Neither hosts nor connections are too many for it, and no host too old."""
    unlimited = ["-m", "100000,500000", "-t", "30,1000000"]
    found = []
    for record in _records([*command(database, capture), *unlimited], log):
        if "raw_sig" in record:
            found.append({"syn": record})
        else:
            found[-1][record["mod"]] = record
    return found


def _records(command, log):
    """What a run logs about clients: `[date] key=value|key=value`."""
    logged = [*command, "-o", str(log)]
    subprocess.run(logged, check=True, stdout=subprocess.DEVNULL, timeout=600)
    with open(log) as file:
        for line in file:
            _, _, text = line.rstrip("\n").partition("] ")
            record = dict(pair.split("=", 1) for pair in text.split("|"))
            if record.get("subj") == "cli":
                yield record


def _answer(syn, link, mtu):
    kind = "app" if "app" in syn else "os"
    return Answer(syn[kind], kind, syn["dist"], syn["params"], syn["raw_sig"], link, mtu)
