"""p0f's query protocol over a unix socket, by a client written from its description."""

import json
import select
import socket
import threading
import time

from t.harness import p0f
from t.harness.case import LiveCase
from t.harness.client import Http, connect, read_to_end
from t.harness.example import EXAMPLES, Example
from t.harness.nginx import ends, wait_for
from t.harness.veth import CLIENT, SERVER, VethCase
from t.harness.zone import Dump, directives

HTTP, STREAM = 8080, 9090
PIPELINED, GREEDY, IDLE = 1000, 10_000, 500
#: What is said of whom nothing is known, behind the status.
NOTHING = *[0] * 10, *[""] * 6
TTL, MSS = (socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_TCP, socket.TCP_MAXSEG)
DATABASE = """
classes = win,unix,other
[tcp:request]
label = s:unix:Ours:one
sig = *:64:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
label = g:unix:General:
sig = *:64:0:1300:*,*:mss,sok,ts,nop,ws:df,id+:0
label = s:win:Theirs with a name that is too long:and a flavor that is too long
sig = *:128:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
[mtu]
label = our link
sig = 1440
"""


class Greedy:
    """A client that asks about an address so often that nginx must wait for it to read. It has
    written all of it when this is joined."""

    def __init__(self, path, address, count):
        self.client, self.count = p0f.client(path), count
        self.writer = threading.Thread(target=self._write, args=(p0f.query(address) * count,))
        self.writer.start()

    def _write(self, questions):
        self.client.send(questions)
        self.client.sock.shutdown(socket.SHUT_WR)

    def answers(self):
        """All of them, and then the end."""
        found = [self.client.receive() for _ in range(self.count)]
        self.writer.join()
        end = self.client.sock.recv(1)
        self.client.close()
        return found, end


