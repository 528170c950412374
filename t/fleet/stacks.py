"""The stacks of made-up traffic: SYNs that real clients sent, over paths of all kinds, and what the
command says of them."""

import json
import random
import subprocess
from dataclasses import dataclass

from t.command.tools import COMMAND, ROOT

LABELLED = ROOT / "t/data/labelled"
NEW = ROOT / "t/data/captures/stacks.tsv"
#: Shares of the clients, in percent.
FAMILIES = {"Windows": 40, "Android": 27, "Apple": 23, "Linux": 9, "Other": 1}
#: What a request may claim, and how.
CLAIMS = {
    "": "curl/8.5.0",
    "Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
               " Chrome/126.0.0.0 Safari/537.36",
    "Android": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
               " Chrome/126.0.0.0 Mobile Safari/537.36",
    "Apple": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
             " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
}
#: Hops, and how much smaller the MSS is than the client's.
PATHS = [(5, 0), (8, 0), (11, 8), (12, 0), (14, 60), (17, 8), (21, 0), (9, 40)]
#: Of what the command says, what a line has.
KEYS = "p0f window os os_class link family confidence ua_family os_mismatch os_mismatch_p".split()
#: Stacks that only one client or two have.
ODD = 1000


@dataclass
class Stack:
    """A stack: its family by label, the SYN as the client sends it, its share of the clients."""

    family: str
    syn: bytes
    share: float = 0.0

    @property
    def version(self):
        return self.syn[0] >> 4

    def after(self, hops, smaller):
        """Its SYN as it arrives."""
        syn = bytearray(self.syn)
        at = 8 if self.version == 4 else 7
        syn[at] = initial(syn[at]) - hops
        at = syn.find(b"\x02\x04", 40 if self.version == 4 else 60)
        if at > 0:
            size = int.from_bytes(syn[at + 2:at + 4], "big") - smaller
            syn[at + 2:at + 4] = max(size, 216).to_bytes(2, "big")
        return bytes(syn)

    def signature(self):
        """What the fleet knows it by."""
        return signature(said([(self.syn, "")])[0]["p0f"])


def initial(ttl):
    return next(first for first in (32, 64, 128, 255) if ttl <= first)


def signature(p0f):
    """A raw_sig without what paths change."""
    parts = p0f.split(":")
    parts[1], parts[3] = str(initial(int(parts[1].split("+")[0]))), "*"
    return ":".join(parts)


def said(rows):
    """What the command says of SYNs, each with a User-Agent."""
    text = "".join(f"{syn.hex()}\t{agent}\n" for syn, agent in rows)
    done = subprocess.run([COMMAND, "classify", "--json"], input=text, capture_output=True, text=True,
                          check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def honest():
    """The stacks of people, one a signature; in each family the first is the most common."""
    rows = []
    for file in sorted(LABELLED.glob("fit/*.tsv")) + sorted(LABELLED.glob("judge/*.tsv")):
        rows += [line.split("\t") for line in file.read_text().splitlines() if line[0] != "#"]
    rows = [row for row in rows if row[0] in FAMILIES and row[3] in ("flow", "host", "device")]
    rows.sort(key=lambda row: (-int(row[6]), row[5]))
    syns = [bytes.fromhex(row[5]) for row in rows]
    found, families = set(), {family: [] for family in FAMILIES}
    for row, syn, answer in zip(rows, syns, said([(syn, "") for syn in syns])):
        if "p0f" in answer and signature(answer["p0f"]) not in found:
            found.add(signature(answer["p0f"]))
            families[row[0]].append(syn)
    return [
        Stack(family, syn, FAMILIES[family] / 100 / rank / sum(1 / n for n in range(1, len(syns) + 1)))
        for family, syns in families.items() for rank, syn in enumerate(syns, 1)
    ]


def new():
    """Two that no honest client has."""
    rows = [line.split("\t") for line in NEW.read_text().splitlines()]
    return [Stack("", next(bytes.fromhex(row[2]) for row in rows if row[0] == name))
            for name in ("gVisor", "smoltcp")]


def odd(like):
    """Stacks with windows by chance, as scanners send them."""
    chance = random.Random(17)
    syns = [like.syn[:34] + chance.randrange(1, 65536).to_bytes(2, "big") + like.syn[36:] for _ in range(ODD)]
    return [Stack("", syn) for syn in syns]


def arrivals(stacks, odd):
    """What is known of each stack over each path with each claim: rows of numbers and KEYS as text. From
    number `odd` on a stack has one path and claims nothing."""
    keys = [
        (number, path, claim, stack.after(*change), agent)
        for number, stack in enumerate(stacks)
        for path, change in enumerate(PATHS[:1] if number >= odd else PATHS)
        for claim, agent in CLAIMS.items()
        if number < odd or not claim
    ]
    answers = said([key[3:] for key in keys])
    return [[*key[:3], *(str(answer.get(name, "")) for name in KEYS)] for key, answer in zip(keys, answers)]
