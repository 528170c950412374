"""tcpfp learn, on traffic of stacks of known origin: what it learns is better than what was known,
liars change nothing, and p0f reads the same file.

    cargo build && python3 -m unittest t.command.test_learn
"""

import ipaddress
import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from t.command import captures, site, tools

P0F = shutil.which("p0f") or shutil.which("p0f", path="/usr/sbin")


def learn(folder, name, lines, *options):
    """The finished command, and its database."""
    log, database = folder / f"{name}.log", folder / f"{name}.fp"
    log.write_text("".join(f"{line}\n" for line in lines))
    done = subprocess.run(
        [tools.COMMAND, "learn", "--output", database, *options, log],
        capture_output=True, text=True, timeout=300,
    )
    return done, database


def verdicts(clients, *databases):
    """What the command says of clients by databases: family and confidence."""
    arguments = [argument for file in databases for argument in ("--database", file)]
    done = subprocess.run(
        [tools.COMMAND, "classify", *arguments], capture_output=True, text=True, timeout=300,
        input="".join(f"{syn.hex()}\n" for _, _, syn in clients),
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [(one.get("family"), one.get("confidence", 0)) for one in found]


def right(clients, *databases):
    """How many of a hundred."""
    found = verdicts(clients, *databases)
    truth = [family for family, _, _ in clients]
    assert len(found) == len(truth)
    return 100 * sum(family == true for (family, _), true in zip(found, truth)) / len(truth)


def signatures(database):
    """Each signature's label, and its addresses."""
    found = re.findall(
        r"^label = (.*)\nsig   = (.*)\n;tcpfp: addresses = (.*)$", database.read_text(), re.M)
    return {signature: (label, addresses) for label, signature, addresses in found}


def count(addresses):
    return {family: int(number) for family, number in
            (part.split(":") for part in addresses.split(","))}


class Learning(unittest.TestCase):
    """A site that meets every stack of t/data/labelled, each at 40 addresses; and other addresses
    with the same stacks, of which it has never heard."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        stacks = site.stacks()
        cls.clients = site.clients(stacks, 40, seed=1)
        cls.others = site.clients(stacks, 10, seed=2)
        cls.learnt = {}
        for forged in (0, 5, 20):
            lines = site.log(cls.clients, forged / 100, seed=3)
            report = cls.folder / f"{forged}.report"
            cls.learnt[forged] = learn(cls.folder, str(forged), lines, "--report", report)

    def database(self, forged):
        done, database = self.learnt[forged]
        self.assertEqual(done.returncode, 0, done.stderr)
        return database

    def test_what_is_learnt_is_better_than_what_was_known(self):
        known = right(self.others, "builtin")
        honest, some, many = (
            right(self.others, self.database(forged), "builtin") for forged in (0, 5, 20))
        told = f"builtin {known:.2f}, 0% forged {honest:.2f}, 5% {some:.2f}, 20% {many:.2f}"
        print(told)
        self.assertGreater(honest, known + 5, told)
        self.assertLessEqual(abs(honest - some), 0.5, told)
        self.assertGreater(many, known + 5, told)

    def test_confidence_is_as_good(self):
        for forged in (0, 5):
            found = verdicts(self.others, self.database(forged), "builtin")
            sure = [family == true for (family, confidence), (true, _, _)
                    in zip(found, self.others) if confidence >= 90]
            self.assertGreater(sum(sure) / len(sure), 0.95, forged)
            self.assertGreater(len(sure) / len(found), 0.75, forged)

    def test_forged_claims_are_counted_as_such(self):
        for forged, least, most in ((0, 0, 4), (5, 4, 9), (20, 18, 25)):
            self.database(forged)
            report = (self.folder / f"{forged}.report").read_text()
            made_up = float(re.search(r"made up: ([\d.]+)% of all", report)[1])
            self.assertTrue(least <= made_up <= most, report[:200])

    def test_the_command_and_p0f_read_it(self):
        database = self.database(5)
        done = subprocess.run([tools.COMMAND, "check", database], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"\d+ signatures, no problems\n$")
        if not P0F:
            self.skipTest("no p0f")
        capture = self.folder / "some.pcap"
        chosen = [syn for _, _, syn in self.others if syn[0] >> 4 == 4][:50]
        capture.write_bytes(captures.Pcap().file(101, chosen))
        done = subprocess.run([P0F, "-f", database, "-r", capture], capture_output=True, text=True)
        self.assertIn(f"Loaded {len(signatures(database))} signatures", done.stdout, done.stderr)
        self.assertGreater(done.stdout.count(" learnt here\n"), 10)

    def test_what_is_new_and_what_contradicts_is_reported(self):
        self.database(5)
        report = (self.folder / "5.report").read_text()
        for title in ("New", "Contradicts the model, not learnt", "Known before, counted"):
            self.assertRegex(report, rf"(?m)^{title}: [1-9]")
        addresses = {str(address) for _, address, _ in self.clients}
        words = set(re.findall(r"[\da-f.:]+", report + self.database(5).read_text()))
        self.assertFalse(addresses & words)

    def test_what_was_kept_out_is_told(self):
        done, _ = self.learnt[5]
        for part in ("other addresses", "later"):
            match = re.search(
                rf"{part}: (\d+)\n  before +([\d.]+)% +([\d.]+)%.*\n  after +([\d.]+)% +([\d.]+)%",
                done.stderr)
            addresses, labelled, known, now_labelled, now = map(float, match.groups())
            self.assertGreater(addresses, 3000)
            self.assertGreater(now_labelled, labelled + 20)
            self.assertGreater(now, known + 5)

    def test_memory_does_not_matter(self):
        """A megabyte holds a fraction of the log: the rest is spilled, and nothing else is learnt."""
        lines = site.log(self.clients, 0.05, seed=3)
        done, database = learn(self.folder, "spilled", lines, "--memory", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(len(lines) * 56, 4 << 20)
        self.assertEqual(database.read_text(), self.database(5).read_text())


class Liars(unittest.TestCase):
    """What a few who send much can do."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.stacks = [(family, syn) for family, syn in site.stacks()
                      if family in ("Linux", "Windows", "Apple")][:60]
        cls.clients = site.clients(cls.stacks, 100, seed=5)
        cls.lines = [cls.json(line, second) for second, line in
                     enumerate(site.log(cls.clients, 0.05, seed=6))]
        cls.done, cls.database = learn(cls.folder, "honest", cls.lines)

    @staticmethod
    def json(line, second):
        syn, agent = line.split("\t")
        tcp = {"syn": syn, "accept_time": 1764000000 + second, "rtt_gap": 100}
        return json.dumps({"agent": agent, "tcp": tcp})

    def flood(self, name, liars, each, agent):
        """As many lines again as there are, and more, from a few addresses: every stack, over
        every link."""
        lines = list(self.lines)
        for number, liar in enumerate(liars):
            for time in range(each):
                _, syn = self.stacks[time % len(self.stacks)]
                if syn[0] >> 4 != 4:
                    continue
                packet = bytearray(syn)
                packet[12:16] = liar.packed
                at = (packet[0] & 15) * 4 + 22
                packet[at:at + 2] = (1000 + time % 461).to_bytes(2, "big")
                lines.insert(number * each % len(self.lines),
                             self.json(f"{packet.hex()}\t{agent}", time % len(self.lines)))
        return learn(self.folder, name, lines)

    def test_a_forged_majority_of_one_address_changes_nothing(self):
        agent = site.AGENTS["Android"][0]
        liar = ipaddress.IPv4Address("198.51.100.77")
        done, database = self.flood("flood", [liar], 2 * len(self.lines), agent)
        self.assertEqual(done.returncode, 0, done.stderr)
        read = int(re.match(r"(\d+) lines read", done.stderr)[1])
        self.assertGreater(read, 2.5 * len(self.lines))
        before, after = signatures(self.database), signatures(database)
        self.assertEqual({signature: label for signature, (label, _) in before.items()},
                         {signature: label for signature, (label, _) in after.items()})
        for signature, (_, addresses) in before.items():
            one, other = count(addresses), count(after[signature][1])
            for family in one.keys() | other.keys():
                self.assertLessEqual(abs(one.get(family, 0) - other.get(family, 0)), 1, signature)
        others = site.clients(self.stacks, 20, seed=7)
        self.assertEqual([family for family, _ in verdicts(others, self.database, "builtin")],
                         [family for family, _ in verdicts(others, database, "builtin")])

    def test_nineteen_addresses_prove_nothing(self):
        """A stack that nobody has seen, and less than the least number of addresses."""
        syn = bytes.fromhex("4500003012344000400600000000000000000000b50e01bb208549870000000070021234"
                            "00000000040202040514030300")
        syn = syn[:3] + bytes([len(syn)]) + syn[4:]
        for many, learnt in ((20, False), (60, True)):
            lines = list(self.lines)
            for number in range(many):
                packet = bytearray(syn)
                packet[12:16] = bytes([203, 0, 113, number])
                line = f"{packet.hex()}\t{site.AGENTS['BSD'][0]}"
                lines += [self.json(line, 0)] * 50
            done, database = learn(self.folder, f"new{many}", lines)
            self.assertEqual(done.returncode, 0, done.stderr)
            found = [label for signature, (label, _) in signatures(database).items()
                     if ":4660," in signature]
            # A fifth of the addresses is kept out.
            self.assertEqual(found, ["s:unix:BSD:learnt here"] * learnt, many)

    def test_one_ipv6_site_is_one_address(self):
        _, syn = next((family, syn) for family, syn in site.stacks() if syn[0] >> 4 == 6)
        lines = []
        for number in range(3000):
            packet = bytearray(syn)
            packet[8:24] = ipaddress.IPv6Address((0x20010DB8_0001 << 80) + number * 7).packed
            lines.append(f"{packet.hex()}\t{site.AGENTS['Linux'][0]}")
        done, database = learn(self.folder, "v6", lines)
        self.assertEqual((done.returncode, signatures(database)), (0, {}))

    def test_proxies_and_nonsense_are_left_out(self):
        lines = [line.replace('"rtt_gap": 100', '"rtt_gap": 90000') for line in self.lines[:100]]
        lines += [line.replace('"tcp": {', '"tcp": {"proxy": "proxied", ')
                  for line in self.lines[100:150]]
        lines += ["nonsense"]
        done, database = learn(self.folder, "proxied", lines)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"151 lines read\.\n +150 come by a proxy.*\n +1 cannot be read")
        self.assertEqual(signatures(database), {})
        done, _ = learn(self.folder, "nothing", ["nonsense"])
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
