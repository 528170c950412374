"""JA4T, which only a build with that feature has, against our own reading of each SYN."""

import socket
import subprocess

from t.harness import reading
from t.harness.case import LiveCase, not_here
from t.harness.client import Http, connect
from t.harness.nginx import Nginx

PORT = 8080
SERVER = f"server {{ listen {PORT}; return 200 '$tcpfp_ja4t $tcpfp_syn'; }}"
CLIENTS = [
    {},
    {(socket.IPPROTO_TCP, socket.TCP_MAXSEG): 1400},
    {(socket.IPPROTO_TCP, socket.TCP_MAXSEG): 88},
    {(socket.SOL_SOCKET, socket.SO_RCVBUF): 4096},
]


class Ja4t(LiveCase):
    def test_ja4t(self):
        nginx = Nginx(http=SERVER)
        try:
            nginx.test()
        except subprocess.CalledProcessError:
            nginx.remove()
            not_here("the build under test has no JA4T")
        self.started(nginx)
        for options in CLIENTS:
            with self.subTest(options), Http(connect("127.0.0.1", PORT, options)) as http:
                found, syn = http.get("/").split()
                values = reading.expected(bytes.fromhex(syn))
                kinds = values["options"].replace(",", "-")
                scale = values["wscale"] or "00"
                self.assertEqual(
                    found, f"{values['window']}_{kinds}_{values['mss']:02}_{scale}")
