"""A full zone, and one network that comes from more addresses than it has room for: the others keep
their records, but for the network's share."""

import ipaddress
import socket
import struct

from t.harness.case import LiveCase
from t.harness.client import connect, read_to_end
from t.harness.namespace import ip, sysctl
from t.harness.zone import Dump, directives

STREAM = 9090
#: Nothing waits for a connection's last packets.
RESET = {(socket.SOL_SOCKET, socket.SO_LINGER): struct.pack("ii", 1, 0)}
#: One in so many of a full zone's clients can be of one network.
SHARE = 16
NEWCOMERS = 100


def addresses(network, step, count):
    """So many addresses of a network, a step apart."""
    first = int(ipaddress.ip_network(network)[1])
    kind = ipaddress.ip_address(first).__class__
    return [str(kind(first + i * step)) for i in range(count)]


class Network(LiveCase):
    def setUp(self):
        # All of it is this machine's, and clients may come from there.
        ip("-6 route replace local fd00::/8 dev lo")
        sysctl("net.ipv6.ip_nonlocal_bind", 1)

    def start(self, size, parameters=""):
        self.nginx(directives(size, parameters), f"""
            tcpfp_zone hosts:{size} {parameters};
            server {{ listen [::]:{STREAM} ipv6only=off; return "$tcpfp_host_conn_count"; }}
        """)

    def visit(self, addresses):
        """One connection of each; what the server says to it."""
        for address in addresses:
            server = "::1" if ":" in address else "127.0.0.1"
            with connect(server, STREAM, RESET, address) as sock:
                yield read_to_end(sock).decode()

    def check(self, others, network):
        """The others fill the zone, and the network comes."""
        self.assertEqual(set(self.visit(others)), {"1"})
        before = Dump()
        self.assertEqual((before.clients, before.refused), (before.capacity, 0))
        told = list(self.visit(network))
        after = Dump()
        share = before.capacity // SHARE

        kept = set(before.records) & set(after.records)
        first = ipaddress.ip_network(f"{network[0]}/{48 if ':' in network[0] else 24}", strict=False)
        theirs = sum(ipaddress.ip_address(client) in first for client in after.records)
        print(f"of {before.capacity} clients {before.capacity - len(kept)} went for {len(network)}, "
              f"of whom {theirs} have a record and {after.refused} were refused")
        # The dump's own client comes and goes like any other.
        self.assertLessEqual(before.capacity - len(kept), share + 1)
        self.assertLessEqual(theirs, share)
        self.assertGreater(theirs, share / 2)
        # Who is refused is told of no record, and counted.
        self.assertEqual(set(told), {"", "1"})
        self.assertEqual(told.count(""), after.refused)
        self.assertGreater(after.refused, 0)
        self.assertEqual(after.clients, after.capacity)
        self.assertEqual(after.torn, [])

        # Others come as before.
        newcomers = addresses("127.200.0.0/16", 256, NEWCOMERS)
        self.assertEqual(set(self.visit(newcomers)), {"1"})
        last = Dump()
        self.assertLessEqual(set(newcomers), set(last.records))
        self.assertEqual(last.refused, after.refused)

    def test_an_ipv6_48(self):
        """As two thirds of the others are of IPv4, and one of IPv6."""
        self.start("1m")
        others = addresses("127.1.0.0/16", 256, 3700) + addresses("fd00::/16", 1 << 80, 2000)
        self.check(others, addresses("fdee:1:2::/48", 1 << 64, 10_000))

    def test_an_ipv4_24(self):
        self.start("256k")
        self.check(addresses("127.1.0.0/16", 256, 1500), addresses("127.99.9.0/24", 1, 254))

    def test_addresses_that_are_clients_each(self):
        self.start("256k", "ipv6_prefix=128")
        self.check(addresses("fd00::/16", 1 << 80, 1500), addresses("fdee:1:2::/64", 1, 2000))