class P0fApi(VethCase):
    def setUp(self):
        self.server = self.nginx(main="worker_processes 2;")
        self.path = self.server.prefix / "p0f.sock"
        self.server.configure(**self.configuration())
        self.server.reload()
        wait_for(self.path.exists, "the socket")

    def configuration(self):
        return {
            "http": directives("1m")
            + f"server {{ listen 127.0.0.1:{HTTP}; location / {{ stub_status; }} }}",
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
            with p0f.client(self.path) as client:
                unknown = client.ask(CLIENT[version])
                self.assertEqual(unknown, p0f.Answer(p0f.ANSWER_MAGIC, p0f.NO_MATCH, *NOTHING))
                first = self.visit(version)
                self.assertKnown(client.ask(CLIENT[version]), 1, first, first)
                time.sleep(1.1)
                last = self.visit(version)
                answer = client.ask(CLIENT[version])
                self.assertKnown(answer, 2, first, last)
                self.assertGreater(answer.last_seen, answer.first_seen)
        # An address within the prefix is the same client.
        with p0f.client(self.path) as client:
            self.assertEqual(client.ask("fd90::1:2:3:4").total_conn, 2)
            self.assertEqual(client.ask("fd90:0:0:1::2").status, p0f.NO_MATCH)
            # An IPv4 address in an IPv6 one is the same as by itself.
            self.assertEqual(client.ask(f"::ffff:{CLIENT[4]}"), client.ask(CLIENT[4]))

    def test_after_a_reload(self):
        """A client that stays is answered by its old worker as long as it speaks; one that is idle
        is sent away with it."""
        first = self.visit()
        greedy = Greedy(self.path, CLIENT[4], 2 * GREEDY)
        with p0f.client(self.path) as busy, p0f.client(self.path) as idle, \
                p0f.client(self.path) as new:
            self.assertKnown(idle.ask(CLIENT[4]), 1, first, first)
            half = p0f.query(CLIENT[4])
            busy.send(half[:9])
            # The worker has read it, and waits for the rest.
            self.assertKnown(self.asked_anew(), 1, first, first)
            time.sleep(0.2)
            workers = self.server.workers()
            self.server.reload()
            self.assertEqual((idle.sock.recv(1), new.sock.recv(1)), (b"", b""))
            # What was on its way is answered.
            answers, end = greedy.answers()
            self.assertEqual(({answer.total_conn for answer in answers}, end), ({1}, b""))
            last = self.visit()
            busy.send(half[9:])
            self.assertKnown(busy.receive(), 2, first, last)
            # Then nothing keeps it.
            self.assertEqual(busy.sock.recv(1), b"")
            self.assertTrue(all(map(ends, workers)))
        self.assertKnown(self.asked_anew(), 2, first, last)

    def asked_anew(self):
        with p0f.client(self.path) as client:
            return client.ask(CLIENT[4])

    def test_pipelined(self):
        """Questions without waiting for answers, in pieces of any size."""
        seen = self.visit(), self.visit(6)
        asked = [CLIENT[4], CLIENT[6], "192.0.2.1"] * PIPELINED
        questions = b"".join(map(p0f.query, asked[:PIPELINED]))
        with p0f.client(self.path) as client:
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
        with p0f.client(self.path) as client:
            bad = p0f.Answer(p0f.ANSWER_MAGIC, p0f.BAD_QUERY, *NOTHING)
            for changes in (
                *({"magic": magic} for magic in (0, p0f.ANSWER_MAGIC, 0x01463050, 0xFFFFFFFF)),
                *({"kind": kind} for kind in (0, 1, 2, 5, 7, 10, 255)),
            ):
                self.assertEqual(client.ask(CLIENT[4], **changes), bad)
            self.assertKnown(client.ask(CLIENT[4]), 1, first, first)
            # What is behind an address of IPv4 is not looked at.
            client.send(p0f.query(CLIENT[4])[:9] + b"\xff" * 12)
            self.assertKnown(client.receive(), 1, first, first)
            # Another protocol.
            client.send(b"GET / HTTP/1.0\r\n\r\n\r\n\r\n"[:21])
            self.assertEqual(client.receive(), bad)
        for part in b"", p0f.query(CLIENT[4])[:20]:
            with p0f.client(self.path) as client:
                client.send(part)
                client.sock.shutdown(socket.SHUT_WR)
                self.assertEqual(client.sock.recv(1), b"")

    def test_who_does_not_read(self):
        """Keeps nobody else waiting, and is answered in the end."""
        first = self.visit()
        greedy = Greedy(self.path, CLIENT[4], GREEDY)
        time.sleep(0.5)
        self.assertKnown(self.asked_anew(), 1, first, first)
        answers, end = greedy.answers()
        self.assertEqual(({answer.total_conn for answer in answers}, end), ({1}, b""))

    def test_who_says_no_more(self):
        """Gets the answers to what was asked; of whom is gone nothing is left."""
        first = self.visit()
        with p0f.client(self.path) as half:
            half.send(p0f.query(CLIENT[4]) * 3)
            half.sock.shutdown(socket.SHUT_WR)
            for _ in range(3):
                self.assertKnown(half.receive(), 1, first, first)
            self.assertEqual(half.sock.recv(1), b"")
        with p0f.client(self.path) as silent:
            for i in range(1, 51):
                with p0f.client(self.path) as gone:
                    gone.send(p0f.query(CLIENT[4]) * (i * 10))
                    gone.sock.recv(i)
            # The silent one, and the one who asks.
            with Http(connect("127.0.0.1", HTTP)) as http:
                wait_for(lambda: "Active connections: 2 " in http.get("/"), "the end of the others")
            self.assertKnown(silent.ask(CLIENT[4]), 1, first, first)

    def test_idle_clients(self):
        """Many that say nothing, or half a question, are in nobody's way."""
        first = self.visit()
        clients = [p0f.client(self.path) for _ in range(IDLE)]
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


class Idle(LiveCase):
    """Clients of a server with `timeout=1s`, of which one asks often enough."""

    def setUp(self):
        self.server = self.nginx()
        self.path = self.server.prefix / "p0f.sock"
        self.server.configure(
            "tcpfp_zone hosts:1m;",
            f"server {{ listen unix:{self.path}; tcpfp_p0f_api hosts timeout=1s; }}")
        self.server.reload()
        wait_for(self.path.exists, "the socket")

    def client(self):
        client = p0f.client(self.path)
        self.addCleanup(client.close)
        return client

    def test_who_says_too_little(self):
        """Is left after a second: who says nothing, half a question, or a byte now and then."""
        busy, silent, half, slow = (self.client() for _ in range(4))
        asked = self.client()
        question = p0f.query("127.0.0.1")
        half.send(question[:20])
        asked.ask("127.0.0.1")
        began, left = time.monotonic(), {}
        others = {client.sock: client for client in (silent, half, slow, asked)}
        while time.monotonic() < began + 2.5:
            self.assertEqual(busy.ask("127.0.0.1").status, p0f.NO_MATCH)
            try:
                slow.send(question[:1])
            except BrokenPipeError:
                pass
            for sock in select.select(list(others), [], [], 0.1)[0]:
                self.assertEqual(sock.recv(1), b"")
                left[others.pop(sock)] = time.monotonic() - began
        self.assertEqual(set(left), {silent, half, slow, asked})
        self.assertGreater(min(left.values()), 0.8)

    def test_who_does_not_read(self):
        """Is left, too, though nginx still has answers for it."""
        client = self.client()
        client.sock.setblocking(False)
        questions = p0f.query("127.0.0.1") * GREEDY
        try:
            while True:
                client.sock.send(questions)
        except BlockingIOError:
            pass
        time.sleep(2)
        client.sock.settimeout(5)
        try:
            read_to_end(client.sock)
        except ConnectionResetError:
            pass
        self.assertEqual(self.client().ask("127.0.0.1").status, p0f.NO_MATCH)

    def test_the_default_is_longer(self):
        self.server.configure(
            "tcpfp_zone hosts:1m;", f"server {{ listen unix:{self.path}; tcpfp_p0f_api hosts; }}")
        self.server.reload()
        client = self.client()
        time.sleep(1.5)
        self.assertEqual(client.ask("127.0.0.1").status, p0f.NO_MATCH)


class Words(LiveCase):
    """What is said of whom, by the database of stream."""

    def setUp(self):
        self.server = self.nginx()
        self.path = self.server.prefix / "p0f.sock"
        (self.server.prefix / "own.fp").write_text(DATABASE)

    def start(self, stream, http="tcpfp_zone hosts:1m;"):
        self.server.configure(
            http=f"{http} server {{ listen {HTTP}; return 200 $tcpfp_host_json; }}",
            stream="tcpfp_database own.fp;"
                   f"server {{ listen unix:{self.path}; tcpfp_p0f_api hosts; }} {stream}")
        self.server.reload()
        wait_for(self.path.exists, "the socket")

    @staticmethod
    def visit(source, ttl=64, mss=1400):
        """A connection, and its record."""
        with Http(connect("127.0.0.1", HTTP, {TTL: ttl, MSS: mss}, source)) as http:
            return json.loads(http.get("/"))

    def test_a_client(self):
        self.start("")
        with p0f.client(self.path) as client:
            record = self.visit("127.0.0.2", ttl=61)
            self.assertEqual(client.ask("127.0.0.2"), p0f.Answer(
                p0f.ANSWER_MAGIC, p0f.OK, record["first_seen"], record["first_seen"], 1,
                *[0] * 4, 3, 0, 0, "Ours", "one", "", "", "our link", ""))
            for number, (options, said) in enumerate([
                ({"mss": 1300}, ("General", "", p0f.GENERIC, "", 0)),
                ({"mss": 1300, "ttl": 70}, ("General", "", p0f.GENERIC | p0f.FUZZY, "", 58)),
                # A name is cut in front of the last zero.
                ({"ttl": 100}, ("Theirs with a name that is too ",
                                "and a flavor that is too long", 0, "our link", 28)),
                ({"mss": 1200, "ttl": 33}, ("", "", 0, "", 31)),
            ], 3):
                self.visit(f"127.0.0.{number}", **options)
                answer = client.ask(f"127.0.0.{number}")
                with self.subTest(options):
                    self.assertEqual((answer.status, answer.os_name, answer.os_flavor,
                                      answer.os_match_q, answer.link_type, answer.distance),
                                     (p0f.OK, *said))

    def test_a_shared_address(self):
        self.start("")
        for _ in range(10):
            self.visit("127.0.0.7")
            record = self.visit("127.0.0.7", ttl=128)
            if record["nat"]:
                break
        with p0f.client(self.path) as client:
            answer = client.ask("127.0.0.7")
        self.assertEqual(
            (answer.last_nat, answer.last_chg), (record["nat_time"], record["change_time"]))

    def test_over_tcp(self):
        """As nginx can also listen."""
        self.start(f"""server {{
            listen 127.0.0.1:{STREAM}; allow 127.0.0.1; deny all; tcpfp off; tcpfp_p0f_api hosts;
        }}""")
        self.visit("127.0.0.2")
        with p0f.Client(connect("127.0.0.1", STREAM)) as client:
            self.assertEqual(client.ask("127.0.0.2").total_conn, 1)
        with p0f.Client(connect("127.0.0.1", STREAM, source="127.0.0.2")) as client:
            self.assertEqual(client.sock.recv(1), b"")

    def test_a_zone_of_stream(self):
        self.start(
            f"tcpfp_zone hosts:1m; server {{ listen {STREAM}; return $tcpfp_host_conn_count; }}",
            http="")
        for count in b"1", b"2":
            with connect("127.0.0.1", STREAM, source="127.0.0.2") as sock:
                self.assertEqual(read_to_end(sock), count)
        with Http(connect("127.0.0.1", HTTP, source="127.0.0.3")) as http:
            http.get("/")
        with p0f.client(self.path) as client:
            self.assertEqual(client.ask("127.0.0.2").total_conn, 2)
            self.assertEqual(client.ask("127.0.0.3").status, p0f.NO_MATCH)


class SocketExample(LiveCase):
    def test_p0f_socket_conf(self):
        """nginx in the place of p0f."""
        server = Example("p0f_socket.conf", replaced={})
        path = server.prefix / "p0f.sock"
        zone = (EXAMPLES / "clients_zone.conf").read_text()
        server.configure({"/run/p0f.sock": str(path)},
                         zone + f"server {{ listen {HTTP}; return 200 welcome; }}")
        self.started(server)
        with Http(connect("127.0.0.1", HTTP, {TTL: 61}, "127.0.0.2")) as http:
            self.assertEqual(http.get("/"), "welcome")
        with p0f.client(path) as client:
            answer = client.ask("127.0.0.2")
            self.assertEqual((answer.status, answer.total_conn, answer.distance, answer.os_name),
                             (p0f.OK, 1, 3, "Linux"))
            self.assertEqual(client.ask("127.0.0.3").status, p0f.NO_MATCH)
        # Every user may ask.
        self.assertEqual(path.stat().st_mode & 0o777, 0o666)


def cpu_ticks(pid):
    """Hundredths of a second that a process has worked."""
    with open(f"/proc/{pid}/stat") as stat:
        return sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))
