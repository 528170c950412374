"""`$tcpfp_json`: every variable under its name, with its value, numbers as numbers."""

import json
import socket

from t.harness import fields
from t.harness.case import LiveCase
from t.harness.client import http_report, stream_report
from t.harness.servers import http_server, stream_server

#: Those whose value is text; the others are numbers.
TEXT = {
    "syn_status", "ip_options", "src_addr", "dst_addr", "options", "options_hex", "syn",
    "rtt_quality", "muonfp", "ip_fp",
}
#: Not in it: the bulky, and what is read anew each time.
LEFT_OUT = {"tcp_info", "json", *fields.CHANGING}
CLIENTS = {
    "127.0.0.1": [
        {},
        {(socket.IPPROTO_IP, socket.IP_OPTIONS): b"\x94\x04\0\0",
         (socket.IPPROTO_IP, socket.IP_TTL): 9, (socket.IPPROTO_TCP, socket.TCP_MAXSEG): 1400},
    ],
    "::1": [{}],
}


class Json(LiveCase):
    def test_every_value(self):
        """However much is captured, in http and in stream."""
        for value in "on", "syn", "info", "off":
            server = f"listen {{0}}; listen [::]:{{0}}; tcpfp {value};"
            self.nginx(http_server(server.format(8080)), stream_server(server.format(9090)))
            for address, clients in CLIENTS.items():
                for options in clients:
                    for how in http_report, stream_report:
                        with self.subTest(value, how=how.__name__, options=options):
                            self.check(how(address, options=options))
            self.doCleanups()

    def check(self, report):
        text = report["json"]
        pairs = json.loads(text, object_pairs_hook=list)
        written = dict(pairs)
        self.assertEqual(len(pairs), len(written), "a key twice")
        self.assertEqual(set(written) & LEFT_OUT, set())
        for name in set(fields.ALL) - LEFT_OUT:
            value = written.get(name)
            if value is None:
                self.assertIsNone(report[name], name)
                continue
            form = str if name in TEXT else float if name == "accept_time" else int
            self.assertIs(type(value), form, name)
            self.assertEqual(f"{value:.6f}" if form is float else str(value), report[name], name)
