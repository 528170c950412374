"""What the command prints: a table on a terminal, JSON and CSV elsewhere, each as soon as there is
something to print."""

import csv
import io
import json
import os
import pty
import subprocess
import tempfile
import threading
import tomllib
import unittest
from pathlib import Path

from t.command import captures, tools
from t.command.captures import LITTLE, Pcap
from t.command.packets import ADDRESSES, SYNS, V4, on_wire, packets

ROOT = Path(__file__).resolve().parents[2]
#: A database with what CSV has to quote.
DATABASE = """classes = unix
[mtu]
label = a "link", of sorts
sig = 1500
[tcp:request]
label = s:unix:Li,nux:"quoted"
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws::0
"""
SECONDS = 20


class Output(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tcpfp-output-")
        cls.addClassCleanup(folder.cleanup)
        cls.file = Path(folder.name, "file")
        cls.file.write_bytes(Pcap().file(101, packets()))
        cls.database = Path(folder.name, "a.fp")
        cls.database.write_text(DATABASE)

    def on_terminal(self, *options):
        """What a person sees."""
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen(
                [tools.COMMAND, "classify", *options, self.file], stdout=theirs, stderr=theirs)
            os.close(theirs)
            seen = b""
            try:
                while piece := os.read(ours, 1 << 16):
                    seen += piece
            except OSError:
                # The other end is closed.
                pass
            self.assertEqual(process.wait(SECONDS), 0)
        finally:
            os.close(ours)
        return seen.decode().replace("\r\n", "\n").splitlines()

    def test_table(self):
        lines = self.on_terminal()
        # The addresses of IPv6 fit into the first table here.
        header, *rows = [line for line in lines if not line.startswith("tcpfp: ")]
        self.assertEqual(header.split(), "address os family hops link params".split())
        self.assertEqual(len(rows), len(SYNS) + (1 if rows[1].startswith("address") else 0))
        for line in lines:
            self.assertLessEqual(len(line), 100)
        columns = header
        found = iter(tools.answers(self.file))
        for row in rows:
            if row.startswith("address"):
                columns = row
                continue
            said = next(found)
            starts = [columns.index(name) for name in ("os", "family", "hops", "link", "params")]
            cells = [row[start:end].strip() for start, end in zip([0, *starts], [*starts, None])]
            self.assertEqual(cells[0], said["src_addr"])
            self.assertTrue(said.get("os", "-").startswith(cells[1].rstrip("…")), cells)
            self.assertEqual(cells[2], f"{said['family']} {said['confidence']}%")
            self.assertEqual(cells[3], str(said["dist"]))
            self.assertTrue(said.get("link", "-").startswith(cells[4].rstrip("…")), cells)
            self.assertEqual(cells[5] or "none", said["params"])

    def test_forms_by_option(self):
        for form in "--json", "--csv":
            piped = tools.run(self.file, form, text=True).stdout.splitlines()
            self.assertEqual(self.on_terminal(form), piped)
        self.assertEqual(tools.run(self.file).stdout, tools.run(self.file, "--json").stdout)
        self.assertEqual(tools.run(self.file, "--json", "--csv").returncode, 2)

    def test_csv(self):
        options = ["--database", self.database, "--hosts", "--user-agent", "X11; Linux"]
        lines = tools.run(self.file, *options, "--csv", text=True).stdout
        records = list(csv.DictReader(io.StringIO(lines), strict=True))
        objects = tools.answers(self.file, *options)
        self.assertEqual(len(records), len(objects))
        self.assertTrue(any(record["os"] == 'Li,nux "quoted"' for record in records))
        for record, found in zip(records, objects):
            hosts = found.pop("host")
            wanted = found | {f"host_{key}": value for key, value in hosts.items()}
            likely = record.pop("mismatch_probability")
            self.assertEqual(likely, f"{wanted.pop('mismatch_probability'):.4f}")
            for key, value in record.items():
                self.assertEqual(value, str(wanted.get(key, "")), key)
            found.pop("mismatch_probability")
            self.assertEqual(found.keys() - record.keys(), set())

    def test_fields(self):
        names = "ttl,os,family,ip_fp7,host_conn_count,ua_family,ip_options"
        options = ["--hosts", "--user-agent", "X11; Linux"]
        whole = tools.answers(self.file, *options)
        for form in [], ["--csv"], ["--json"]:
            with self.subTest(form=form):
                lines = tools.run(self.file, *options, "--fields", names, *form, text=True).stdout
                if "--csv" in form:
                    self.assertEqual(lines.splitlines()[0], f"{names},error,line")
                    found = list(csv.DictReader(io.StringIO(lines), strict=True))
                else:
                    found = [json.loads(line) for line in lines.splitlines()]
                    self.assertEqual(lines, "\n".join(self.on_terminal(
                        *options, "--fields", names, *form)) + "\n")
                self.assertEqual(len(found), len(whole))
                for some, all_of_it in zip(found, whole):
                    wanted = all_of_it | {"host_conn_count": all_of_it["host"]["conn_count"]}
                    order = [name for name in names.split(",") if name in some]
                    self.assertEqual([key for key in some if key not in ("error", "line")], order)
                    self.assertTrue(some.pop("ip_fp7").startswith(all_of_it["ip_fp"][:2]))
                    for name in set(order) - {"ip_fp7"}:
                        self.assertEqual(str(some[name]), str(wanted.get(name, "")), name)

    def test_fields_that_are_wrong(self):
        for names, said in [
            ("ttl,famly", "a similar value exists: 'family'"),
            ("rtt", "invalid value 'rtt'"),
            ("tcp_info", "invalid value 'tcp_info'"),
            ("host_nat", "host_nat needs --hosts"),
            ("ttl,os,ttl", "--fields names ttl twice"),
            ("ttl,", "a value is required"),
        ]:
            with self.subTest(names):
                done = tools.run(self.file, "--fields", names, text=True)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)

    def test_live(self):
        """What has come is told while the pipe stays open."""
        frame = on_wire(V4)
        streams = {
            "pcap": (Pcap().file(101, []), Pcap().record(1, frame)),
            "pcapng": (captures.pcapng(LITTLE, 101, []), captures.enhanced(LITTLE, 0, frame)),
            "hex": (b"", frame.hex().encode() + b"\n"),
        }
        for name, (start, packet) in streams.items():
            with self.subTest(name):
                process = subprocess.Popen(
                    [tools.COMMAND, "classify"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                timer = threading.Timer(SECONDS, process.kill)
                timer.start()
                with process:
                    process.stdin.write(start)
                    for _ in range(3):
                        process.stdin.write(packet)
                        process.stdin.flush()
                        line = process.stdout.readline()
                        self.assertTrue(line, "nothing came")
                        self.assertEqual(json.loads(line)["src_addr"], ADDRESSES[4][0])
                    process.stdin.close()
                    self.assertEqual(process.wait(), 0)
                timer.cancel()

    def test_tcpdump(self):
        """The documented way: what tcpdump writes on its standard output."""
        written = subprocess.run(
            ["tcpdump", "-U", "-w", "-", "-r", self.file], capture_output=True, timeout=SECONDS)
        read = subprocess.run(
            [tools.COMMAND, "classify"], input=written.stdout, capture_output=True,
            timeout=SECONDS)
        self.assertEqual(read.stdout, tools.run(self.file).stdout)

    def test_version(self):
        version = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
        done = subprocess.run([tools.COMMAND, "--version"], capture_output=True, text=True)
        self.assertEqual(done.stdout, f"tcpfp {version}\n")

    def check(self, *files):
        done = subprocess.run(
            [tools.COMMAND, "check", *files], capture_output=True, text=True, timeout=SECONDS)
        return done.returncode, done.stdout.splitlines()

    def test_check(self):
        self.assertEqual(
            self.check(self.database), (0, [f"{self.database}: 2 signatures, no problems"]))
        status, lines = self.check("builtin", self.database, self.database)
        self.assertEqual(status, 0)
        self.assertRegex(lines[-3], r"^builtin: \d+ signatures, no problems$")
        self.assertRegex(lines[-1], r": 2 signatures, [24] warnings$")

    def test_check_without_classes(self):
        """One line says what is missing, and what else is wrong is still found."""
        file = Path(self.database.parent, "b.fp")
        text = DATABASE.replace("classes = unix\n", "")
        file.write_text(text + text.replace("s:unix:", "s:other:") + "sig = nonsense\n")
        status, lines = self.check(file)
        self.assertEqual(status, 1)
        self.assertEqual(len(lines), 2, lines)
        self.assertIn('"classes = ', lines[0])
        self.assertEqual(lines[0].split(":")[1], "5")


if __name__ == "__main__":
    unittest.main()
