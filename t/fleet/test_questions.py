"""Each question of fleet/ finds what is hidden in made-up traffic, and little else."""

import json
import tempfile
import unittest
from collections import Counter, defaultdict
from pathlib import Path

from t.fleet import stacks
from t.fleet.forms import FORMS, LINE, written
from t.harness.case import skip

try:
    from fleet import ask
except ModuleNotFoundError:
    ask = None

ROWS = 800_000


class Witness:
    """What is in the logs, without ClickHouse."""

    def __init__(self, logs):
        self.counts = Counter()
        #: The addresses of each signature in the last seven days.
        self.addresses = defaultdict(set)
        #: Signature, TTL and MSS.
        self.arrived = set()
        known = {}
        for day, log in enumerate(logs):
            for line in log.read_text().splitlines():
                row = json.loads(line)
                self._count(row)
                if row["p0f"] not in known:
                    known[row["p0f"]] = stacks.signature(row["p0f"]) if row["p0f"] else ""
                if row["syn_status"] == "saved" and day >= len(logs) - 7:
                    self.addresses[known[row["p0f"]]].add(row["client"])
        for p0f, signature in known.items():
            if p0f:
                parts = p0f.split(":")
                self.arrived.add((signature, int(parts[1].split("+")[0]), int(parts[3]) or None))

    def _count(self, row):
        self.counts.update({
            "requests": 1,
            "connections": row["request"] == "1",
            "saved": row["syn_status"] == "saved",
            "rtt": int(row["rtt"]),
            "gap": int(row["rtt_gap"] or 0),
            "mismatches": row["os_mismatch"] == "1",
            "unjudged": row["os_mismatch"] == "",
        })


