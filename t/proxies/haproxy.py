"""A HAProxy of its own."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from t.harness.example import EXAMPLES
from t.harness.nginx import PATH, children, wait_for

#: The first that has fc_saved_syn.
FIRST = (3, 4)


def binary():
    """HAPROXY, else the machine's; None if that is too old."""
    found = os.environ.get("HAPROXY") or shutil.which("haproxy", path=PATH)
    if not found:
        return None
    said = subprocess.run([found, "-v"], capture_output=True, text=True, check=True).stdout
    version = tuple(map(int, re.search(r"version (\d+)\.(\d+)", said).groups()))
    return found if version >= FIRST else None


def recipe(name, replaced):
    """A configuration of nginx-conf/, with texts replaced."""
    text = (EXAMPLES / name).read_text()
    for old, new in replaced.items():
        if old not in text:
            raise ValueError(f"no {old} in {name}")
        text = text.replace(old, new)
    return text


class HAProxy:
    """Runs until it is stopped. Everything is done to it by process id."""

    def __init__(self, text):
        self.folder = Path(tempfile.mkdtemp(prefix="tcpfp-haproxy-"))
        (self.folder / "haproxy.cfg").write_text(text)
        self.log = open(self.folder / "log", "w+b")
        self.process = subprocess.Popen(
            [binary(), "-db", "-W", "-f", self.folder / "haproxy.cfg"], stdout=self.log, stderr=self.log)
        wait_for(lambda: self.process.poll() is not None or b"Loading success" in self.said(), "HAProxy")
        if self.process.poll() is not None:
            raise RuntimeError(f"HAProxy does not start: {self.said().decode()}")

    def said(self):
        return (self.folder / "log").read_bytes()

    def worker(self):
        """The process that serves."""
        (worker,) = children(self.process.pid)
        return worker

    def stop(self):
        """Ends it; whether it was still there."""
        was_there = self.process.poll() is None
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.folder)
        return was_there
