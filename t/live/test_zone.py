"""A zone under connections while nginx is reloaded, upgraded and loses workers at any moment.

ZONE_CONNECTIONS=50000
    so many connections instead of 5,000
"""

import multiprocessing
import os
import random
import re
import signal
import socket
import struct
from concurrent.futures import ProcessPoolExecutor

from t.harness.case import LiveCase
from t.harness.client import connect, read_to_end
from t.harness.nginx import ends, wait_for
from t.harness.zone import Dump, Memory, directives, long_database

CONNECTIONS = int(os.environ.get("ZONE_CONNECTIONS", 5000))
PROCESSES = 2
#: So often that many connections, until what is wanted to happen has.
ROUNDS = 20
STREAM = 9090
#: Megabytes of the zone.
SIZE = 1
#: How many of the workers that are stopped outside of it are killed all the same.
BY_CHANCE = 0.3
#: The share of connections that may come while a stopped worker has the zone, and are not counted:
#: nobody waits for it for long.
MISSED = 0.002
#: Clients, all of loopback.
CLIENTS = 200
#: Seconds in which a connection must be answered, a killed worker and its repair included.
PATIENCE = 10
#: Complaints that a killed worker causes: one for its end, one if it had the zone.
EXPECTED = r"exited on signal 9|shared memory zone \"hosts\" was locked by"


def servers(inactive="2h", database="builtin"):
    return {
        "http": f"tcpfp_database {database};" + directives(f"{SIZE}m", f"inactive={inactive}"),
        "stream": f"""
            tcpfp_database {database};
            tcpfp_zone hosts:{SIZE}m inactive={inactive};
            server {{ listen 127.0.0.1:{STREAM}; return "$tcpfp_host_conn_count"; }}
        """,
        "main": "worker_processes 4;",
    }


def serve(count):
    """Makes so many connections that are answered, from many addresses. Gives, for each address,
    how many were answered and how many were tried: a killed worker answers not all of its own."""
    answered, tried = [0] * CLIENTS, [0] * CLIENTS
    while sum(answered) < count:
        client = random.randrange(CLIENTS)
        tried[client] += 1
        answered[client] += is_answered(client)
    return answered, tried


def is_answered(client):
    with socket.socket() as sock:
        sock.settimeout(PATIENCE)
        sock.bind((address(client), 0))
        # No port is kept for its last packets.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            sock.connect(("127.0.0.1", STREAM))
            return bool(read_to_end(sock))
        except ConnectionError:
            return False


def address(client):
    return f"127.0.1.{client + 1}"


class Zone(LiveCase):
    def setUp(self):
        self.server = self.nginx(**servers())

    def _check_log(self, nginx, _):
        """Nothing is complained of but the end of those that were killed."""
        self.assertEqual(
            [alarm for alarm in nginx.alarms() if not re.search(EXPECTED, alarm)], [])

    def under_load(self, disturb, until=lambda: True):
        """Does something again and again until all connections are made; and more of them, until
        something happened."""
        self.answered, self.tried = [0] * CLIENTS, [0] * CLIENTS
        for _ in range(ROUNDS):
            with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("fork")) as pool:
                shares = [pool.submit(serve, CONNECTIONS // PROCESSES) for _ in range(PROCESSES)]
                while not all(share.done() for share in shares):
                    disturb()
            for share in shares:
                for counts, more in zip((self.answered, self.tried), share.result()):
                    counts[:] = map(sum, zip(counts, more))
            if until():
                return

    def assertCounted(self, dump, missed=0):
        """Every connection that was answered is in the records, but for this share of them, and
        none twice."""
        self.assertEqual(dump.torn, [])
        self.assertEqual(dump.evicted, 0)
        self.assertEqual(dump.clients, len(dump.records))
        uncounted = 0
        for client in range(CLIENTS):
            counted = dump.records[address(client)]["conn_count"]
            uncounted += max(0, self.answered[client] - counted)
            self.assertLessEqual(counted, self.tried[client])
        print(f"{uncounted} of {sum(self.answered)} connections were not counted")
        self.assertLessEqual(uncounted, sum(self.answered) * missed)

    def test_reloads(self):
        reloads = 0

        def disturb():
            nonlocal reloads
            self.server.configure(**servers(inactive=f"{reloads % 2 + 1}h"))
            self.server.reload()
            reloads += 1

        self.under_load(disturb, lambda: reloads > 1)
        self.assertGreater(reloads, 1)
        self.assertCounted(Dump())
        self.assertEqual(Dump().repaired, 0)

    def test_killed_workers(self):
        """They are stopped at any moment, and killed there if they have the zone, or by chance.
        Whom they leave in the middle of a change, the next one mends."""
        self.make_changes_long()
        kills = 0

        def disturb():
            nonlocal kills
            for worker in self.server.workers():
                if Memory(worker, SIZE << 20).stop_inside() or random.random() < BY_CHANCE:
                    os.kill(worker, signal.SIGKILL)
                    self.assertTrue(ends(worker))
                    kills += 1
                else:
                    os.kill(worker, signal.SIGCONT)

        self.under_load(disturb, lambda: kills > 10 and Dump().repaired)
        wait_for(self.server.is_up, "all workers")
        dump = Dump()
        self.assertCounted(dump, MISSED)
        locked = sum("was locked by" in line for line in self.server.log())
        print(f"{CONNECTIONS} connections, {kills} workers killed: {locked} of them had the zone, "
              f"{dump.repaired} were changing it")
        self.assertGreater(dump.repaired, 0)
        self.assertGreaterEqual(locked, dump.repaired)

    def test_a_killed_worker_and_a_reload(self):
        """A reload does not wait for the zone, which a worker may have that dies before the master
        can hear of it."""
        self.make_changes_long()
        reloads = 0

        def disturb():
            nonlocal reloads
            for worker in self.server.workers():
                if not Memory(worker, SIZE << 20).stop_inside():
                    os.kill(worker, signal.SIGCONT)
                    continue
                before = self.server.workers()
                self.server.signal(signal.SIGHUP)
                wait_for(lambda: self.server.workers() - before, "new workers")
                os.kill(worker, signal.SIGKILL)
                wait_for(
                    lambda: not self.server.workers() & before and self.server.is_up(),
                    "the end of the old workers")
                reloads += 1
                return

        self.under_load(disturb, lambda: reloads)
        self.assertCounted(Dump(), MISSED)
        self.assertGreater(reloads, 0)

    def make_changes_long(self):
        """With signatures that it takes long to tell apart."""
        (self.server.prefix / "long.fp").write_text(long_database())
        self.server.configure(**servers(database=self.server.prefix / "long.fp"))
        self.server.reload()

    def test_upgrade(self):
        """A new binary has a zone of its own; nobody loses more than what the old one knew."""
        def disturb():
            old = self.server.master
            self.server.signal(signal.SIGUSR2)
            wait_for(
                lambda: self.server.old_master == old and self.server.master not in (None, old)
                and self.server.is_up(), "the new binary")
            os.kill(old, signal.SIGQUIT)
            self.assertTrue(ends(old))
            wait_for(lambda: self.server.old_master is None, "the end of the old binary")

        self.under_load(disturb)
        before = {a: record["conn_count"] for a, record in Dump().records.items()}
        with connect("127.0.0.1", STREAM) as sock:
            read_to_end(sock)
        dump = Dump()
        self.assertEqual(dump.torn, [])
        self.assertEqual(dump.repaired, 0)
        # It counts on.
        self.assertEqual(
            dump.records["127.0.0.1"]["conn_count"], before.get("127.0.0.1", 0) + 2)
