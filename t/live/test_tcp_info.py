"""TCP_INFO against ss(8), and the time of accept against the clock."""

import time

from t.harness import fields, ss, veth
from t.harness.client import Http, ask_http, ask_stream, connect, http_report, stream_report
from t.harness.namespace import sysctl
from t.harness.servers import http_server, stream_server

HTTP, STREAM, OWN = 8080, 9090, 8081


class TcpInfo(veth.VethCase):
    def setUp(self):
        self.nginx(
            http_server(f"listen {HTTP}; listen [::]:{HTTP};"), stream_server(f"listen {STREAM};"),
        )

    def connect(self, port, version=4):
        with self.client.inside():
            return connect(veth.SERVER[version], port)

    def test_live_against_ss(self):
        """Between two requests the connection is quiet. The second one adds only itself."""
        for version in 4, 6:
            with self.subTest(version=version), Http(self.connect(HTTP, version)) as http:
                http.report()
                # The client's kernel may put off its last acknowledgment for 40 ms.
                time.sleep(0.1)
                quiet = ss.established(HTTP, http.port)
                length = http.send()
                report = http.receive_report()
                expected = quiet | {
                    "segs_in": quiet["segs_in"] + 1,
                    "data_segs_in": quiet["data_segs_in"] + 1,
                    "bytes_received": quiet["bytes_received"] + length,
                }
                # These follow the request's own arrival.
                for moving in "rcv_mss", "rcv_wnd", "rcv_space", "rcv_ssthresh":
                    expected.pop(moving, None)
                self.assertGreater(len(expected), 15)
                self.assertValues(
                    report, {f"live_{name}": value for name, value in expected.items()})
                self.assertValues(report, {"min_rtt": quiet["min_rtt"]})

    def test_live_against_nginx(self):
        """Its own variables read the same of the kernel."""
        names = "rtt rttvar snd_cwnd rcv_space".split()
        values = (",".join(f"${word}_{name}" for name in names) for word in ("tcpinfo", "tcpfp_live"))
        self.nginx(f"server {{ listen {OWN}; return 200 '{';'.join(values)}'; }}")
        with Http(self.connect(OWN)) as http:
            for _ in range(4):
                nginx, ours = http.get("/").split(";")
                self.assertEqual(ours, nginx)
                # Until the answer is acknowledged, which could change values between two readings.
                time.sleep(0.05)

    def test_at_accept_against_ss(self):
        """What the handshake settles is settled at accept, and stays."""
        for version in 4, 6:
            with self.subTest(version=version), Http(self.connect(HTTP, version)) as http:
                handshake = ss.established(HTTP, http.port)
                report = http.report()
                names = """options snd_wscale rcv_wscale snd_mss pmtu advmss rtt rttvar min_rtt
                    segs_in snd_cwnd""".split()
                self.assertValues(report, {f"info_{name}": handshake[name] for name in names})
                self.assertValues(report, {
                    "rtt": handshake["rtt"], "rtt_quality": "ok", "info_state": 1,
                    "info_bytes_received": 0, "info_data_segs_in": 0, "info_total_retrans": 0,
                })

    def test_negotiated_options(self):
        cases = {
            "net.ipv4.tcp_timestamps": (0, 1), "net.ipv4.tcp_sack": (0, 2),
            "net.ipv4.tcp_window_scaling": (0, 4), "net.ipv4.tcp_ecn": (1, 8),
        }
        for name, (value, bit) in cases.items():
            with self.subTest(name):
                with self.client.inside():
                    old = sysctl(name, value)
                    report = http_report(veth.SERVER[4], HTTP)
                    sysctl(name, old)
                for options in report["info_options"], report["live_options"]:
                    # With data the kernel adds what it has seen of ECN (16).
                    self.assertEqual(int(options) & 15, 7 ^ bit)

    def test_whole_structure(self):
        """`$tcpfp_tcp_info` holds what the variables say, and the kernel's own length."""
        for ask, port in (ask_http, HTTP), (ask_stream, STREAM):
            with self.subTest(ask.__name__), self.connect(port) as sock:
                report = ask(sock)
                data = bytes.fromhex(report["tcp_info"])
                values = fields.decode_tcp_info(data)
                self.assertGreaterEqual(len(data), 104)
                self.assertValues(
                    report, {f"info_{name}": values.get(name) for name in fields.INFO})
                # The same kernel tells the client the same length.
                self.assertEqual(len(data), len(sock.getsockopt(6, 11, 1024)))

    def test_accept_time(self):
        for how, port in (http_report, HTTP), (stream_report, STREAM):
            with self.subTest(how.__name__), self.client.inside():
                before = time.time()
                report = how(veth.SERVER[4], port)
                self.assertRegex(report["accept_time"], r"^\d+\.\d{6}$")
                self.assertLessEqual(before - 0.000001, float(report["accept_time"]))
                self.assertLessEqual(float(report["accept_time"]), time.time())

    def test_accept_time_is_of_accept_not_of_the_request(self):
        with Http(self.connect(HTTP)) as http:
            time.sleep(0.3)
            asked = time.time()
            self.assertLess(float(http.report()["accept_time"]), asked)
