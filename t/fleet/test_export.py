"""fleet/export.sql writes Parquet whose addresses are those of Crypto-PAn."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from t.fleet.forms import FORMS
from t.harness.case import skip
from t.harness.nginx import ROOT

try:
    from fleet import ask
except ModuleNotFoundError:
    ask = None

#: The key and the first three addresses are those of Crypto-PAn's own sample; what becomes of those of
#: IPv6 is what yacryptopan 1.0.2 says.
KEY = "1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202"
ADDRESSES = {
    "128.11.68.132": "135.242.180.132",
    "129.118.74.4": "134.136.186.123",
    "130.132.252.244": "133.68.164.234",
    "2001:db8::1": "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e",
    "2001:db8::2": "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c",
    "::1": "78ff:f001:9fc0:20df:8380:b1f1:704:ed",
}
LINE = dict.fromkeys(FORMS, "") | {
    "time": "1767225611.392", "server": "web40", "request": "1", "status": "200", "syn_status": "saved",
    "p0f": "4:57+7:0:1452:mss*44,7:mss,sok,ts,nop,ws:df,id+:0", "window": "64240", "os": "Linux 4.20 and newer",
    "family": "Linux", "confidence": "88", "ua_family": "Android", "rtt": "18892", "rtt_quality": "ok",
}
ROW = {
    "hour": "2026-01-01 00:00:00.000", "server": "web40", "ip_version": 4, "ttl": 57, "ip_options": 0, "mss": 1452,
    "window": 64240, "scale": 7, "layout": "mss,sok,ts,nop,ws", "quirks": "df,id+", "payload": "0",
    "signature": "4:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0", "label": "Linux 4.20 and newer", "class": "",
    "link": "", "family": "Linux", "confidence": 88, "claim": "Android", "os_mismatch": None, "rtt": 18892,
    "rtt_quality": "ok", "tls_rtt": None, "rtt_gap": None, "hello_delay": None,
}


class Export(unittest.TestCase):
    def setUp(self):
        if not ask:
            skip("no chdb-core, ClickHouse's engine for Python")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        lines = [LINE | {"client": address} for address in ADDRESSES]
        # Neither a later request nor a connection without a SYN is a row.
        lines += [lines[0] | {"request": "2"}, lines[0] | {"syn_status": "missing", "p0f": ""}]
        (self.folder / "log").write_text("".join(json.dumps(line) + "\n" for line in lines))

    def command(self, key, *more):
        (self.folder / "key").write_text(key + "\n")
        return subprocess.run(
            [sys.executable, ROOT / "fleet/ask.py", "--export", self.folder / "rows.parquet",
             "--key", self.folder / "key", self.folder / "log", *more], capture_output=True, text=True)

    def test_rows(self):
        done = self.command(KEY)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        fleet = ask.Fleet(self.folder / "tables")
        self.addCleanup(fleet.close)
        found = [json.loads(row) for row in fleet.run(
            "SELECT * FROM file({file:String}, Parquet)", "JSONEachRow",
            file=str(self.folder / "rows.parquet")).splitlines()]
        self.assertEqual(sorted(row.pop("address") for row in found), sorted(ADDRESSES.values()))
        self.assertEqual(found, [ROW] * len(ADDRESSES))

    def test_key(self):
        """None that is too short, and none at all: nothing is written."""
        for key in KEY[2:], KEY + "00", "":
            done = self.command(key)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("64 hexadecimal digits", done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertFalse((self.folder / "rows.parquet").exists())

    def test_questions(self):
        """Without an export the command asks everything, of a small log, too."""
        done = subprocess.run([sys.executable, ROOT / "fleet/ask.py", self.folder / "log"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for question in ask.QUESTIONS:
            self.assertIn(f"{question.stem}\n\nFinds ", done.stdout)
        self.assertIn(ROW["signature"], done.stdout)
