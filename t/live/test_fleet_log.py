"""nginx-conf/fleet_log.conf: the lines are of the form that fleet/ reads, whoever asks for what, and
ClickHouse's engine reads them."""

import json
import socket
import tempfile
from pathlib import Path

from t.fleet import stacks
from t.fleet.forms import FORMS, LINE
from t.harness import tls
from t.harness.case import LiveCase, skip
from t.harness.client import connect, read_to_end
from t.harness.example import Example
from t.harness.namespace import sysctl
from t.harness.nginx import wait_for
from t.harness.packet import V4, V6, mss, timestamps
from t.harness.raw import Raw, Tun

PORT, TLS = 8090, 8443
#: Bytes of the longest line.
BOUND = 1000
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
APPLE = V4.with_ip(ttl=55, ident=0).with_tcp(
    window=65535, options=mss(1460) + b"\x01\x03\x03\x06\x01\x01" + timestamps(77) + b"\x04\x02\0\0")
#: The most options that there is room for, and quirks of all kinds.
ODD = V4.with_ip(ttl=200, options=b"\x94\x04\0\0", flags=4).with_tcp(
    seq=0, ack=7, flags=0x1C2 | 0x28, window=1, urgent=9,
    options=b"\x02\x04\0\x01" + b"\xfe\x02" * 13 + timestamps(0, 5))


def request(method="GET", path="/", agent=WINDOWS, connection="close"):
    return (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\n"
            f"Content-Length: 0\r\nConnection: {connection}\r\n\r\n").encode("utf-8")


class FleetLog(LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tun = Tun()
        cls.addClassCleanup(cls.tun.close)

    def setUp(self):
        self.server = self.started(Example("fleet_log.conf", replaced={
            "listen 8090;": f"listen {PORT}; listen [::]:{PORT}; listen {TLS} ssl; {tls.directives()}",
            " buffer=64k flush=5s": "",
            "root html;": "return 401;",
        }))
        self.asked = 0

    def ask(self, text, address="127.0.0.1", port=PORT):
        sock = connect(address, port)
        if port == TLS:
            sock = tls.context().wrap_socket(sock)
        with sock:
            sock.sendall(text)
            read_to_end(sock)

    def lines(self):
        """The log, once it has a line for everything that was asked."""
        log = self.server.prefix / "logs/fleet.log"
        wait_for(lambda: log.read_bytes().count(b"\n") >= self.asked, "the log")
        return log.read_text().splitlines()

    def visit(self):
        """Clients of all kinds; each row of `asked` is a request."""
        for syn in V4, V6, APPLE, ODD:
            Raw(self.tun, syn, PORT).connect().send(request())
            self.asked += 1
        for address in "127.0.0.1", "::1":
            self.ask(request(connection="keep-alive") + request("POST", "/login"), address)
            self.asked += 2
        self.ask(request(), port=TLS)
        # What clients choose is not in the log, or only as far as it is short.
        self.ask(request("X" * 300, "/" + "ü\"\\" * 1000, "\x01\"\\é" * 1000))
        self.ask(b"\x16\x03\x01nonsense\r\n\r\n")
        self.asked += 3
        before = sysctl("net.ipv4.tcp_syncookies", 2)
        self.ask(request())
        self.asked += 1
        sysctl("net.ipv4.tcp_syncookies", before)

    def test_lines(self):
        self.visit()
        lines = self.lines()
        self.assertEqual(len(lines), self.asked)
        for line in lines:
            self.assertTrue(LINE.fullmatch(line), line)
            self.assertLess(len(line), BOUND)
        print(f"the lines have {sum(map(len, lines)) // len(lines)} bytes, {max(map(len, lines))} at most")
        rows = [json.loads(line) for line in lines]
        self.assertEqual([list(row) for row in rows], [list(FORMS)] * len(rows))
        self.assertEqual({row["server"] for row in rows}, {socket.gethostname().lower()})
        self.assertEqual({row["client"] for row in rows},
                         {"127.0.0.1", "::1", *Tun.CLIENT.values()})
        self.assertEqual([row["request"] for row in rows if row["login"]], ["2", "2"])
        self.assertEqual({row["login"] for row in rows}, {"", "failed"})
        self.assertEqual([row["syn_status"] for row in rows].count("missing"), 1)
        apple = next(row for row in rows if row["p0f"].startswith("4:55+9:0:1460:65535,6"))
        self.assertEqual((apple["family"], apple["ua_family"], apple["os_mismatch"]), ("Apple", "Windows", "1"))
        self.assertEqual(len([row for row in rows if row["tls_rtt"]]), 1)

    def test_engine(self):
        """Every value is in the table as it is in the log."""
        try:
            from fleet import ask
        except ModuleNotFoundError:
            skip("no chdb-core, ClickHouse's engine for Python")
        self.visit()
        written = [json.loads(line) for line in self.lines()]
        with tempfile.TemporaryDirectory() as folder:
            fleet = ask.Fleet(Path(folder))
            self.addCleanup(fleet.close)
            fleet.load(self.server.prefix / "logs/fleet.log")
            rows = [json.loads(row) for row in fleet.run("""
                SELECT *, toUnixTimestamp64Milli(time) AS milliseconds FROM requests ORDER BY time, server
            """, "JSONEachRow").splitlines()]
        self.assertEqual(len(rows), len(written))
        written.sort(key=lambda line: line["time"])
        for key in ("status", "request", "login", "syn_status", "window", "os", "os_class", "link", "family",
                    "confidence", "ua_family", "os_mismatch", "os_mismatch_p", "rtt", "rtt_quality", "tls_rtt",
                    "rtt_gap", "hello_delay"):
            self.assertEqual(sorted(str("" if row[key] is None else row[key]) for row in rows),
                             sorted(line[key] for line in written), key)
        self.assertEqual([int(row["milliseconds"]) for row in rows],
                         [int(line["time"].replace(".", "")) for line in written])
        self.assertEqual(sorted(row["client"].removeprefix("::ffff:") for row in rows),
                         sorted(line["client"] for line in written))
        self.assertEqual(sorted(row["signature"] for row in rows),
                         sorted(line["p0f"] and stacks.signature(line["p0f"]) for line in written))
