"""The rows are sound, the sides apart, and labels and shapes are made as README.md says."""

import unittest

from t.data.labelled import collect, systems

AGENTS = [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/109.0", "Windows"),
    ("Mozilla/5.0 (Linux; Android 9; Nokia 2.2) Chrome/80.0", "Android"),
    ("Mozilla/5.0 (X11; Linux x86_64) Chrome/102.0", "Linux"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 10_2 like Mac OS X)", "Apple"),
    ("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia)", "Windows"),
    ("Mozilla/4.0 (compatible; MSIE 6.0; Windows CE; IEMobile)", ""),
    ("curl/7.19.7 (x86_64-redhat-linux-gnu)", "Linux"),
    ("curl/8.0", ""),
    ("Mozilla/5.0 (Windows NT 6.1) Nmap Scripting Engine", ""),
    ("Mozilla/5.0 (Linux; Android 6.0.1) (compatible; Googlebot/2.1)", ""),
    ("fetch libfetch/2.0", "BSD"),
]

WINDOWS, LINUX = ("agent", "Windows", "w"), ("agent", "Linux", "l")
ANDROID, SERVICE = ("agent", "Android", "a"), ("service", "Apple", "s")
PROXY = ("forwarded", "Windows", "p")

#: What the connection says, what its client says, the device: the label.
LABELS = [
    ([WINDOWS], [WINDOWS], None, ("Windows", "flow", "w")),
    ([WINDOWS], [WINDOWS, LINUX], None, ("Windows", "flow,mixed", "w")),
    ([LINUX], [LINUX, ANDROID], None, ("Android", "flow", "l")),
    ([WINDOWS, LINUX], [WINDOWS, LINUX], None, None),
    ([], [WINDOWS], None, ("Windows", "host", "w")),
    ([], [WINDOWS, LINUX], None, None),
    ([], [WINDOWS, SERVICE], None, ("Windows", "host", "w")),
    ([], [SERVICE], None, ("Apple", "service", "s")),
    ([PROXY], [], None, ("Windows", "forwarded", "p")),
    ([WINDOWS], [], ("Linux", "a camera"), ("Linux", "device", "a camera")),
    ([], [], None, None),
]

#: A SYN, and what is left of it: one of each version.
SHAPES = [
    ("4500003c1234400033061111c0000201c0000202" "9c4001bb5d9dc9f900000000a002faf0abcd0000"
     "020405b40402080a0ed904760000000001030307",
     "4500003c12344000330600000000000000000000" "000000000000000100000000a002faf000000000"
     "020405b40402080a000000010000000001030307"),
    ("6001234500200633" + "20010db8" * 8 + "9c4001bb0000000000000000800220001234ffff"
     "020405a00103030801010402",
     "6000000100200633" + "00000000" * 8 + "00000000000000000000000080022000" "0000ffff"
     "020405a00103030801010402"),
]


def rows(side):
    for file in sorted((collect.HERE / side).glob("*.tsv")):
        for line in file.read_text().splitlines():
            yield file.stem.replace("+", "/"), *line.split("\t")


class Labelled(unittest.TestCase):
    def test_agents(self):
        for text, family in AGENTS:
            self.assertEqual(systems.agent(text), family, text)

    def test_labels(self):
        for own, host, device, said in LABELS:
            self.assertEqual(collect.label(own, host, device), said, (own, host))

    def test_shapes(self):
        for syn, shape in SHAPES:
            length = len(bytes.fromhex(syn)) - (20 if syn[0] == "4" else 40)
            self.assertEqual(collect.plain({"syn": syn, "tcp_hlen": length}).hex(), shape)

    def test_rows(self):
        sides = {repository: side for side, repository, *_ in collect.table("sources.tsv")}
        met = set()
        for side in ("fit", "judge"):
            for repository, family, capture, client, evidence, system, syn, count in rows(side):
                with self.subTest(repository=repository, capture=capture):
                    self.assertIn(sides[repository], (side, "both"))
                    self.assertEqual(collect.judges(sides[repository], capture), side == "judge")
                    self.assertIn(family, ("Windows", "Linux", "Android", "Apple", "BSD", "Solaris", "Other"))
                    self.assertIn(evidence, collect.EVIDENCE)
                    self.assertTrue(system and int(client) and int(count))
                    raw = bytes.fromhex(syn)
                    four = raw[0] >> 4 == 4
                    self.assertFalse(any(raw[12:20] if four else raw[8:40]), "an address")
                    row = repository, capture, client, family, collect.without_id(raw)
                    self.assertNotIn(row, met)
                    met.add(row)
        self.assertGreater(len(met), 300)

    def test_families_tsv_only_judges(self):
        """What ../families.tsv has captures of is not in fit/."""
        lines = (collect.HERE.parent / "families.tsv").read_text().splitlines()
        judged = {line.split("\t")[1].split("/")[0].removeprefix("capture ")
                  for line in lines if "\tcapture " in line}
        names = {repository.split("/")[1] for repository, *_ in rows("fit")}
        self.assertTrue(judged)
        self.assertFalse(judged & names)


if __name__ == "__main__":
    unittest.main()
