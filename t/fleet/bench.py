"""What made-up traffic costs ClickHouse's engine on this machine: `python3 -m t.fleet.bench ROWS`.

The log of one day at a time is written and loaded."""

import sys
import tempfile
import time
from pathlib import Path

from fleet.ask import QUESTIONS, Fleet
from t.fleet import traffic

#: Of each question the fastest run counts.
RUNS = 3

SIZES = """
SELECT table, sum(bytes_on_disk)
FROM system.parts
WHERE active AND database = currentDatabase() AND table IN
    ('requests', 'signature_days', 'asn_days', 'family_days', 'syn_hours')
GROUP BY table
ORDER BY table
"""


def seconds(call, *arguments):
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def load(fleet, rows, folder):
    """How many requests, how many bytes of log, and the seconds that it took to read them."""
    made, log, size, taken = traffic.Traffic(fleet.run, rows), folder / "day.log", 0, 0
    for day in range(traffic.DAYS):
        made.write(day, log)
        size += log.stat().st_size
        taken += seconds(fleet.load, log)
        log.unlink()
        print(f"\rday {day + 1} of {traffic.DAYS}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return int(fleet.run("SELECT count() FROM requests")), size, taken


def main():
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        fleet = Fleet(folder / "tables")
        for name, load_file in ("networks", fleet.load_networks), ("servers", fleet.load_servers):
            (folder / name).write_text(getattr(traffic, name)())
            load_file(folder / name)
        rows, size, taken = load(fleet, int(sys.argv[1]), folder)
        print(f"rows: {rows:,}, of {size / rows:.0f} bytes in the log")
        print(f"loaded: {rows / taken:,.0f} rows a second")
        merged = seconds(fleet.run, "OPTIMIZE TABLE requests FINAL")
        print(f"merged in {merged:.0f} s")
        for line in fleet.run(SIZES).decode().splitlines():
            table, size = line.split("\t")
            print(f"{table}: {int(size) / rows:.2f} bytes on disk for each of these rows")
        for question in QUESTIONS:
            sql = question.read_text()
            fastest = min(seconds(fleet.run, sql) for _ in range(RUNS))
            print(f"{question.stem}: {1000 * fastest:.0f} ms")
        fleet.close()


if __name__ == "__main__":
    main()
