"""The SYNs of the comparison sent to a real nginx: `$tcpfp_json` says what the command says."""

import json
import subprocess
import tempfile
import unittest
from random import Random

from t.harness.case import LiveCase
from t.harness.raw import Raw, Tun

from . import aim, database, mutate, p0f, tcpfp

HTTP, STREAM = 8080, 9090
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

SEED = 1
SENT = 300
#: Of those sent; the kernel drops a few, such as those with malformed IP options.
ACCEPTED = 0.95
LABELLED = 0.5

#: What the signature and the database say.
KEYS = "p0f quirks olayout os os_name os_flavor os_class match params dist mtu link".split()


class ImpatientRaw(Raw):
    """The kernel answers a SYN at once or never."""

    SECONDS = 1


class Connections(LiveCase):
    PROGRAMS = "p0f",

    def setUp(self):
        self.tun = Tun()
        self.addCleanup(self.tun.close)
        self.nginx(
            self.servers(HTTP, "location / { return 200 $tcpfp_json; }"),
            self.servers(STREAM, "return $tcpfp_json;"),
        )

    @staticmethod
    def servers(port, answer):
        listen = f"listen 10.99.0.1:{port}; listen [fd99::1]:{port};"
        return f"tcpfp_database {p0f.DATABASE}; server {{ {listen} {answer} }}"

    def test_http(self):
        def ask(raw):
            raw.send(REQUEST)
            head, _, body = raw.read_to_end().partition(b"\r\n\r\n")
            self.assertTrue(head.startswith(b"HTTP/1.1 200 "), head)
            return body

        self.check(HTTP, ask)

    def test_stream(self):
        self.check(STREAM, Raw.read_to_end)

    def check(self, port, ask):
        answers = {}
        for shape in shapes(SENT):
            raw = ImpatientRaw(self.tun, shape.to_send(), port)
            try:
                raw.connect()
            except TimeoutError:
                continue
            syn = raw.syn_packet()
            answers[syn[:len(syn) - len(shape.payload)].hex()] = json.loads(ask(raw))
        self.assertGreater(len(answers), SENT * ACCEPTED)
        self.assertGreater(sum("os" in found for found in answers.values()), SENT * LABELLED)
        for (syn, found), expected in zip(answers.items(), classify(answers), strict=True):
            with self.subTest(syn):
                self.assertEqual(found["syn"], syn)
                self.assertEqual(pick(found), pick(expected))


def shapes(count):
    """So many SYNs aimed at the signatures, some changed."""
    random = Random(SEED)
    aims = database.read(p0f.DATABASE)
    for number in range(count):
        signature = aims.signatures[number % len(aims.signatures)]
        shape = aim.at(signature, aims.mtus, random)
        for change in random.choices(mutate.CHANGES, k=random.choice([0, 0, 1, 2])):
            change(shape, random)
        yield shape


def classify(syns):
    """What the command says of SYNs in hex, by this project's rules as nginx has them."""
    with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
        file.write("\n".join(syns))
        file.flush()
        command = [tcpfp.COMMAND, "classify", "--database", p0f.DATABASE, file.name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def pick(found):
    return {key: found[key] for key in KEYS if key in found}


if __name__ == "__main__":
    unittest.main()
