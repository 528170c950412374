"""Every variable, read in the earliest phase of a request or session and again in its log: what may
be another by then is read anew."""

import json
import re
import socket
import time

from t.harness import fields, tls
from t.harness.case import LiveCase
from t.harness.client import Http, connect, read_to_end
from t.harness.namespace import sysctl
from t.harness.nginx import ROOT, wait_for
from t.harness.servers import http2

#: Ports, by what reads early there.
EARLY, CONTROL = 0, 1
HTTP, HTTPS, STREAM, STREAM_TLS = 8080, 8443, 9090, 9443
REDIRECTED, BACKEND = 8090, 8099
#: Milliseconds that a client waits before its first byte, and those of them that must be seen.
WAIT, SEEN = 100, 80
#: Those that may be another when they are read again.
CHANGING = fields.CHANGING | {
    "hello_delay", "tls_rtt", "rtt_gap", "rtt", "rtt_quality", "proxy", "json",
    "stack", "h2", "h2_rtt", "ja4", "ja4_r", "ja4_o", "ja4_ro"}
REQUEST = b"GET / HTTP/1.0\r\n\r\n"


def documented():
    """The names of all variables, as docs/variables.md lists them."""
    text = (ROOT / "docs/variables.md").read_text()
    for name in re.findall(r"^\| `\$tcpfp_(\w+)`", text, re.MULTILINE):
        if name in ("info_NAME", "live_NAME"):
            yield from (name.replace("NAME", field) for field in fields.INFO)
        # Only some builds have it.
        elif name != "ja4t":
            yield name


#: Of requests.
OF_REQUESTS = {"ua_family", "os_mismatch", "os_mismatch_p", "h2", "h2_rtt"}
NAMES = list(documented())
OF_STREAM = [name for name in NAMES if name not in OF_REQUESTS]


def reader(names):
    """For an http or stream block: `$early`, which is empty and reads all of these when it is read
    first, and a log of what was read then and what is read at last."""
    lines = [f"{name}=$tcpfp_{name}\n" for name in names]
    # nginx reads no word of more than 4096 bytes.
    parts = ["".join(lines[i:i + 60]) for i in range(0, len(lines), 60)]
    early = "".join(f"$early_{i}" for i in range(len(parts)))
    maps = "".join(f'map "" $early_{i} {{ default "{part}"; }}\n' for i, part in enumerate(parts))
    late = " ".join(f"'{part}'" for part in parts)
    return f"""{maps}
        map "{early}" $early {{ default ""; }}
        log_format twice escape=none '{early}' '{fields.LAST}=0\n' {late} '{fields.LAST}=1';
    """


