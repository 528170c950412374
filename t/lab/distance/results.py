"""What the lab measures, as numbers and as lines of a file."""

import os
from contextlib import suppress

#: Values that the server shows, separated by `|`.
TIMES = ["rtt", "tls_rtt", "rtt_gap", "hello_delay"]
NAMES = [*TIMES, "min_rtt", "h2_rtt", "payload_len", "rtt_quality", "mtu", "link", "proxy", "proxied", "protocol", "port"]

#: The file for record().
FILE = "LAB_RESULTS"
COLUMNS = ["case", "way", "ip", "distance", "tcp_distance", *NAMES[:-1]]


def shown(text):
    """Values as the server shows them; None for what is absent. Times are in milliseconds."""
    pairs = zip(NAMES, text.strip().split("|"), strict=True)
    values = {name: None if value in ("", "-") else value for name, value in pairs}
    for name in *TIMES, "min_rtt", "h2_rtt":
        if values[name] is not None:
            values[name] = int(values[name]) / 1000
    values["port"] = int(values["port"])
    return values


def record(case, way, version, values):
    """Adds a line to the file that LAB_RESULTS names, if it names one."""
    if path := os.environ.get(FILE):
        row = {"case": case, "way": way.name, "ip": version, "distance": way.distance,
               "tcp_distance": way.tcp_distance, **values}
        with open(path, "a", encoding="utf-8") as file:
            if not file.tell():
                print(*COLUMNS, sep="\t", file=file)
            cells = ["-" if row[name] is None else row[name] for name in COLUMNS]
            print(*cells, sep="\t", file=file)


def read(path):
    """The lines of such a file, as dictionaries, with numbers where there are."""
    def value(text):
        for kind in int, float:
            with suppress(ValueError):
                return kind(text)
        return None if text == "-" else text

    with open(path, encoding="utf-8") as file:
        columns = next(file).rstrip("\n").split("\t")
        return [dict(zip(columns, map(value, line.rstrip("\n").split("\t")))) for line in file]
