"""Asks the real p0f and this project's command about the same SYNs: no answer may differ.

For every database once with a seed that is always the same and once with another; each is
printed, and `--seed` takes it again.
"""

import argparse
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from pathlib import Path
from random import SystemRandom

from t.harness.packet import write_pcap

from . import database, generate, p0f, tcpfp


HERE = Path(__file__).resolve().parent
#: p0f's own, ours, and one with what those two leave out of the syntax.
DATABASES = [p0f.DATABASE, HERE.parents[1] / "src/database/builtin.fp", HERE / "syntax.fp"]

FIXED_SEED = 1
ENOUGH = 100_000
SHOWN = 5


def main(description, judge, counted, count):
    """Has `judge` compare so many things that are counted, for each database and seed."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("database", nargs="*", help="in p0f's syntax; else three of them")
    parser.add_argument(f"--{counted}", dest="count", type=int, default=count, help="for each seed")
    parser.add_argument("--seed", type=int, action="append", help="instead of the two")
    arguments = parser.parse_args()
    seeds = arguments.seed or [FIXED_SEED, SystemRandom().randrange(1 << 32)]
    folder = Path(tempfile.mkdtemp(prefix="tcpfp-peer-"))
    failed = False
    with ProcessPoolExecutor() as pool:
        for result in [
            pool.submit(judge, path, arguments.count, seed, folder)
            for path in arguments.database or DATABASES
            for seed in seeds
        ]:
            summary, problems = result.result()
            print(summary, *problems[:SHOWN], sep="\n  ", flush=True)
            failed |= bool(problems)
    if failed:
        print(f"the packets and the answers are in {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


def judge(path, count, seed, folder):
    """Compares the answers about `count` SYNs; gives a line about that and all that is wrong."""
    aims = database.read(path)
    cases = generate.cases(aims, count, seed)
    problems = compare(path, cases, len(aims.signatures), folder / f"{Path(path).stem}-{seed}")
    syns = sum(case.is_syn for case in cases)
    summary = (
        f"{path}, {len(aims.signatures)} signatures, seed {seed}:"
        f" {syns} SYNs compared, {len(problems)} differences"
    )
    if syns < ENOUGH:
        problems.append(f"only {syns} SYNs, {ENOUGH} are due")
    return summary, problems


def compare(path, cases, exact, folder):
    """All that differs. The first `exact` cases are unchanged packets of the signatures."""
    folder.mkdir()
    capture, text = folder / "syns.pcap", folder / "syns.hex"
    write_pcap(capture, (case.headers + case.rest for case in cases))
    generate.write_hex(text, (case.headers for case in cases if case.is_syn))

    theirs = p0f.answers(path, capture, folder / "p0f.log")
    ours = tcpfp.lines(path, text)
    return [
        *_unsound(cases, theirs, exact),
        *_same_lines(ours, tcpfp.lines(path, capture)),
        *_differences(cases, theirs, ours),
    ]


def _unsound(cases, theirs, exact):
    """What takes the comparison its worth: SYNs that p0f has not seen, or that miss their aim."""
    for number, case in enumerate(cases):
        if case.is_syn != (number in theirs):
            yield f"p0f {'misses a SYN' if case.is_syn else 'took it for a SYN'}: {case}"
    for case, number in zip(cases, range(exact)):
        answer = theirs.get(number)
        if answer and (answer.label == p0f.UNKNOWN or "fuzzy" in answer.params.split()):
            yield f"p0f finds no exact match: {case}: {answer}"


def _same_lines(from_text, from_capture):
    """The capture holds other packets and payloads too; neither may show."""
    if len(from_text) != len(from_capture):
        yield f"{len(from_text)} answers from hex, {len(from_capture)} from the capture"
    for one, other in zip(from_text, from_capture):
        if one != other:
            yield f"from hex: {one.decode()}\n  from the capture: {other.decode()}"


def _differences(cases, theirs, ours):
    syns = [(number, case) for number, case in enumerate(cases) if case.is_syn]
    if len(syns) != len(ours):
        yield f"{len(syns)} SYNs, {len(ours)} answers"
    for (number, case), line in zip(syns, ours):
        wanted, found = theirs.get(number), tcpfp.answer(line)
        if wanted and wanted != found:
            unlike = ", ".join(
                f"{field.name} p0f {getattr(wanted, field.name)!r} ours "
                f"{getattr(found, field.name)!r}"
                for field in fields(wanted)
                if getattr(wanted, field.name) != getattr(found, field.name)
            )
            yield f"{case}: {unlike}\n    {case.headers.hex()}"


if __name__ == "__main__":
    main(__doc__, judge, "count", ENOUGH)
