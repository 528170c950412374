"""Times this project's command against the real p0f on the same SYNs, and weighs it: it must be
ten times as fast, from a capture and from hex, and take no more memory for a longer input."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, Popen

import database
import generate
import p0f
import tcpfp

SYNS = 100_000
#: How much longer the long input is.
LONGER = 10
ROUNDS = 5
SEED = 1

TIMES_AS_FAST = 10
#: What the allocator may differ by from run to run, in bytes.
SLACK = 1 << 20


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
    commands = {"p0f -r": p0f.command(path, short["capture"])}
    for form, file in short.items():
        commands[f"tcpfp classify, {form}"] = tcpfp.command(path, file)

    runs = {name: [] for name in commands}
    # By turns, so that whatever else the machine does meets all of them.
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs[name].append(run(command, folder / "out"))
    best = {name: [min(times) / SYNS * 1e6 for times in zip(*runs[name])] for name in commands}
    theirs, _ = best["p0f -r"]
    failures = []
    for name, (elapsed, cpu) in best.items():
        print(
            f"{name}: {elapsed:.2f} us a SYN, {cpu:.2f} us of them at work,"
            f" {theirs / elapsed:.1f} times p0f's speed"
        )
        if name != "p0f -r" and theirs / elapsed < TIMES_AS_FAST:
            failures.append(f"{name}: less than {TIMES_AS_FAST} times p0f's speed")

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


def write(folder, name, syns, times):
    """The SYNs again and again, in both forms."""
    files = {"capture": folder / f"{name}.pcap", "hex": folder / f"{name}.hex"}
    generate.write_pcap(files["capture"], (syn.headers + syn.rest for syn in syns * times))
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
