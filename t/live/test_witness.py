"""The SYN's values against tcpdump's of the same SYN, for clients that set what they send."""

import socket
from socket import IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, SOL_SOCKET

from t.harness import reading, veth
from t.harness.case import LiveCase
from t.harness.client import http_report, stream_report
from t.harness.namespace import ip, sysctl
from t.harness.servers import http_server, stream_server
from t.harness.tcpdump import Tcpdump
from t.harness.tcpdump import reading as tcpdump_reading

# linux/in.h; Python has no names for them.
IP_MTU_DISCOVER, PMTUDISC_DONT = 10, 0

LOOPBACK = {4: "127.0.0.1", 6: "::1"}
PORTS = {http_report: 8080, stream_report: 9090}
DUAL_PORTS = {http_report: 8081, stream_report: 9091}


class WitnessCase(LiveCase):
    PROGRAMS = "tcpdump",

    def setUp(self):
        def both(server, how):
            two = server(f"listen 0.0.0.0:{PORTS[how]}; listen [::]:{PORTS[how]};")
            return two + server(f"listen [::]:{DUAL_PORTS[how]} ipv6only=off;")

        self.nginx(both(http_server, http_report), both(stream_server, stream_report))

    def assertSeen(self, tcpdump, report):
        """tcpdump saw that SYN, and reads it as the module does."""
        port = int(report["src_port"])
        packet = tcpdump.syn(port)
        self.assertValues(report, {"syn_status": "saved", "syn": packet.hex()})
        self.assertValues(report, tcpdump_reading(packet))
        # What tcpdump does not print.
        self.assertValues(report, reading.expected(packet))


class Loopback(WitnessCase):
    def test_against_tcpdump(self):
        with Tcpdump("lo") as tcpdump:
            for version, address in LOOPBACK.items():
                for ask, port in PORTS.items():
                    with self.subTest(ask.__name__, version=version):
                        report = ask(address, port)
                        self.assertSeen(tcpdump, report)
                        self.assertValues(report, {"ip_version": version, "dst_port": port})

    def test_ipv4_client_of_a_dual_stack_socket(self):
        with Tcpdump("lo") as tcpdump:
            for ask, port in DUAL_PORTS.items():
                for version, address in LOOPBACK.items():
                    with self.subTest(ask.__name__, version=version):
                        report = ask(address, port)
                        self.assertSeen(tcpdump, report)
                        self.assertValues(report, {"ip_version": version, "src_addr": address})


class Veth(WitnessCase, veth.VethCase):
    def ask(self, how, version, **options):
        with self.client.inside():
            return how(veth.SERVER[version], PORTS[how], **options)

    def test_against_tcpdump(self):
        with Tcpdump(veth.DEVICE) as tcpdump:
            for version in 4, 6:
                for how in PORTS:
                    with self.subTest(how.__name__, version=version):
                        report = self.ask(how, version)
                        self.assertSeen(tcpdump, report)
                        self.assertValues(report, {
                            "src_addr": veth.CLIENT[version], "dst_addr": veth.SERVER[version],
                            "mss": 1460 if version == 4 else 1440, "ttl": 64,
                        })

    def test_options_of_the_client_socket(self):
        cases = [
            (4, {(IPPROTO_IP, socket.IP_TTL): 37}, {"ttl": 37}),
            (6, {(IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS): 200}, {"ttl": 200}),
            (4, {(IPPROTO_IP, socket.IP_TOS): 0x48}, {"tos": 0x48, "ip_ecn": 0}),
            (6, {(IPPROTO_IPV6, socket.IPV6_TCLASS): 0xB8}, {"tos": 0xB8, "ip_ecn": 0}),
            (4, {(IPPROTO_IP, IP_MTU_DISCOVER): PMTUDISC_DONT}, {"df": 0, "ip_flags": 0}),
            (4, {(IPPROTO_IP, socket.IP_OPTIONS): b"\x01" * 8}, {
                "ip_options": "01" * 8, "ip_hlen": 28,
            }),
            *((version, {(IPPROTO_TCP, socket.TCP_MAXSEG): 800}, {"mss": 800})
              for version in (4, 6)),
            # Whole segments: the kernel rounds down to them.
            (4, {(IPPROTO_TCP, socket.TCP_WINDOW_CLAMP): 3 * 1460}, {"window": 3 * 1460}),
            (6, {(IPPROTO_TCP, socket.TCP_WINDOW_CLAMP): 3 * 1440}, {"window": 3 * 1440}),
        ]
        with Tcpdump(veth.DEVICE) as tcpdump:
            for version, options, expected in cases:
                for how in PORTS:
                    with self.subTest(how.__name__, version=version, expected=expected):
                        report = self.ask(how, version, options=options)
                        self.assertSeen(tcpdump, report)
                        self.assertValues(report, expected)

    def test_receive_buffer_makes_window_and_scale(self):
        windows = []
        with Tcpdump(veth.DEVICE) as tcpdump:
            for size in 4096, 1 << 20:
                report = self.ask(http_report, 4, options={(SOL_SOCKET, socket.SO_RCVBUF): size})
                self.assertSeen(tcpdump, report)
                windows.append((int(report["window"]), int(report["wscale"])))
        self.assertLess(windows[0], windows[1])

    def test_sysctls_of_the_client(self):
        both = {
            "net.ipv4.tcp_timestamps": (0, {
                "tsval": None, "tsecr": None, "options": "2,1,1,4,1,3", "tcp_hlen": 32,
            }),
            "net.ipv4.tcp_sack": (0, {"sack_ok": 0, "options": "2,1,1,8,1,3"}),
            "net.ipv4.tcp_window_scaling": (0, {"wscale": None, "options": "2,4,8"}),
            "net.ipv4.tcp_ecn": (1, {"tcp_ecn": 3, "flags": 194}),
        }
        cases = [(version, name, *rest) for version in (4, 6) for name, rest in both.items()] + [
            (4, "net.ipv4.ip_default_ttl", 100, {"ttl": 100}),
            (4, "net.ipv4.ip_no_pmtu_disc", 1, {"df": 0}),
            (6, f"net.ipv6.conf.{veth.DEVICE}.hop_limit", 33, {"ttl": 33}),
            (6, "net.ipv6.auto_flowlabels", 0, {"flow_label": 0}),
        ]
        with Tcpdump(veth.DEVICE) as tcpdump:
            for version, name, value, expected in cases:
                with self.subTest(name, version=version):
                    with self.client.inside():
                        old = sysctl(name, value)
                    report = self.ask(http_report, version)
                    with self.client.inside():
                        sysctl(name, old)
                    self.assertSeen(tcpdump, report)
                    self.assertValues(report, expected)
                    other = self.ask(http_report, version)
                    self.assertNotEqual(
                        {name: other[name] for name in expected},
                        {name: report[name] for name in expected}, "the sysctl changed nothing")

    def test_mtu_makes_mss(self):
        for mtu in 1400, 1280, 1500:
            with self.client.inside():
                ip(f"link set {veth.DEVICE} mtu {mtu}")
            for version, headers in (4, 40), (6, 60):
                with self.subTest(mtu=mtu, version=version):
                    report = self.ask(http_report, version)
                    self.assertValues(report, {"mss": mtu - headers})
