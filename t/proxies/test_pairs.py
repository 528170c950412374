"""SYNs of every kind through each pair of real proxies, and through three: the last says of each what
the first does, and what the command says of it."""

import json
import subprocess
import tempfile
import unittest

from t.harness import reading
from t.harness.case import LiveCase, not_here
from t.harness.client import LAST_REQUEST
from t.harness.example import EXAMPLES
from t.harness.nginx import is_at_least
from t.harness.raw import Tun
from t.peer import tcpfp
from t.peer.test_live import ImpatientRaw, shapes

from .haproxy import HAProxy, binary, recipe

#: The kernel drops a few, such as those with malformed IP options.
SENT = 1020
ACCEPTED = 1000

#: What the command cannot know, or the second hop has of its own; and what no SYN tells.
HOP = {"syn_status", "accept_time", "hello_delay", "rtt", "rtt_quality", "stack"}


def of_syn(found):
    """What of an answer is the SYN's."""
    return {name: value for name, value in found.items()
            if name not in HOP and not name.startswith("info_")}


class Pairs(LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tun = Tun()
        cls.addClassCleanup(cls.tun.close)

    def recipes(self, *names, replaced=()):
        """An nginx with these recipes, the first with texts replaced. A front logs what it says of
        each SYN."""
        http, stream = "", ""
        log = "log_format %s escape=none '$tcpfp_syn|$tcpfp_rtt|$tcpfp_json';"
        for name in names:
            text = (EXAMPLES / name).read_text()
            for old, new in dict(replaced).items() if name == names[0] else ():
                text = text.replace(old, new)
            text = text.replace("include proxy_", f"include {EXAMPLES}/proxy_")
            text = text.replace("/var/log/nginx/", "logs/")
            # Clients come over another device, by either version.
            if name.startswith("front"):
                port = text.split("listen ")[1].split(";")[0]
                text = text.replace(f"listen {port};", f"listen [::]:{port} ipv6only=off;")
                text = text.replace("    listen", "    access_log logs/front.log front;\n    listen", 1)
                text = log % "front" + text
            if "stream.d" in text:
                stream += text
            else:
                http += text
        self.server = self.nginx(http, stream)
        return self.server

    def haproxy(self, name, replaced=()):
        """A HAProxy with this recipe, for clients by either version of IP."""
        if not binary():
            not_here("no HAProxy 3.4 or later: HAPROXY names one")
        haproxy = HAProxy(recipe(name, {"bind :": "bind :::", **dict(replaced)}))
        self.addCleanup(lambda: self.assertTrue(haproxy.stop(), "HAProxy died"))

    def check(self, port):
        answers = {}
        for shape in shapes(SENT):
            raw = ImpatientRaw(self.tun, shape.to_send(), port)
            try:
                raw.connect()
            except TimeoutError:
                continue
            raw.send(LAST_REQUEST)
            head, _, body = raw.read_to_end().partition(b"\r\n\r\n")
            self.assertTrue(head.startswith(b"HTTP/1.1 200 "), head)
            syn = raw.syn_packet()
            answers[syn[:len(syn) - len(shape.payload)].hex()] = json.loads(body)
        self.assertGreaterEqual(len(answers), ACCEPTED)
        differences = []
        for (syn, found), command in zip(answers.items(), classify(answers), strict=True):
            expected = {name: value for name, value in reading.expected(bytes.fromhex(syn)).items()
                        if value is not None and name not in ("payload_len", "ip_fp")}
            own = of_syn(found)
            self.assertEqual(found["syn_status"], "forwarded", syn)
            self.assertEqual(found["rtt_quality"], "forwarded", syn)
            if own != of_syn(command) or {name: own.get(name) for name in expected} != expected:
                differences.append((syn, found))
        self.assertEqual(differences, [])
        print(f"{self.id().rpartition('.')[2]}: {len(answers)} connections, 0 differences")
        return answers

    def check_front(self, answers):
        """What the first nginx has logged of each is what the second has answered."""
        lines = (self.server.prefix / "logs/front.log").read_text().splitlines()
        first = {}
        for line in lines:
            syn, rtt, told = line.split("|", 2)
            first[syn] = rtt, json.loads(told)
        self.assertEqual(set(first), set(answers))
        for syn, found in answers.items():
            rtt, told = first[syn]
            self.assertEqual(of_syn(told), of_syn(found), syn)
            self.assertEqual((told["syn_status"], rtt), ("saved", str(found["rtt"])))

    def test_nginx_to_nginx_by_headers(self):
        self.recipes("front_http.conf", "behind_headers.conf")
        self.check_front(self.check(8089))

    def test_nginx_stream_to_nginx_by_tlv(self):
        self.needs_tlvs()
        self.recipes("front_stream.conf", "behind_tlv.conf")
        self.check_front(self.check(8091))

    def test_haproxy_to_nginx_by_headers(self):
        self.recipes("behind_headers.conf")
        self.haproxy("haproxy_headers.cfg")
        self.check(8093)

    def test_haproxy_to_nginx_by_tlv(self):
        self.needs_tlvs()
        self.recipes("behind_tlv.conf")
        self.haproxy("haproxy_tlv.cfg")
        self.check(8094)

    def test_three_by_headers(self):
        """nginx, nginx, nginx."""
        self.recipes("front_http.conf", "between_http.conf", "behind_headers.conf",
                     replaced={"127.0.0.1:8090": "127.0.0.1:8096"})
        self.check_front(self.check(8089))

    def test_three_with_haproxy_in_the_middle(self):
        """nginx's stream, HAProxy, nginx."""
        self.needs_tlvs()
        self.recipes("front_stream.conf", "behind_tlv.conf",
                     replaced={"127.0.0.1:8092": "127.0.0.1:8095"})
        self.haproxy("haproxy_chain.cfg", {"src 127.0.0.1": "src 127.0.0.1 ::ffff:127.0.0.1"})
        self.check_front(self.check(8091))

    def test_three_with_stream_in_the_middle(self):
        """HAProxy, nginx's stream, nginx."""
        self.needs_tlvs()
        self.recipes("between_stream.conf", "behind_tlv.conf")
        self.haproxy("haproxy_tlv.cfg", {"127.0.0.1:8092": "127.0.0.1:8097"})
        self.check(8094)

    def needs_tlvs(self):
        if not is_at_least(1, 23, 2):
            not_here("this nginx keeps no TLVs")


def classify(syns):
    """What the command says of SYNs in hex, by the database that nginx has by default."""
    with tempfile.NamedTemporaryFile("w", suffix=".hex") as file:
        file.write("\n".join(syns))
        file.flush()
        command = [tcpfp.COMMAND, "classify", file.name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    unittest.main()
