"""What is live is as fresh as the moment, and a moment is one reading."""

import subprocess
import time

from t.harness.case import LiveCase
from t.harness.client import Http, connect, read_to_end
from t.harness.nginx import wait_for

HTTP, STREAM = 8080, 9090
#: Short enough to be sent in the turn of nginx's loop in which the request came.
BODY = "x" * 3000
LIVE = "$tcpfp_live_bytes_sent $tcpfp_live_bytes_received $tcpfp_live_segs_in $tcpfp_min_rtt"


class Moment(LiveCase):
    PROGRAMS = ("strace",)

    def start(self):
        """A header and a log line of http, and a log line of stream, each of what is live."""
        nginx = self.nginx(
            http=f"""
                log_format live '{LIVE}';
                server {{
                    listen {HTTP};
                    access_log logs/http.log live;
                    location / {{
                        add_header X-Live "{LIVE}";
                        if ($tcpfp_live_state != 1) {{ return 500; }}
                        return 200 {BODY};
                    }}
                    location /inner/ {{ error_page 404 = /; return 404; }}
                }}""",
            stream=f"""
                log_format live '{LIVE}';
                server {{ listen {STREAM}; access_log logs/stream.log live; return {BODY}; }}""")
        return nginx, lambda name: (nginx.prefix / "logs" / name).read_text().split("\n")[:-1]

    def test_a_log_line_knows_of_the_answer(self):
        """Although it belongs to the same turn of nginx's loop as the header."""
        _, log = self.start()
        for path in "/", "/inner/":
            with self.subTest(path), Http(connect("127.0.0.1", HTTP)) as http:
                for _ in range(3):
                    before = len(log("http.log"))
                    length = http.send(path=path)
                    header, body = answer(http.sock)
                    self.assertEqual(body, BODY)
                    wait_for(lambda: len(log("http.log")) > before, "a line in the log")
                    (sent, received), (then_sent, then_received) = (
                        map(int, live.split()[:2]) for live in (header, log("http.log")[-1]))
                    self.assertGreater(then_sent, sent + len(BODY))
                    self.assertGreaterEqual(received, length)
                    self.assertEqual(then_received, received)
        with connect("127.0.0.1", STREAM) as sock:
            self.assertEqual(read_to_end(sock).decode(), BODY)
        wait_for(lambda: log("stream.log"), "a line in the log")
        self.assertEqual(log("stream.log")[0].split()[0], str(len(BODY)))

    def test_readings(self):
        """Of a request: one for its condition and its header, and one for its log line."""
        nginx, _ = self.start()
        (worker,) = nginx.workers()
        trace = nginx.prefix / "trace"
        strace = subprocess.Popen(
            ["strace", "-p", str(worker), "-e", "trace=getsockopt", "-o", trace],
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(strace.stderr.close)
        self.addCleanup(strace.wait)
        self.addCleanup(strace.terminate)
        self.assertIn("attached", strace.stderr.readline())

        def readings():
            time.sleep(0.2)
            return trace.read_text().count("TCP_INFO")

        with Http(connect("127.0.0.1", HTTP)) as http:
            http.get("/")
            # Accept reads it, too.
            self.assertEqual(readings(), 3)
            http.get("/")
            self.assertEqual(readings(), 5)
            # The second header block is of the same moment as the condition that was asked for it.
            http.get("/inner/")
            self.assertEqual(readings(), 7)


def answer(sock):
    """The header of an answer, and its body."""
    with sock.makefile("rb") as file:
        head = b"".join(iter(file.readline, b"\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-1])
        return fields["X-Live"], file.read(int(fields["Content-Length"])).decode()
