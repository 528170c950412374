"""A real Prometheus reads the page of `tcpfp_metrics`, every question of fleet/metrics/dashboard.json and
the alerts beside it."""

import json
import re
import subprocess

from t.harness import tls
from t.harness.case import LiveCase, skip
from t.harness.client import connect
from t.harness.metrics import Page, Prometheus, SERVER
from t.harness.nginx import PATH, ROOT, wait_for

HTTP, TLS = 8080, 8443
FOLDER = ROOT / "fleet/metrics"
ALERTS = FOLDER / "alerts.yml"
REQUEST = b"GET / HTTP/1.0\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\n\r\n"
#: What Grafana puts in, so that Prometheus' own words are left.
VARIABLES = {"$__rate_interval": "30s", "$job": "nginx", "$instance": ".*"}


def questions():
    """The dashboard's, by the title of the panel and the line in it."""
    for panel in json.loads((FOLDER / "dashboard.json").read_text())["panels"]:
        for target in panel["targets"]:
            question = target["expr"]
            for name, value in VARIABLES.items():
                question = question.replace(name, value)
            yield panel["title"], target["legendFormat"], question


class Reads(LiveCase):
    PROGRAMS = ("prometheus", "promtool")

    def visit(self):
        for port in HTTP, TLS:
            sock = connect("127.0.0.1", port)
            with tls.context().wrap_socket(sock) if port == TLS else sock as sock:
                sock.sendall(REQUEST)
                self.assertIn(b" 200 ", sock.recv(4096))

    def test_page_dashboard_and_alerts(self):
        self.nginx(f"""
            {SERVER} tcpfp_zone hosts:1m;
            server {{
                listen {HTTP}; listen {TLS} ssl; {tls.directives()}
                location / {{ return 200 x; }}
            }}""")
        self.visit()
        wait_for(lambda: Page().sum("tcpfp_connections_total", "http") == 2, "two connections")
        prometheus = Prometheus(rules=ALERTS)
        self.addCleanup(prometheus.close)
        prometheus.wait()
        self.assertEqual((prometheus.target()["health"], prometheus.target()["lastError"]), ("up", ""))
        self.visit()
        wait_for(lambda: Page().sum("tcpfp_connections_total", "http") == 4, "two more")
        page = Page()
        # All that the page says, it has. Only who reads the page makes more requests.
        for name in {name for name, *_ in page.samples}:
            def without_readers(samples):
                """The samples by their labels, in whatever order those came."""
                by_labels = {tuple(sorted(labels)): number for labels, number in samples}
                if name == "tcpfp_requests_total":
                    del by_labels["none", "none"]
                return by_labels

            def has():
                return without_readers(
                    ([value for label, value in row.items() if label not in ("__name__", "job", "instance")],
                     number) for row, number in prometheus.query(name))
            samples = without_readers(
                (labels, number) for (own, *labels), number in page.samples.items() if own == name)
            wait_for(lambda: has() == samples, f"all of {name}")
        types = prometheus.ask("metadata")
        for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", page.text, re.MULTILINE):
            # Which says what it is of the samples' names, or of the family's, by its version.
            said = types.get(name) or types.get(f"{name}_total") or types.get(f"{name}_info")
            self.assertEqual([row["type"] for row in said], [kind], name)
        answers = {(title, line): prometheus.query(question) for title, line, question in questions()}
        self.assertEqual([place for place, rows in answers.items() if not rows], [])
        for (title, line), rows in answers.items():
            labels = set(re.findall(r"{{(\w+)}}", line))
            self.assertTrue(all(labels <= set(row) for row, _ in rows), (title, line, rows))
        # What it is about can be seen in it.
        for title, line, key in (("Connections", "{{subsystem}} {{syn_status}}", {"syn_status": "saved"}),
                                 ("Families", "{{family}}", {"family": "Linux"}),
                                 ("Proxies", "{{proxy}}", {})):
            rate = sum(number for row, number in answers[title, line] if key.items() <= row.items())
            self.assertGreater(rate, 0, title)
        rules = prometheus.ask("rules")["groups"][0]["rules"]
        wait_for(lambda: all(rule["health"] == "ok" for rule in prometheus.ask("rules")["groups"][0]["rules"]),
                 "the alerts")
        documented = re.findall(r"^\| `(Tcpfp\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
        self.assertEqual([rule["name"] for rule in rules], documented)

    def promtool(self, *arguments, **options):
        done = subprocess.run(["promtool", *arguments], env={"PATH": PATH}, text=True,
                              capture_output=True, timeout=60, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def test_promtool(self):
        """The page in Prometheus' own form has nothing that promtool dislikes, and the alerts fire when
        t/fleet/alerts.yml says."""
        self.nginx(f"{SERVER} tcpfp_zone hosts:1m; server {{ listen {HTTP}; return 200 x; }}")
        page = subprocess.run(
            ["curl", "-sS", "-H", "Accept: text/plain", "http://127.0.0.1:8081/metrics"],
            check=True, capture_output=True, text=True).stdout
        self.assertEqual(self.promtool("check", "metrics", input=page).stderr, "")
        self.promtool("check", "rules", ALERTS)
        self.promtool("test", "rules", ROOT / "t/fleet/alerts.yml")

    def test_questions_name_what_there_is(self):
        """No metric of a dashboard or an alert is one that no page has."""
        self.nginx(f"{SERVER} tcpfp_zone hosts:1m; server {{ listen {HTTP}; return 200 x; }}")
        there = {name for name, *_ in Page().samples}
        text = ALERTS.read_text() + (FOLDER / "dashboard.json").read_text()
        self.assertEqual(set(re.findall(r"\btcpfp_\w+(?=[{\[])", text)) - there, set())
