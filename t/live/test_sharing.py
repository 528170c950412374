"""Whether an address is seen to be one machine's or several: clients behind a masquerading
router, and without it."""

import json
from itertools import cycle

from t.harness.case import LiveCase
from t.harness.client import connect, read_to_end
from t.harness.masquerade import ROUTER, SERVER, Router
from t.harness.zone import Dump, directives

PORTS = 9090, 9091
#: One of these, as the database knows it or not.
ANOTHER_SYN = {"os_diff", "sig_diff", "x_known"}
#: Sysctls of net.ipv4 that make of one Linux another system, for what can be seen of it; and why it is
#: seen then.
LINUX = {}
OTHERS = (
    ({"ip_default_ttl": 128}, {"ttl"}),
    ({"tcp_timestamps": 0}, ANOTHER_SYN),
    ({"tcp_window_scaling": 0}, ANOTHER_SYN),
    ({"tcp_rmem": "4096 16384 32768"}, ANOTHER_SYN),
)


class Sharing(LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.router = Router(cls.namespace)
        cls.addClassCleanup(cls.router.close)

    def visits(self, clients, count, ports=PORTS[:1]):
        """So many connections, by the clients in turns and to the ports in turns; what the record
        of a new nginx says after each."""
        listen = "".join(f"listen {port};" for port in PORTS)
        self.nginx(
            directives("1m"),
            f'tcpfp_zone hosts:1m; server {{ {listen} return "$tcpfp_host_json"; }}',
        )
        records = []
        for i, client, port in zip(range(count), cycle(clients), cycle(ports)):
            with client.inside():
                sock = connect(SERVER, port)
            with sock:
                records.append(json.loads(read_to_end(sock)))
        self.assertEqual([record["conn_count"] for record in records], [*range(1, count + 1)])
        self.assertEqual({record["address"] for record in records}, {ROUTER})
        return records

    def test_two_systems(self):
        for sysctls, reasons in OTHERS:
            with self.subTest(sysctls):
                clients = [self.router.client(**LINUX), self.router.client(**sysctls)]
                records = self.visits(clients, 40)
                events = [record.get("event") for record in records]
                self.assertEqual(records[0]["nat"], 0)
                self.assertIn("ip sharing", events)
                first = records[events.index("ip sharing")]
                self.assertEqual((first["nat"], records[-1]["nat"]), (1, 1))
                self.assertTrue(reasons & set(first["reasons"].split()), first)
                dumped = Dump().records[ROUTER]
                self.assertEqual((dumped["nat"], dumped["nat_time"]), (1, records[-1]["nat_time"]))
                self.doCleanups()

    def test_one_system(self):
        """However often it comes, and in whatever order its ports do."""
        for sysctls in LINUX, *(sysctls for sysctls, _ in OTHERS):
            for ports in PORTS[:1], PORTS:
                with self.subTest(sysctls, ports=ports):
                    records = self.visits([self.router.client(**sysctls)], 100, ports)
                    self.assertEqual({record["nat"] for record in records}, {0})
                    # One SYN in 65,536 has by chance the identification 0, which is a quirk: it and
                    # the next one differ from what was before.
                    strange = [record for record in records if record["score"]]
                    self.assertLessEqual(len(strange), 2, strange)
                    self.assertLessEqual({record["score"] for record in strange}, {1, 2, 3})
                    self.assertEqual(Dump().records[ROUTER]["nat"], 0)
                    self.doCleanups()

    def test_two_of_the_same(self):
        """Are not told apart: timestamps and ports are as random as one's own."""
        records = self.visits([self.router.client(), self.router.client()], 100)
        self.assertEqual({record["nat"] for record in records}, {0})
