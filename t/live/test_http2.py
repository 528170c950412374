"""HTTP/2: a stream of it has a copy of the connection, not itself."""

import json
import socket
import subprocess

from t.harness import fields, tls
from t.harness.case import LiveCase
from t.harness.client import Http, connect
from t.harness.http2 import Http2 as Client
from t.harness.nginx import wait_for
from t.harness.servers import http2

PLAIN, TLS, BACKEND = 8080, 8443, 8099
HOSTS = {4: "127.0.0.1", 6: "[::1]"}
END = "\nEND "


class Streams(LiveCase):
    """Without TLS, all at once, by a client that frames them itself."""

    AGENTS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)": "Windows/1",
        "Mozilla/5.0 (X11; Linux x86_64)": "Linux/0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)": "Apple/1",
        "curl/7.88.1": "/",
    }

    def setUp(self):
        parameter, directive = http2()
        self.server = self.nginx(f"""
            tcpfp_zone hosts:1m;
            log_format stream '$tcpfp_src_port $tcpfp_seq $uri';
            server {{
                listen {PLAIN} {parameter}; {directive}
                access_log logs/streams.log stream;
                location / {{ return 200 {fields.DUMP}; }}
                location /live {{ return 200 $tcpfp_live_bytes_received; }}
                location /claim {{ return 200 $tcpfp_ua_family/$tcpfp_os_mismatch; }}
                location /of {{ tcpfp_host $arg_ip; return 200 '$tcpfp_host_conn_count'; }}
                location /proxied {{
                    proxy_pass http://127.0.0.1:{BACKEND}; proxy_set_header X-JSON $tcpfp_json; }}
                location /json {{ return 200 $tcpfp_json; }}
                location /redirected {{ try_files /none @named; }}
                location @named {{ error_page 418 =200 /json; return 418; }}
            }}
            server {{ listen {BACKEND}; return 200 $http_x_json; }}
        """)

    def connect(self, **options):
        client = Client(connect("127.0.0.1", PLAIN, **options))
        self.addCleanup(client.close)
        return client

    def test_are_told_the_same(self):
        reports = []
        for _ in range(2):
            client = self.connect()
            told = [fields.parse(answer) for answer in client.get(*["/"] * 20)]
            self.assertValues(told[0], {
                "syn_status": "saved", "src_port": client.sock.getsockname()[1]})
            self.assertSameConnection(*told)
            reports.append(told[0])
        self.assertNotEqual(reports[0]["seq"], reports[1]["seq"])

    def test_wherever_nginx_sends_them(self):
        """Proxied, redirected, to a named location and to an error page."""
        answers = self.connect().get("/json", *["/proxied", "/redirected"] * 5)
        self.assertEqual(len(set(answers)), 1)
        self.assertEqual(json.loads(answers[0])["syn_status"], "saved")

    def test_live_values_are_the_connection_s(self):
        client = self.connect()
        received = [int(*client.get("/live")) for _ in range(5)]
        self.assertEqual(received, sorted(set(received)))

    def test_in_the_log(self):
        report = fields.parse(self.connect().get(*[f"/{i}" for i in range(4)])[0])
        log = self.server.prefix / "logs/streams.log"
        lines = wait_for(
            lambda: len(lines := log.read_text().splitlines()) == 4 and lines, "the log")
        self.assertEqual(
            sorted(lines), [f"{report['src_port']} {report['seq']} /{i}" for i in range(4)])

    def test_each_has_its_own_claim(self):
        agents = [*self.AGENTS] * 3
        said = self.connect().get(
            *(("/claim", {"user-agent": agent}) for agent in agents),
            ("/claim", {"sec-ch-ua-platform": '"macOS"', "user-agent": "curl/7.88.1"}), "/claim")
        self.assertEqual(said, [*(self.AGENTS[agent] for agent in agents), "Apple/1", "/"])

    def test_each_asks_for_its_own_host(self):
        for _ in range(2):
            with Http(connect("127.0.0.1", BACKEND, source="127.0.0.3")) as http:
                http.get("/")
        client = self.connect(source="127.0.0.2")
        self.assertEqual(
            client.get("/of", "/of?ip=127.0.0.3", "/of?ip=127.0.0.9", "/of"), ["1", "2", "", "1"])


