"""`tcpfp`: what each value captures, and what servers that share a socket get."""

from itertools import product

from t.harness.case import LiveCase
from t.harness.client import http_report, stream_report
from t.harness.servers import http_server, stream_server
from t.harness.sockets import save_syn

#: Whether a value asks for the SYN, and for TCP_INFO.
ASKS = {"on": (True, True), "syn": (True, False), "info": (False, True), "off": (False, False)}


class Directive(LiveCase):
    def assertCaptures(self, report, syn, info):
        self.assertValues(report, {"syn_status": "saved" if syn else "off"})
        for name in "syn", "ttl", "window", "options", "src_port", "ip_fp", "muonfp":
            self.assertEqual(report[name] is not None, syn, name)
        for name in "info_state", "info_rtt", "tcp_info", "rtt", "rtt_quality":
            self.assertEqual(report[name] is not None, info, name)
        if info:
            self.assertValues(report, {"rtt_quality": "ok"})

    def test_each_value_and_inheritance(self):
        for outer, inner in product(["", *ASKS], repeat=2):
            syn, info = ASKS[inner or outer or "on"]
            with self.subTest(outer=outer, inner=inner):
                outside = f"tcpfp {outer};" if outer else ""
                inside = f"tcpfp {inner};" if inner else ""
                server = self.nginx(
                    outside + http_server("listen 8080;", inside),
                    outside + stream_server("listen 9090;", inside),
                )
                self.assertCaptures(http_report(port=8080), syn, info)
                self.assertCaptures(stream_report(port=9090), syn, info)
                for port in 8080, 9090:
                    self.assertEqual(save_syn(server.master, port), [int(syn)])
                self.doCleanups()

    def test_servers_that_share_a_socket(self):
        """The socket captures what any of its servers asks for, whoever answers."""
        http, stream, cases = "", "", []
        for i, (one, other) in enumerate(product(ASKS, repeat=2)):
            # By name and by address behind the wildcard.
            http += http_server(f"listen {8000 + i};", f"server_name one; tcpfp {one};")
            http += http_server(f"listen {8000 + i};", f"server_name other; tcpfp {other};")
            for server, start in (http_server, 8100), (stream_server, 9000):
                servers = server(f"listen {start + i};", f"tcpfp {one};")
                servers += server(f"listen 127.0.0.2:{start + i};", f"tcpfp {other};")
                if server is http_server:
                    http += servers
                else:
                    stream += servers
            syn, info = (a or b for a, b in zip(ASKS[one], ASKS[other]))
            cases.append((i, one, other, syn, info))
        nginx = self.nginx(http, stream)
        for i, one, other, syn, info in cases:
            with self.subTest(one=one, other=other):
                for name in "one", "other":
                    self.assertCaptures(http_report(port=8000 + i, host=name), syn, info)
                for address in "127.0.0.1", "127.0.0.2":
                    self.assertCaptures(http_report(address, 8100 + i), syn, info)
                    self.assertCaptures(stream_report(address, 9000 + i), syn, info)
                for start in 8000, 8100, 9000:
                    self.assertEqual(save_syn(nginx.master, start + i), [int(syn)])

    def test_sockets_do_not_mind_each_other(self):
        """Servers on the same port of different sockets, and http beside stream."""
        nginx = self.nginx(
            "".join(http_server(f"listen {address}:8080;", f"tcpfp {value};")
                    for address, value in self.BOUND.items()),
            stream_server("listen 127.0.0.9:8080;", "tcpfp syn;"),
        )
        for address, value in self.BOUND.items():
            with self.subTest(address=address, value=value):
                self.assertCaptures(http_report(address.strip("[]"), 8080), *ASKS[value])
        self.assertCaptures(stream_report("127.0.0.9", 8080), *ASKS["syn"])
        self.assertEqual(sorted(save_syn(nginx.master, 8080)), [0, 0, 1, 1, 1])

    BOUND = {"127.0.0.1": "on", "127.0.0.2": "off", "127.0.0.3": "syn", "[::1]": "info"}
