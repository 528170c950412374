"""What made-up traffic costs ClickHouse's engine on this machine: `python3 -m t.fleet.bench ROWS`.

The log of one day at a time is written and loaded."""

import json
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
    """The traffic, how many bytes of log it was, and the seconds that it took to read them."""
    made, log, size, taken = traffic.Traffic(fleet.run, rows), folder / "day.log", 0, 0
    for day in range(traffic.DAYS):
        made.write(day, log)
        size += log.stat().st_size
        taken += seconds(fleet.load, log)
        log.unlink()
        print(f"\rday {day + 1} of {traffic.DAYS}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return made, size, taken


def judged(hidden, answer):
    """How much of what is hidden is found, and what else."""
    if not hidden:
        return ""
    found = set(hidden.among(answer))
    return (f", found {len(found & hidden.found)} of {len(hidden.found)},"
            f" and wrongly: {', '.join(map(str, sorted(found - hidden.found))) or 'nothing'}")


def main():
    with tempfile.TemporaryDirectory(dir="objs") as name:
        folder = Path(name)
        fleet = Fleet(folder / "tables")
        for name, load_file in ("networks", fleet.load_networks), ("servers", fleet.load_servers):
            (folder / name).write_text(getattr(traffic, name)())
            load_file(folder / name)
        made, size, taken = load(fleet, int(sys.argv[1]), folder)
        rows = int(fleet.run("SELECT count() FROM requests"))
        print(f"rows: {rows:,}, of {size / rows:.0f} bytes in the log")
        print(f"loaded: {rows / taken:,.0f} rows a second")
        merged = seconds(fleet.run, "OPTIMIZE TABLE requests FINAL")
        print(f"merged in {merged:.0f} s")
        for line in fleet.run(SIZES).decode().splitlines():
            table, size = line.split("\t")
            print(f"{table}: {int(size) / rows:.2f} bytes on disk for each of these rows")
        hidden = traffic.hidden(made)
        for question in QUESTIONS:
            sql = question.read_text()
            fastest = min(seconds(fleet.run, sql) for _ in range(RUNS))
            answer = [json.loads(row) for row in fleet.run(sql, "JSONEachRow").splitlines()]
            print(f"{question.stem}: {1000 * fastest:.0f} ms{judged(hidden.get(question.stem), answer)}")
        fleet.close()


if __name__ == "__main__":
    main()