class OverTls(LiveCase):
    """Asked by curl."""

    PROGRAMS = "curl", "openssl"

    def setUp(self):
        parameter, directive = http2()
        self.server = self.nginx(
            f"server {{ listen {TLS} ssl {parameter}; listen [::]:{TLS} ssl {parameter};\n"
            f"{directive}\n"
            f"{tls.directives()}\n"
            f"location / {{ return 200 {fields.DUMP}; }}\n"
            f"location /slow {{ proxy_pass http://127.0.0.1:{BACKEND};\n"
            "add_header X-TCP-SYN $tcpfp_syn; add_header X-PID $pid; } }"
        )

    def curl(self, *arguments):
        """Starts curl; it writes END, the HTTP version and its port behind every answer."""
        curl = subprocess.Popen(
            ["curl", "--silent", "--insecure", "--http2", "--max-time", "20",
             "--write-out", END + "%{http_version} %{local_port}\n", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        self.addCleanup(curl.stdout.close)
        self.addCleanup(curl.wait)
        return curl

    def answers(self, *arguments):
        """The answers that curl gets, all over HTTP/2, and its ports."""
        curl = self.curl(*arguments)
        output, _ = curl.communicate()
        self.assertEqual(curl.returncode, 0)
        answers, ports = [], set()
        for part in output.split(END):
            if answers:
                line, _, part = part.partition("\n")
                version, port = line.split()
                self.assertEqual(version, "2")
                ports.add(int(port))
            answers.append(part)
        self.assertEqual(answers.pop(), "")
        return answers, ports

    def test_streams_of_one_connection(self):
        for version, host in HOSTS.items():
            with self.subTest(version=version):
                answers, ports = self.answers(*[f"https://{host}:{TLS}/"] * 5)
                reports = [fields.parse(answer) for answer in answers]
                (port,) = ports
                self.assertValues(reports[0], {
                    "syn_status": "saved", "ip_version": version, "src_port": port,
                    "dst_port": TLS, "rtt_quality": "ok",
                })
                self.assertSameConnection(*reports)

    def test_streams_at_the_same_time(self):
        names = [f"{self.server.prefix}/{i}" for i in range(20)]
        output = [word for name in names for word in ("--output", name, f"https://127.0.0.1:{TLS}/")]
        curl = self.curl("--parallel", "--parallel-max", "20", *output)
        curl.communicate()
        reports = []
        for name in names:
            with open(name) as file:
                reports.append(fields.parse(file.read()))
        # curl may open a second connection before it knows that the first can take all.
        by_connection = {}
        for report in reports:
            by_connection.setdefault(report["connection"], []).append(report)
        self.assertGreater(max(map(len, by_connection.values())), 1)
        for reports in by_connection.values():
            self.assertValues(reports[0], {"syn_status": "saved", "ip_version": 4})
            self.assertSameConnection(*reports)

    def test_a_stream_that_a_reload_interrupts(self):
        with socket.create_server(("127.0.0.1", BACKEND)) as backend:
            backend.settimeout(10)
            url = f"https://127.0.0.1:{TLS}/"
            curl = self.curl("--include", url, url + "slow")
            request, _ = backend.accept()
            with request:
                old = self.server.workers()
                self.server.reload()
                self.assertTrue(request.recv(65536))
                request.sendall(b"HTTP/1.0 200 OK\r\n\r\nslow")
            output, _ = curl.communicate()
        self.assertEqual(curl.returncode, 0)
        first, slow, _ = output.split(END)
        report = fields.parse(first.replace("\r", "").partition("\n\n")[2])
        headers = slow.replace("\r", "").lower().splitlines()
        self.assertIn(f"x-tcp-syn: {report['syn']}", headers)
        self.assertIn(int(report["pid"]), old)
        self.assertIn(f"x-pid: {report['pid']}", headers)

        (answer,), (port,) = self.answers(url)
        after = fields.parse(answer)
        self.assertValues(after, {"src_port": port, "syn_status": "saved"})
        self.assertNotIn(int(after["pid"]), old)
