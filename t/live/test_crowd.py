"""A zone under many addresses: what a real nginx makes of them.

ZONE_CLIENTS=1000000
    so many instead of 20,000
"""

import os
import re
import time
from pathlib import Path
from typing import NamedTuple

from t.harness.case import LiveCase
from t.harness.crowd import Crowd
from t.harness.raw import Tun
from t.harness.zone import Dump, directives

CLIENTS = int(os.environ.get("ZONE_CLIENTS", 20000))
STREAM = 9090
NETWORK = "100.64.0.0/10"
#: KiB by which a worker grows as it serves, whatever it keeps.
OWN = 256
#: KiB of the zone's chains that are used first: those of a few clients are anywhere.
PAGES = 4 * 350


class ManyClients(LiveCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tun = Tun()
        cls.addClassCleanup(cls.tun.close)
        cls.crowd = Crowd(cls.tun, Tun.SERVER[4], NETWORK, STREAM)

    def start(self, size, parameters="inactive=2h"):
        return self.nginx(
            directives(size, parameters),
            f"""tcpfp_zone hosts:{size} {parameters};
                server {{ listen {Tun.SERVER[4]}:{STREAM}; return ""; }}""",
        )

    def assertRecords(self, dump, clients, connections):
        """These clients have records, and no other ones of the crowd."""
        ours = {address: record for address, record in dump.records.items()
                if address.startswith("100.")}
        self.assertEqual(set(ours), {self.crowd.address(client) for client in clients})
        self.assertEqual({record["conn_count"] for record in ours.values()}, {connections})
        self.assertEqual(dump.torn, [])

    def test_a_large_zone(self):
        """Keeps all of them, or those for whom there is room, and takes memory for no more."""
        nginx = self.start("64m")
        (worker,) = nginx.workers()
        capacity = Dump("since=4294967295").capacity
        self.assertGreater(capacity, 350_000)
        self.crowd.visit(range(1, 1001))
        before = memory(worker)
        self.crowd.visit(range(1001, CLIENTS + 1))
        dump = Dump()
        # Together with the dump's own client.
        kept = range(max(CLIENTS + 2 - capacity, 1), CLIENTS + 1)
        self.assertRecords(dump, kept, 1)
        self.assertEqual(dump.clients, len(kept) + 1)
        self.assertLessEqual(abs(dump.evicted - (CLIENTS - len(kept))), 1)
        after = memory(worker)
        self.assertLess(after.own - before.own, OWN)
        self.assertLess(after.shared - before.shared, len(kept) * 192 / 1024 + PAGES)
        self.crowd.visit(kept)
        self.assertRecords(Dump(), kept, 2)
        again = memory(worker)
        self.assertLess(again.own - after.own, OWN)
        self.assertEqual(again.shared, after.shared)

    def test_the_oldest_goes(self):
        """In a zone without room for all; nobody is refused."""
        self.start("256k")
        capacity = Dump().capacity
        count = min(capacity * 3, CLIENTS)
        self.crowd.visit(range(1, count + 1))
        dump = Dump()
        # The dump's own client has a record, too; the one that it had before went.
        self.assertRecords(dump, range(count + 2 - capacity, count + 1), 1)
        self.assertEqual((dump.clients, dump.evicted), (capacity, count + 2 - capacity))
        # Who comes again stays, in the order of the last visits.
        oldest = count + 2 - capacity
        self.crowd.visit([oldest])
        self.crowd.visit(range(count + 1, count + 11))
        records = Dump().records
        self.assertEqual(records[self.crowd.address(oldest)]["conn_count"], 2)
        self.assertNotIn(self.crowd.address(oldest + 1), records)

    def test_the_silent_are_forgotten(self):
        self.start("256k", "inactive=2s")
        self.crowd.visit(range(1, 101))
        self.assertRecords(Dump(), range(1, 101), 1)
        time.sleep(3.1)
        self.assertEqual(set(Dump().records), {"127.0.0.1"})
        # Each connection makes room by two of them.
        self.crowd.visit(range(1001, 1061))
        dump = Dump()
        self.assertRecords(dump, range(1001, 1061), 1)
        self.assertEqual((dump.clients, dump.evicted), (61, 0))


class Memory(NamedTuple):
    """KiB of a process: its own, and what it has used of shared memory."""

    own: int
    shared: int


def memory(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return Memory(*(
        int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[1])
        for name in ("RssAnon", "RssShmem")
    ))
