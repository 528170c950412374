"""Prints the lab's results as the tables of docs/proxies.md: `python3 -m t.lab.table
RESULTS.tsv`."""

import sys
from statistics import median

from .distance import results

TIMES = results.TIMES
#: Limits for the gap to try, in milliseconds.
LIMITS = 5, 10, 20, 30, 40, 50, 60, 100


def table(columns, rows):
    print("|", " | ".join(columns), "|")
    print("|---" * len(columns) + "|")
    for row in rows:
        print("|", " | ".join(map(str, row)), "|")
    print()


def groups(rows, *keys):
    """The rows of each combination of these columns, in the order in which they came."""
    found = {}
    for row in rows:
        found.setdefault(tuple(row[key] for key in keys), []).append(row)
    return found


def spread(rows, name):
    """The median, and how far the others are from it."""
    values = [row[name] for row in rows]
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def handshakes(rows):
    """By kind of handshake: the median of every connection of each way."""
    ways = list(dict.fromkeys(row["way"] for row in rows))
    for name in "tls_rtt", "hello_delay":
        table([name, *ways], [
            [case, *(spread(found[way,], name) for way in ways)]
            for (case,), of_case in groups(rows, "case").items()
            for found in [groups(of_case, "way")]
        ])


def real(rows):
    table(["way", *TIMES, "mtu", "link", "proxied"], [
        [way, *(spread(found, name) for name in TIMES),
         *("/".join({str(row[name]) for row in found}) for name in ("mtu", "link", "proxied"))]
        for (way,), found in groups(rows, "way").items()
    ])


def limits(rows):
    direct = [row["rtt_gap"] for row in rows if row["way"] == "direct"]
    relayed = [row["rtt_gap"] for row in rows if row["way"] != "direct"]
    print(f"{len(direct)} direct connections: gap {min(direct):.1f} to {max(direct):.1f} ms;",
          f"{len(relayed)} relayed: {min(relayed):.1f} to {max(relayed):.1f} ms\n")
    table(["limit, ms", "direct, taken for relayed", "relayed, taken for direct"], [
        [limit, sum(gap >= limit for gap in direct), sum(gap < limit for gap in relayed)]
        for limit in LIMITS
    ])


if __name__ == "__main__":
    everything = results.read(sys.argv[1])
    handshakes([row for row in everything if row["case"] not in ("real", "jitter")])
    real([row for row in everything if row["case"] == "real"])
    limits([row for row in everything if row["case"] == "jitter"])
