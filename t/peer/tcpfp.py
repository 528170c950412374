"""The answers of this project's command, put into p0f's words."""

import json
import subprocess
from pathlib import Path

from .p0f import UNKNOWN, Answer

COMMAND = Path(__file__).resolve().parents[2] / "objs/tcpfp"

#: MSS and window of p0f's own probe, which it calls an application whatever the database says.
SENDSYN = "1331", "1337"


def command(database, file, *options):
    """Classifies a file as p0f would."""
    exactly = ["classify", "--p0f-exact", "--database", str(database)]
    return [str(COMMAND), *exactly, *options, str(file)]


def lines(database, file, *options):
    """What the command prints for each SYN of a file."""
    to_run = command(database, file, *options)
    done = subprocess.run(to_run, check=True, stdout=subprocess.PIPE, timeout=600)
    return done.stdout.splitlines()


def answer(line):
    """A line of JSON as p0f would have said it."""
    found = json.loads(line)
    known = "os" in found
    params = found["params"]
    mss, window = found["p0f"].split(":")[3:5]
    probe = (mss, window.partition(",")[0]) == SENDSYN
    mtu = found.get("mtu")
    return Answer(
        label=found.get("os", UNKNOWN),
        kind="app" if known and (probe or found["os_class"] == "!") else "os",
        dist=("<= " if "random_ttl" in params.split() else "") + str(found["dist"]),
        params=params,
        raw_sig=found["p0f"],
        link=None if mtu is None else found.get("link", UNKNOWN),
        mtu=mtu,
    )
