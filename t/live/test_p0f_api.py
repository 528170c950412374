"""p0f's query protocol over a unix socket, by a client written from its description."""

import socket
import threading
import time

from lab import p0f
from lab.case import LabCase
from lab.client import connect, read_to_end
from lab.nginx import ends, wait_for
from lab.veth import CLIENT, SERVER, join
from lab.zone import Dump, directives

STREAM = 9090
PIPELINED, IDLE = 1000, 500


class P0fApi(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.other_namespace()
        join(cls.namespace, cls.client)

    def setUp(self):
        self.server = self.nginx(main="worker_processes 2;")
        self.path = self.server.prefix / "p0f.sock"
        self.server.configure(**self.configuration())
        self.server.reload()
        wait_for(self.path.exists, "the socket")

    def configuration(self):
        return {
            "http": directives("1m"),
            "stream": f"""
                tcpfp_zone hosts:1m;
                server {{ listen {STREAM}; listen [::]:{STREAM}; return "hello"; }}
                server {{ listen unix:{self.path}; tcpfp_p0f_api hosts; }}
            """,
            "main": "worker_processes 2;",
        }

    def visit(self, version=4):
        """A connection from the other namespace; the seconds between which it was made."""
        before = int(time.time())
        with self.client.inside():
            sock = connect(SERVER[version], STREAM)
        with sock:
            self.assertEqual(read_to_end(sock), b"hello")
        return before, int(time.time()) + 1

    def assertKnown(self, answer, connections, first, last):
        self.assertEqual((answer.magic, answer.status), (p0f.ANSWER_MAGIC, p0f.OK))
        self.assertEqual(answer.total_conn, connections)
        self.assertTrue(first[0] <= answer.first_seen <= first[1], answer)
        self.assertTrue(last[0] <= answer.last_seen <= last[1], answer)
        # One Linux that is one cable away, and says nothing by itself of sharing or of HTTP.
        self.assertEqual((answer.os_name, answer.distance), ("Linux", 0))
        self.assertEqual(answer.os_match_q & ~p0f.GENERIC, 0)
        self.assertEqual(answer.link_type, "Ethernet")
        self.assertEqual((answer.last_nat, answer.bad_sw), (0, 0))
        self.assertEqual((answer.http_name, answer.http_flavor, answer.language), ("",) * 3)
        # The kernel draws the offset of its timestamps.
        self.assertEqual((answer.uptime_min, answer.up_mod_days), (0, 0))

    def test_both_versions(self):
        for version in 4, 6:
            with p0f.Client(self.path) as client:
                unknown = client.ask(CLIENT[version])
                self.assertEqual(unknown, p0f.Answer(
                    p0f.ANSWER_MAGIC, p0f.NO_MATCH, *[0] * 10, *[""] * 6))
                first = self.visit(version)
                self.assertKnown(client.ask(CLIENT[version]), 1, first, first)
                time.sleep(1.1)
                last = self.visit(version)
                answer = client.ask(CLIENT[version])
                self.assertKnown(answer, 2, first, last)
                self.assertGreater(answer.last_seen, answer.first_seen)
        # An address within the prefix is the same client.
        with p0f.Client(self.path) as client:
            self.assertEqual(client.ask("fd90::1:2:3:4").total_conn, 2)
            self.assertEqual(client.ask("fd90:0:0:1::2").status, p0f.NO_MATCH)

    def test_after_a_reload(self):
        """A client that stays is answered by its old worker as long as it speaks; one that is idle
        is sent away with it."""
        first = self.visit()
        with p0f.Client(self.path) as busy, p0f.Client(self.path) as idle:
            self.assertKnown(idle.ask(CLIENT[4]), 1, first, first)
            half = p0f.query(CLIENT[4])
            busy.send(half[:9])
            # The worker has read it, and waits for the rest.
            self.assertKnown(self.asked_anew(), 1, first, first)
            time.sleep(0.2)
            workers = self.server.workers()
            self.server.reload()
            self.assertEqual(idle.sock.recv(1), b"")
            last = self.visit()
            busy.send(half[9:])
            self.assertKnown(busy.receive(), 2, first, last)
            # Then nothing keeps it.
            self.assertEqual(busy.sock.recv(1), b"")
            self.assertTrue(all(map(ends, workers)))
        self.assertKnown(self.asked_anew(), 2, first, last)

    def asked_anew(self):
        with p0f.Client(self.path) as client:
            return client.ask(CLIENT[4])

    def test_pipelined(self):
        """Questions without waiting for answers, in pieces of any size."""
        seen = self.visit(), self.visit(6)
        asked = [CLIENT[4], CLIENT[6], "192.0.2.1"] * PIPELINED
        questions = b"".join(map(p0f.query, asked[:PIPELINED]))
        with p0f.Client(self.path) as client:
            sender = threading.Thread(target=self.send_in_pieces, args=(client, questions))
            sender.start()
            try:
                for address in asked[:PIPELINED]:
                    answer = client.receive()
                    if address == "192.0.2.1":
                        self.assertEqual(answer.status, p0f.NO_MATCH)
                    else:
                        first = seen[address == CLIENT[6]]
                        self.assertKnown(answer, 1, first, first)
            finally:
                sender.join()
            # All at once, and the client takes its time to read.
            client.send(questions)
            time.sleep(0.5)
            self.assertEqual([client.receive().status for _ in range(PIPELINED)],
                             ([p0f.OK, p0f.OK, p0f.NO_MATCH] * PIPELINED)[:PIPELINED])

    @staticmethod
    def send_in_pieces(client, data):
        size = 1
        while data:
            client.send(data[:size])
            data, size = data[size:], size % 97 + 1

    def test_nonsense(self):
        """Is answered as p0f does, and the conversation goes on."""
        first = self.visit()
        with p0f.Client(self.path) as client:
            for changes in {"magic": 0}, {"magic": 0x01463050}, {"kind": 5}, {"kind": 0}:
                answer = client.ask(CLIENT[4], **changes)
                self.assertEqual((answer.magic, answer.status), (p0f.ANSWER_MAGIC, p0f.BAD_QUERY))
            self.assertKnown(client.ask(CLIENT[4]), 1, first, first)
        for part in b"", p0f.query(CLIENT[4])[:20]:
            with p0f.Client(self.path) as client:
                client.send(part)
                client.sock.shutdown(socket.SHUT_WR)
                self.assertEqual(client.sock.recv(1), b"")

    def test_idle_clients(self):
        """Many that say nothing, or half a question, are in nobody's way."""
        first = self.visit()
        clients = [p0f.Client(self.path) for _ in range(IDLE)]
        try:
            for client in clients[::2]:
                client.send(p0f.query(CLIENT[4])[:20])
            self.assertKnown(self.asked_anew(), 1, first, first)
            begin = sum(map(cpu_ticks, self.server.workers()))
            time.sleep(1)
            self.assertLess(sum(map(cpu_ticks, self.server.workers())) - begin, 10)
            for client in clients[::2]:
                client.send(p0f.query(CLIENT[4])[20:])
            for client in clients[1::2]:
                client.send(p0f.query(CLIENT[4]))
            for client in clients:
                self.assertKnown(client.receive(), 1, first, first)
        finally:
            for client in clients:
                client.close()
        self.assertEqual(Dump().repaired, 0)


def cpu_ticks(pid):
    """Hundredths of a second that a process has worked."""
    with open(f"/proc/{pid}/stat") as stat:
        return sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
