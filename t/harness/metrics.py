"""The page of `tcpfp_metrics`, and a real Prometheus."""

import json
import re
import subprocess
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

from .nginx import SIGTERM, wait_for

#: For an http block: a server that shows the page. It has nothing captured, so that who reads it is in no
#: count of connections.
PORT = 8081
SERVER = f"server {{ listen 127.0.0.1:{PORT}; tcpfp off; location /metrics {{ tcpfp_metrics; }} }}\n"

SAMPLE = re.compile(r'^(\w+)\{(.*)\} ([\d.]+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Page:
    """Every sample of a page, by its name and its labels in their order."""

    def __init__(self, url=f"http://127.0.0.1:{PORT}/metrics"):
        with urllib.request.urlopen(url, timeout=10) as answer:
            self.text = answer.read().decode()
        if not self.text.endswith("# EOF\n"):
            raise AssertionError("the page has no end")
        self.samples = {}
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, number = SAMPLE.match(line).groups()
                key = name, *(value for _, value in LABEL.findall(labels))
                if key in self.samples:
                    raise AssertionError(f"{line} comes twice")
                self.samples[key] = float(number) if "." in number else int(number)

    def sum(self, name, *labels):
        """All samples of a name whose first labels have these values."""
        key = name, *labels
        return sum(number for sample, number in self.samples.items() if sample[:len(key)] == key)

    def told(self, name):
        """The samples of a name that are not 0, by their labels."""
        return {sample[1:]: number for sample, number in self.samples.items() if sample[0] == name and number}


class Prometheus:
    """One that reads a page each second."""

    PORT = 9191

    def __init__(self, rules=None):
        self.folder = tempfile.TemporaryDirectory(prefix="tcpfp-test-")
        folder = Path(self.folder.name)
        rule_files = f"rule_files: [{json.dumps(str(rules))}]\n" if rules else ""
        (folder / "prometheus.yml").write_text(
            f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n{rule_files}scrape_configs:\n"
            f"- {{job_name: nginx, static_configs: [{{targets: ['127.0.0.1:{PORT}']}}]}}\n")
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                 f"--web.listen-address=127.0.0.1:{self.PORT}"], stdout=log, stderr=log)

    def close(self):
        self.process.send_signal(SIGTERM)
        self.process.wait()
        self.folder.cleanup()

    def ask(self, what, **arguments):
        """What its API answers; None while it does not."""
        url = f"http://127.0.0.1:{self.PORT}/api/v1/{what}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            if error.code == 503:
                # It is not ready.
                return None
            raise AssertionError(f"{arguments}: {json.load(error)['error']}") from None
        except OSError:
            if self.process.poll() is not None:
                raise RuntimeError(self.log.read_text()) from None
            return None

    def query(self, expression):
        """The vector that an expression is now, as pairs of labels and number."""
        data = self.ask("query", query=expression) or {"result": []}
        return [(row["metric"], float(row["value"][1])) for row in data["result"]]

    def target(self):
        """How its reading goes."""
        targets = (self.ask("targets") or {"activeTargets": []})["activeTargets"]
        return targets[0] if targets else {"health": "unknown"}

    def wait(self):
        """Until it has read the page."""
        wait_for(lambda: self.target()["health"] != "unknown", "Prometheus")
