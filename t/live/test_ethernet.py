"""`tcpfp on ethernet`: the header of the frame that brought a SYN."""

import json
import subprocess

from t.harness import reading
from t.harness.case import not_here
from t.harness.client import connect, read_to_end
from t.harness.namespace import ip
from t.harness.packet import V4, V6
from t.harness.raw import Raw, Tun
from t.harness.sockets import save_syn
from t.harness.veth import DEVICE, SERVER, VethCase

NAMES = "syn_status", "eth_src", "eth_dst", "eth_proto", "vlan", "ttl", "src_addr", "src_port", "syn"
PROTOCOL = {4: "2048", 6: "34525"}
NOTHING = dict.fromkeys(["eth_src", "eth_dst", "eth_proto", "vlan"])


def link_address(namespace, device=DEVICE):
    """The Ethernet address of a device."""
    with namespace.inside():
        links = subprocess.run(["ip", "-j", "link", "show", device], capture_output=True, check=True)
    return json.loads(links.stdout)[0]["address"]




class Ethernet(VethCase):
    def servers(self, directive="tcpfp on ethernet;"):
        """An nginx that answers over http at 8080 and over stream at 9090."""
        text = "".join(f"{name}=$tcpfp_{name}\\n" for name in NAMES)
        return self.nginx(
            f'server {{ listen [::]:8080 ipv6only=off; {directive} return 200 "{text}"; }}',
            f'server {{ listen [::]:9090 ipv6only=off; {directive} return "{text}"; }}',
        )

    def reports(self, address):
        """What both say of connections that this thread makes, and the ports that these have."""
        for port, request in (8080, b"GET / HTTP/1.0\r\n\r\n"), (9090, b""):
            with connect(address, port) as sock:
                own = sock.getsockname()[1]
                sock.sendall(request)
                yield self.parse(read_to_end(sock)), own

    @staticmethod
    def parse(answer):
        lines = answer.decode().rpartition("\r\n\r\n")[2].splitlines()
        return {name: value or None for name, value in (line.split("=", 1) for line in lines)}

    def test_a_cable(self):
        nginx = self.servers()
        for port in 8080, 9090:
            self.assertEqual(save_syn(nginx.master, port), [2])
        own, peer = link_address(self.namespace), link_address(self.client)
        self.assertNotEqual(own, peer)
        for version in 4, 6:
            with self.client.inside():
                reports = list(self.reports(SERVER[version]))
            for report, port in reports:
                self.assertValues(report, {
                    "syn_status": "saved", "eth_src": peer, "eth_dst": own,
                    "eth_proto": PROTOCOL[version], "vlan": None, "ttl": 64, "src_port": port,
                })
                # What follows is the SYN, as without the header.
                self.assertEqual(int(report["syn"][0]), version)

    def test_without_the_parameter(self):
        nginx = self.servers("")
        self.assertEqual(save_syn(nginx.master, 8080), [1])
        with self.client.inside():
            reports = list(self.reports(SERVER[4]))
        for report, _ in reports:
            self.assertValues(report, NOTHING | {"syn_status": "saved"})

    def test_a_vlan(self):
        """The kernel takes the tag off."""
        try:
            for namespace, address in (self.namespace, "10.91.0.1"), (self.client, "10.91.0.2"):
                with namespace.inside():
                    ip(f"link add link {DEVICE} name vlan42 type vlan id 42")
                    ip(f"addr add {address}/24 dev vlan42")
                    ip("link set vlan42 up")
        except subprocess.CalledProcessError:
            not_here("no VLAN devices on this kernel")
        self.servers()
        with self.client.inside():
            reports = list(self.reports("10.91.0.1"))
        for report, _ in reports:
            self.assertValues(report, {
                "eth_src": link_address(self.client), "eth_dst": link_address(self.namespace),
                "eth_proto": PROTOCOL[4], "vlan": None, "src_addr": "10.91.0.2",
            })

    def test_loopback(self):
        self.servers()
        for address, version in ("127.0.0.1", 4), ("::1", 6):
            for report, _ in self.reports(address):
                self.assertValues(report, {
                    "syn_status": "saved", "eth_src": "00:00:00:00:00:00",
                    "eth_dst": "00:00:00:00:00:00", "eth_proto": PROTOCOL[version],
                    "src_addr": address,
                })

    def test_a_link_without_frames(self):
        """Nothing but the client's address tells such a SYN from a frame."""
        tun = Tun()
        self.addCleanup(tun.close)
        self.servers()
        for syn in V4, V6:
            raw = Raw(tun, syn).connect()
            raw.send(b"GET / HTTP/1.0\r\n\r\n")
            report = self.parse(raw.read_to_end())
            expected = reading.expected(raw.syn_packet())
            self.assertValues(report, NOTHING | {"syn": expected["syn"], "syn_status": "saved"})

    def test_reload(self):
        """The option follows the configuration, both ways."""
        nginx = self.servers()
        for directive, value in ("tcpfp on;", 1), ("tcpfp syn ethernet;", 2), ("tcpfp off;", 0):
            nginx.configure(http=f"server {{ listen [::]:8080 ipv6only=off; {directive} return 200 x; }}")
            nginx.reload()
            self.assertEqual(save_syn(nginx.master, 8080), [value])
