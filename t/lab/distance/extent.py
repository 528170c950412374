"""How much of the lab there is: all of it, or with LAB=quick each case once, on any machine."""

import os

QUICK = os.environ.get("LAB") == "quick"

#: Round trips between a client and the server, in milliseconds.
RTTS = (50,) if QUICK else (20, 50, 200)
#: Connections for a median.
COUNT = 1 if QUICK else 3
#: Milliseconds that a busy machine may add.
SLACK = 20 if QUICK else 0


def each_version(things):
    """Each of them with IPv4 and IPv6, as far as it has them; with one of these in turn, if it is to
    be quick."""
    for number, thing in enumerate(things):
        versions = getattr(thing, "versions", (4, 6))
        for version in versions[number % len(versions):][:1] if QUICK else versions:
            yield thing, version
