"""Times this project's command against the real p0f on the same SYNs, and weighs it: each of its
threads must be much faster than p0f, and it may take no more memory for a longer input.

p0f forgets all but the last 10,000 hosts, and prints text; it takes longer to keep each and to write
the log that programs read. Both are timed."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, Popen

from t.harness.packet import write_pcap

from . import database, generate, p0f, tcpfp


SYNS = 100_000
#: How much longer the long input is.
LONGER = 10
ROUNDS = 5
SEED = 1

THEIRS = "p0f -r"

#: By the time at work, which other programs on the machine change least.
TIMES_AS_FAST = 2.5
#: What runs differ by, in bytes: the longer one has more time to find every buffer full at once.
#: Two bytes kept of each SYN would be more.
SLACK = 3 << 19


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default=p0f.DATABASE, help="in p0f's syntax")
    path = parser.parse_args().database
    with tempfile.TemporaryDirectory(prefix="tcpfp-speed-") as folder:
        sys.exit(1 if measure(path, Path(folder)) else 0)


def measure(path, folder):
    """Prints every figure; gives what is not good enough."""
    syns = [case for case in generate.cases(database.read(path), SYNS, SEED) if case.is_syn]
    short, long = write(folder, "short", syns, 1), write(folder, "long", syns, LONGER)
    out, log = folder / "out", folder / "log"
    reads = p0f.command(path, short["capture"])
    commands = {
        THEIRS: (reads, out),
        f"{THEIRS} -o, every host kept": (_keeping(reads, log), os.devnull),
    }
    for form, file in short.items():
        commands[f"tcpfp classify, {form}"] = tcpfp.command(path, file), out

    runs = {name: [] for name in commands}
    # By turns, so that whatever else the machine does meets all of them.
    for _ in range(ROUNDS):
        for name, (command, to) in commands.items():
            runs[name].append(run(command, to))
            log.unlink(missing_ok=True)
    best = {name: [min(times) / SYNS * 1e6 for times in zip(*runs[name])] for name in commands}
    failures = []
    for name, (elapsed, cpu) in best.items():
        print(f"{name}: {elapsed:.2f} us a SYN, {cpu:.2f} us of them at work")
        if name.startswith(THEIRS):
            continue
        for theirs in filter(lambda name: name.startswith(THEIRS), best):
            print(f"  {best[theirs][0] / elapsed:.1f} times the speed of {theirs}")
        if best[THEIRS][1] / cpu < TIMES_AS_FAST:
            failures.append(f"{name}: a thread less than {TIMES_AS_FAST} times as fast as p0f")

    for form in short:
        few, many = (peak(tcpfp.command(path, files[form])) for files in (short, long))
        print(
            f"tcpfp classify, {form}: at most {few >> 10} KB for {SYNS} SYNs,"
            f" {many >> 10} KB for {SYNS * LONGER}"
        )
        if many > few + SLACK:
            failures.append(f"tcpfp classify, {form}: memory grows with the input")
    for failure in failures:
        print(failure)
    return failures


def _keeping(command, log):
    """The same, of so many hosts that none is forgotten, into a log."""
    return [*command, "-m", f"1000,{SYNS}", "-o", str(log)]


def write(folder, name, syns, times):
    """The SYNs again and again, in both forms."""
    files = {"capture": folder / f"{name}.pcap", "hex": folder / f"{name}.hex"}
    write_pcap(files["capture"], (syn.headers + syn.rest for syn in syns * times))
    generate.write_hex(files["hex"], (syn.headers for syn in syns * times))
    return files


def run(command, out):
    """Runs with the answers going to a file; gives the seconds by the clock and at work."""
    with open(out, "w") as file:
        start = time.monotonic()
        process = Popen(command, stdout=file)
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.monotonic() - start
    if status != 0:
        raise RuntimeError(f"{command[0]} ends with {os.waitstatus_to_exitcode(status)}")
    process.returncode = 0
    return elapsed, usage.ru_utime + usage.ru_stime


def peak(command):
    """The most memory that a run holds, in bytes: the kernel's high-water mark, which only grows,
    looked at until the end. What wait4 reports would count this process too."""
    process = Popen(command, stdout=DEVNULL)
    most = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                most = max(most, int(line.split()[1]) << 10)
        time.sleep(0.002)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ends with {process.returncode}")
    return most


if __name__ == "__main__":
    main()