class Questions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not ask:
            skip("no chdb-core, ClickHouse's engine for Python")
        from t.fleet import traffic

        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.fleet = ask.Fleet(cls.folder / "tables")
        cls.addClassCleanup(cls.fleet.close)
        for name, load in ("networks", cls.fleet.load_networks), ("servers", cls.fleet.load_servers):
            (cls.folder / name).write_text(getattr(traffic, name)())
            load(cls.folder / name)
        cls.traffic = traffic.Traffic(cls.fleet.run, ROWS)
        cls.hidden = traffic.hidden(cls.traffic)
        cls.logs = [cls.folder / f"{day}.log" for day in range(traffic.DAYS)]
        for day, log in enumerate(cls.logs):
            cls.traffic.write(day, log)
            cls.fleet.load(log)
        cls.witness = Witness(cls.logs)

    def rows(self, sql):
        return [json.loads(line) for line in self.fleet.run(sql, "JSONEachRow").splitlines()]

    def ask(self, name):
        return self.rows((ask.HERE / f"questions/{name}.sql").read_text())

    def check(self, name):
        """All that is hidden is found, and nothing else but what is known to be found wrongly. The answers,
        by key."""
        hidden = self.hidden[name]
        answers = hidden.among(self.ask(name))
        false = set(answers) - hidden.found
        print(f"{name}: found {len(hidden.found & set(answers))} of {len(hidden.found)}, {len(false)} more")
        self.assertEqual(hidden.found - set(answers), set())
        self.assertEqual(false - hidden.wrongly, set())
        return answers

    def test_burst(self):
        """A crowd of one stack within 60 seconds, which may lie in two minutes."""
        found = self.check("burst")
        for number, addresses, servers in (
            (self.traffic.linux, 5000, 50), (self.traffic.gvisor, 1000, 20), (self.traffic.android, 300, 10),
        ):
            rows = found[self.traffic.signature(number)]
            self.assertAlmostEqual(sum(row["addresses"] for row in rows), addresses, delta=addresses * 0.03)
            self.assertAlmostEqual(max(row["servers"] for row in rows), servers, delta=2)
        # Of the last.
        self.assertEqual({row["failed_logins"] for row in rows}, {300})

    def test_drift(self):
        """Half of a system's machines are updated."""
        found = self.check("drift")
        before, after = (found[self.traffic.signature(number)][0]["points"] for number in (0, 1))
        self.assertLess(before, 0)
        self.assertGreater(after, 0)

    def test_failed_logins(self):
        ((row,),) = self.check("failed_logins").values()
        self.assertAlmostEqual(row["addresses"], 400, delta=20)

    def test_families_by_server(self):
        ((row,),) = self.check("families_by_server").values()
        self.assertEqual(row["most"], "Linux")

    def test_families_of_address(self):
        self.check("families_of_address")

    def test_mismatch_by_asn(self):
        """Three networks rent out their clients. A carrier's NAT is found wrongly, as the question says."""
        for name, (row,) in self.check("mismatch_by_asn").items():
            self.assertEqual(row["gap_90"] > 60, name != "Carrier", name)

    def test_missing(self):
        self.check("missing")

    def test_never_seen(self):
        self.check("never_seen")

    def test_no_place(self):
        self.check("no_place")

    def test_prevalence(self):
        """By addresses: the same as without ClickHouse, but for the error of its sketches."""
        addresses = self.witness.addresses
        everybody = len(set.union(*addresses.values()))
        found = self.ask("prevalence")
        self.assertEqual(len(found), 100)
        for row in found:
            exact = len(addresses[row["signature"]])
            self.assertAlmostEqual(row["addresses"], exact, delta=1 + 0.02 * exact)
            self.assertAlmostEqual(row["percent"], 100 * exact / everybody, delta=0.1 + row["percent"] * 0.04)
        counts = [row["addresses"] for row in found]
        self.assertEqual(counts, sorted(counts, reverse=True))

    def test_every_question(self):
        """Every question is one that the test above asks, and says what it finds wrongly."""
        for question in ask.QUESTIONS:
            self.assertTrue(hasattr(self, f"test_{question.stem}"), question)
            self.assertRegex(question.read_text(), r"\A-- Finds (?s:.)+\n-- Finds wrongly: ")

    def test_names(self):
        """The log_format, the table that takes it, and the made-up lines have the same names, which are
        those of the variables."""
        names = [name for name, _ in written()]
        self.assertEqual(names, list(FORMS))
        columns = self.rows("SELECT name FROM system.columns WHERE table = 'lines' AND database = currentDatabase()")
        self.assertEqual([row["name"] for row in columns], names)
        for name, variable in written():
            if variable.startswith("tcpfp_"):
                self.assertEqual(variable, f"tcpfp_{name}")

    def test_forms(self):
        """The made-up lines look like real ones."""
        for log in self.logs[-4:]:
            for line in log.read_text().splitlines():
                self.assertTrue(LINE.fullmatch(line), line)

    def test_requests(self):
        """Nothing is lost on the way, and a signature has all of a raw_sig but TTL and MSS."""
        (row,) = self.rows("""SELECT count() AS requests, countIf(request = 1) AS connections,
            countIf(syn_status = 'saved') AS saved, sum(rtt) AS rtt, sum(rtt_gap) AS gap,
            countIf(os_mismatch = 1) AS mismatches, countIf(os_mismatch IS NULL) AS unjudged FROM requests""")
        self.assertEqual({name: int(value) for name, value in row.items()}, self.witness.counts)
        for table, where in ("signature_days", "saved"), ("asn_days", "requests"), ("family_days", "requests"):
            (counted,) = self.rows(f"SELECT sum(requests) AS requests FROM {table}")
            self.assertEqual(counted["requests"], row[where], table)
        (counted,) = self.rows("SELECT sum(connections) AS connections FROM syn_hours")
        self.assertEqual(counted["connections"], row["connections"])

        found = self.rows("SELECT DISTINCT signature, ttl, mss FROM requests WHERE signature != ''")
        self.assertEqual({(row["signature"], row["ttl"], row["mss"]) for row in found},
                         self.witness.arrived)

    def test_networks(self):
        """An address has the number of its network, of IPv4 and of IPv6."""
        found = self.rows("""SELECT DISTINCT asn, replaceOne(toString(client), '::ffff:', '') AS address
            FROM requests WHERE cityHash64(client) % 50 = 0""")
        for row in found:
            parts = row["address"].split(":" if ":" in row["address"] else ".")
            if parts[0] == "2001":
                self.assertEqual(row["asn"], 64512 + int(parts[2], 16), row)
            elif parts[0] == "10":
                self.assertEqual(row["asn"], 64512 + int(parts[1]), row)
        self.assertTrue(any(":" in row["address"] for row in found))

    def test_again(self):
        """The schema may be run again."""
        for name in "schema.sql", "rollups.sql":
            self.fleet.run((ask.HERE / name).read_text())
