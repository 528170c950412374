#!/usr/bin/env python3
"""nginx with every variable in its logs, and one without the modules, under valgrind: no invalid
access, and no leak that the other does not have.

    python3 -m t.memory.valgrind [CONNECTIONS]
"""

import re
import sys
import tempfile
from pathlib import Path

from .load import connections
from .server import Server

#: Seconds that nginx may take under valgrind to start, reload or end.
PATIENCE = 120
VALGRIND = (
    "valgrind", "--trace-children=yes", "--num-callers=40",
    # nginx unloads its modules at its end, before the leaks are told.
    "--keep-debuginfo=yes",
    "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
    "--errors-for-leak-kinds=none",
)

ERRORS = r"ERROR SUMMARY: ([\d,]+) errors"
#: Blocks that nothing points to. Those that something only points into are nginx's own arrays,
#: which it finds there or not from one run to the next.
LOST = r"(?:definitely|indirectly) lost: ([\d,]+) bytes"
#: A loss, with its calls, of which one is ours.
OURS = r"are \w+ lost in loss record(?:(?!\n\n).)*(?:_tcpfp_module\.so|ngx_tcpfp::).*?\n\n"


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    plain, ours = report(False, count), report(True, count)
    errors = [total(ERRORS, text) for text in (plain, ours)]
    lost = [total(LOST, text) for text in (plain, ours)]
    by_us = re.findall(OURS, ours, re.DOTALL)
    print(f"{count} connections without the modules and with them: {errors[0]} and {errors[1]} "
          f"errors, {lost[0]} and {lost[1]} bytes lost, {len(by_us)} losses by us")
    if errors[1] > errors[0] or lost[1] > lost[0] or by_us:
        sys.exit(f"{ours}\nvalgrind complains of the modules")


def report(with_ours, count):
    """What valgrind says of all processes after so many connections, with a reload among them."""
    with tempfile.TemporaryDirectory(prefix="tcpfp-memory-") as folder:
        folder = Path(folder)
        log = folder / "access.log"
        wrapper = [*VALGRIND, f"--log-file={folder}/valgrind.%p"]
        with Server(with_ours, log, wrapper, PATIENCE) as server:
            lines = connections(server, count // 2)
            server.reload()
            lines += connections(server, count - count // 2)
        check_log(log.read_text().splitlines(), lines, with_ours)
        reports = [path.read_text() for path in folder.glob("valgrind.*")]
    if len(reports) != 3 or not all(re.search(ERRORS, report) for report in reports):
        raise AssertionError(f"not the reports of a master and two workers: {reports}")
    return re.sub(r"^==\d+== ?", "", "".join(reports), flags=re.MULTILINE)


def check_log(logged, lines, with_ours):
    """The variables were really there, and logged."""
    if len(logged) != lines:
        raise AssertionError(f"{len(logged)} lines in the log, not {lines}")
    if with_ours and not all(" ttl=64 " in line for line in logged):
        raise AssertionError("the log lacks the variables")


def total(pattern, text):
    return sum(int(found.replace(",", "")) for found in re.findall(pattern, text))


if __name__ == "__main__":
    main()