class Early(LiveCase):
    PROGRAMS = ("openssl",)

    def setUp(self):
        parameter, directive = http2()
        of_tls = tls.directives()
        reads = {EARLY: "if ($early) { return 500; }", CONTROL: ""}
        http = reader(NAMES) + "tcpfp_zone hosts:1m;" + "".join(f"""
            server {{
                listen {HTTP + how}; listen {HTTPS + how} ssl {parameter}; {directive} {of_tls}
                {read}
                access_log logs/http{how} twice;
                location / {{ proxy_pass http://127.0.0.1:{BACKEND}; }}
            }}""" for how, read in reads.items())
        http += f"""
            server {{
                listen {REDIRECTED};
                tcpfp_host 127.0.0.2;
                {reads[EARLY]}
                access_log logs/redirected twice;
                location / {{ try_files /none @other; }}
                location @other {{
                    tcpfp_host 127.0.0.3; proxy_pass http://127.0.0.1:{BACKEND}; }}
            }}
            server {{ listen {BACKEND}; return 200 hello; }}
        """
        reads = {EARLY: "limit_conn early 1;", CONTROL: ""}
        stream = reader(OF_STREAM) + """
            tcpfp_zone hosts:1m;
            limit_conn_zone $early zone=early:32k;
        """ + "".join(f"""
            server {{
                listen {port + how} {parameters};
                {read}
                access_log logs/{name}{how} twice;
                proxy_pass 127.0.0.1:{BACKEND};
            }}""" for how, read in reads.items() for port, parameters, name in (
                (STREAM, "fastopen=16", "stream"), (STREAM_TLS, f"ssl; {of_tls[:-1]}", "secured")))
        # For clients and servers.
        sysctl("net.ipv4.tcp_fastopen", 3)
        self.server = self.nginx(http, stream)
        # So that every client was there before.
        for port in BACKEND, STREAM + CONTROL:
            with connect("127.0.0.1", port) as sock:
                sock.sendall(REQUEST)
                read_to_end(sock)
        self.logged(f"stream{CONTROL}")

    def logged(self, name):
        """What the next session of this log read at first, and at last."""
        log = self.server.prefix / "logs" / name
        end = f"{fields.LAST}=1\n"
        text = wait_for(lambda: log.exists() and log.read_text().endswith(end) and log.read_text(),
                        f"the log of {name}")
        log.write_text("")
        early, late, rest = re.split(f"{fields.LAST}=[01]\n", text)
        self.assertEqual(rest, "")
        return fields.parse(early), fields.parse(late)

    def ask(self, sock):
        """One request, after a while; gives the bytes of the answer."""
        time.sleep(WAIT / 1000)
        sock.sendall(REQUEST)
        answer = read_to_end(sock)
        self.assertTrue(answer.endswith(b"hello"), answer)
        return answer

    def check(self, name, visit):
        """Visits a server that reads early and one that does not; gives what the first logged."""
        _, control = self.said(name, CONTROL, visit)
        early, late = self.said(name, EARLY, visit)
        changed = {name for name in early if early[name] != late[name]}
        self.assertEqual(
            {name for name in changed if name not in CHANGING and not name.startswith("host_")},
            set())
        self.assertEqual(
            {name for name, value in late.items() if value is None},
            {name for name, value in control.items() if value is None})
        self.assertWhole(late)
        return early, late

    def said(self, name, how, visit):
        visit(how)
        return self.logged(f"{name}{how}")

    def assertWhole(self, values):
        """The objects say what the variables do."""
        whole, record = json.loads(values["json"]), json.loads(values["host_json"])
        names = ["hello_delay", "tls_rtt", "proxy", "host_conn_count", "seq"]
        if values["rtt_quality"] != "late":
            # Else the JSON has what was known at accept.
            names += ["rtt", "rtt_gap", "rtt_quality"]
        for name in names:
            self.assertEqual(values[name], str(whole[name]) if name in whole else None, name)
        self.assertEqual(values["host_conn_count"], str(record["conn_count"]))
        if values["tls_rtt"]:
            self.assertEqual(
                int(values["rtt_gap"]), max(0, int(values["tls_rtt"]) - int(values["rtt"])))

    def assertHelloIsSeen(self, values):
        self.assertGreater(int(values["hello_delay"]), SEEN * 1000)

    def test_http(self):
        def visit(how):
            with connect("127.0.0.1", HTTP + how) as sock:
                visit.answer = self.ask(sock)

        early, late = self.check("http", visit)
        self.assertHelloIsSeen(early)
        self.assertEqual(early["hello_delay"], late["hello_delay"])
        self.assertValues(early, {
            "live_bytes_received": len(REQUEST), "live_data_segs_out": 0, "tls_rtt": None})
        self.assertValues(late, {"live_bytes_received": len(REQUEST)})
        self.assertGreater(int(late["live_data_segs_out"]), 0)
        self.assertEqual(int(late["live_bytes_sent"]), len(visit.answer))

    def test_https(self):
        def visit(how):
            with tls.context().wrap_socket(connect("127.0.0.1", HTTPS + how)) as sock:
                self.ask(sock)

        early, late = self.check("http", visit)
        self.assertEqual(early["tls_rtt"], late["tls_rtt"])
        self.assertIsNotNone(late["tls_rtt"])
        self.assertGreater(int(late["live_bytes_sent"]), int(early["live_bytes_sent"]))

    def test_a_request_that_another_location_answers(self):
        """Which asks for the record of another address."""
        for client, visits in ("127.0.0.2", 2), ("127.0.0.3", 3):
            for _ in range(visits):
                with Http(connect("127.0.0.1", BACKEND, source=client)) as http:
                    http.get("/")
        with connect("127.0.0.1", REDIRECTED) as sock:
            self.ask(sock)
        early, late = self.logged("redirected")
        self.assertValues(early, {"host_conn_count": 2})
        self.assertValues(late, {"host_conn_count": 3})
        self.assertWhole(early)
        self.assertWhole(late)

    def test_stream(self):
        def visit(how):
            with connect("127.0.0.1", STREAM + how) as sock:
                visit.answer = self.ask(sock)

        early, late = self.check("stream", visit)
        self.assertValues(early, {"hello_delay": None, "live_bytes_received": 0})
        self.assertHelloIsSeen(late)
        self.assertEqual(int(late["live_bytes_sent"]), len(visit.answer))
        self.assertValues(late, {"live_bytes_received": len(REQUEST), "tls_rtt": None})

    def test_stream_with_tls(self):
        def visit(how):
            sock = connect("127.0.0.1", STREAM_TLS + how)
            time.sleep(WAIT / 1000)
            with tls.context().wrap_socket(sock) as secured:
                self.ask(secured)

        early, late = self.check("secured", visit)
        self.assertValues(
            early, {"hello_delay": None, "tls_rtt": None, "rtt_gap": None, "proxy": None})
        self.assertHelloIsSeen(late)
        self.assertIsNotNone(late["tls_rtt"])
        self.assertIsNotNone(late["proxy"])

    def test_stream_before_its_handshake_is_over(self):
        """With Fast Open."""
        def visit(how):
            with socket.socket() as sock:
                sock.sendto(REQUEST, socket.MSG_FASTOPEN, ("127.0.0.1", STREAM + how))
                sock.settimeout(10)
                self.assertTrue(read_to_end(sock).endswith(b"hello"))

        # The server gives it a cookie, which goes with the data of the next SYNs.
        self.said("stream", CONTROL, visit)
        early, late = self.check("stream", visit)
        self.assertValues(late, {"payload_len": len(REQUEST)})
        self.assertIn(early["rtt_quality"], ("none", "upper_bound"))
        self.assertEqual(late["rtt_quality"], "late")
        self.assertIsNotNone(late["rtt"])
