"""HTTP/2 over TLS, asked by curl: a stream of it has a copy of the connection, not itself."""

import shutil
import socket
import subprocess

from lab import fields, tls
from lab.case import LabCase, skip
from lab.nginx import is_at_least

TLS, BACKEND = 8443, 8099
HOSTS = {4: "127.0.0.1", 6: "[::1]"}
END = "\nEND "


class Http2(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for command in "curl", "openssl":
            if not shutil.which(command):
                skip(f"no {command} for HTTP/2")

    def setUp(self):
        listen, http2 = ("ssl", "http2 on;") if is_at_least(1, 25, 1) else ("ssl http2", "")
        self.server = self.nginx(
            f"server {{ listen {TLS} {listen}; listen [::]:{TLS} {listen}; {http2}\n"
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
