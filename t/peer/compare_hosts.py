"""Shows the real p0f and this project's command the same hosts, SYN by SYN: what they conclude of
address sharing, changes and uptime may not differ.

For every database once with a seed that is always the same and once with another; each is
printed, and `--seed` takes it again.
"""

import json
import re
from collections import Counter, defaultdict, deque
from pathlib import Path

from t.harness.packet import write_pcap

from . import compare, database, hosts, p0f, tcpfp


HOSTS = 3000

#: p0f keeps so many of the last scores, and counts those from each of these up.
SCORES, DEGREES = 32, (6, 3, 2, 1)
#: What p0f concludes, and when it did so last in the command's object.
EVENTS = {"host change": "change_time", "ip sharing": "nat_time"}
#: Those of its words that a SYN can be worth.
REASONS = {
    "app_vs_os", "os_diff", "sig_diff", "x_known", "tstamp", "ttl", "port", "mtu", "fuzzy",
}
#: What p0f tells of the command's object, and what follows from the SYNs themselves.
TOLD = {
    "first_seen", "last_seen", "conn_count", "uptime", "uptime_mod", "nat", *EVENTS.values(),
    "event", "reasons", "p0f", "os",
}
UPTIME = re.compile(r"(\d+) days (\d+) hrs (\d+) min \(modulo (\d+) days\)")
#: Seconds for which a host counts as shared.
INACTIVE = 2 * 60 * 60


def judge(path, count, seed, folder):
    """Compares what is said of `count` hosts; gives a line about that and all that is wrong."""
    cases = hosts.cases(database.read(path), count, seed)
    folder = folder / f"{Path(path).stem}-{seed}"
    folder.mkdir()
    capture = folder / "hosts.pcap"
    write_pcap(
        capture, (case.headers + case.rest for case in cases), (case.time for case in cases)
    )
    theirs = p0f.observations(path, capture, folder / "p0f.log")
    said = Counter(name for observed in theirs for name in observed)
    reasons = {
        word for observed in theirs for event in EVENTS if event in observed
        for word in observed[event]["reason"].split()
    }
    problems = [
        *_differences(cases, theirs, tcpfp.lines(path, capture, "--hosts")),
        *(f"p0f never speaks of {name}" for name in (*EVENTS, "uptime") if not said[name]),
        *(f"p0f never says {word}" for word in sorted(REASONS - reasons)),
    ]
    summary = (
        f"{path}, seed {seed}: {count} hosts, {len(cases)} SYNs, {said['host change']} changes,"
        f" {said['ip sharing']} sharings, {said['uptime']} uptimes compared,"
        f" {len(problems)} differences"
    )
    return summary, problems


class Known:
    """What p0f has said of a host, in the keys of the command's object."""

    def __init__(self):
        self.host = {"conn_count": 0}
        #: When it was seen last.
        self.time = None
        #: The command's scores, of which p0f prints how many there are of each degree.
        self.scores = deque(maxlen=SCORES)

    def add(self, time, observed):
        """Takes in what p0f says on a SYN; gives its raw_hits if it says any."""
        host, syn = self.host, observed["syn"]
        for key in "event", "reasons":
            host.pop(key, None)
        if "first_seen" in host:
            host["last_seen"] = self.time
        host.setdefault("first_seen", time)
        self.time = time
        host["conn_count"] += 1
        # The rest is of tools.
        if "os" in syn and syn["mod"] == "syn":
            host["p0f"] = syn["raw_sig"]
            if syn["os"] != p0f.UNKNOWN:
                host["os"] = syn["os"]
        if uptime := observed.get("uptime"):
            days, hours, minutes, modulo = map(int, UPTIME.match(uptime["uptime"]).groups())
            host["uptime"], host["uptime_mod"] = (days * 24 + hours) * 60 + minutes, modulo
        for event, key in EVENTS.items():
            if said := observed.get(event):
                host[key] = time
                host["event"], host["reasons"] = event, said["reason"]
        host["nat"] = int("nat_time" in host and time - host["nat_time"] <= INACTIVE)
        return next((observed[event]["raw_hits"] for event in EVENTS if event in observed), None)

    def hits(self, score, is_tool, is_probe):
        """The command's raw_hits with this score. p0f scores no probe of its own, and a tool only
        on a system that it knows."""
        if "os" in self.host if is_tool else not is_probe:
            self.scores.append(score)
        hits = (sum(score >= degree for score in self.scores) for degree in DEGREES)
        text = ",".join(map(str, hits))
        if self.host.get("event") == "ip sharing":
            self.scores.clear()
        return text


def _differences(cases, theirs, lines):
    syns = [case for case in cases if not case.is_repeated]
    if (len(theirs), len(lines)) != (len(syns), len(cases)):
        yield f"p0f saw {len(theirs)} SYNs of {len(syns)}, the command {len(lines)} of {len(cases)}"
        return
    known, theirs = defaultdict(Known), iter(theirs)
    for case, line in zip(cases, lines):
        answer, about = json.loads(line), known[case.host]
        ours = answer["host"]
        wanted = about.host
        if case.is_repeated:
            # How long ago a sharing was is all that can differ.
            wanted = wanted | {"nat": ours["nat"]}
        else:
            observed = next(theirs)
            hits = about.add(case.time // 1000, observed)
            is_tool, is_probe = answer.get("os_class") == "!", observed["syn"]["mod"] != "syn"
            found = about.hits(ours["score"], is_tool, is_probe)
            if hits and hits != found:
                yield f"{case}: raw_hits: p0f {hits} ours {found}"
        # Of what is no event p0f does not give the reasons.
        for key in sorted(TOLD if "event" in wanted else TOLD - {"reasons"}):
            if wanted.get(key) != ours.get(key):
                yield f"{case}: {key}: p0f {wanted.get(key)!r} ours {ours.get(key)!r}"


if __name__ == "__main__":
    compare.main(__doc__, judge, "hosts", HOSTS)
