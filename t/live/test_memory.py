"""nginx that can have no more memory: single requests fail, as they do without the modules. No
process is lost, and when there is memory again all is as before."""

import os
import re
import resource
import signal
import subprocess
from bisect import bisect
from contextlib import ExitStack
from pathlib import Path

from t.harness import p0f
from t.harness.case import LiveCase
from t.harness.client import Http, connect, connect_unix, read_to_end
from t.harness.nginx import Limited, wait_for

HTTP, STREAM, DUMP = 8080, 9090, 8081
#: KiB that a worker may have beside what it has when it begins.
WORKER = 0, 16, 64, 132, 300, 600, 1000
#: The same of a master that reads a large database.
MASTER = 0, 256, 1000, 3000, 8000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000, 50_000, 60_000
#: Connections that stay open, of each protocol.
CLIENTS = 400
SIGNATURES = 100_000
NO_LIMIT = resource.RLIM_INFINITY
KEPT = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def limit(pid, more):
    """So many KiB of addresses more, and no more."""
    status = Path(f"/proc/{pid}/status").read_text()
    (size,) = (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSize"))
    resource.prlimit(pid, resource.RLIMIT_AS, ((size + more) << 10, NO_LIMIT))


def unlimit(pid):
    resource.prlimit(pid, resource.RLIMIT_AS, (NO_LIMIT, NO_LIMIT))


class NoMemory(LiveCase):
    PROGRAMS = ("prlimit",)

    def _check_log(self, nginx, _):
        """Nothing but memory is complained of."""
        self.assertEqual(
            [line for line in nginx.alarms() if not re.search("memory|could not allocate", line)], [])


class Worker(NoMemory):
    def servers(self, ours):
        """Blocks with or without the modules' part; a log and an answer that take memory."""
        zone = "tcpfp_zone hosts:1m;" if ours else ""
        value = "$tcpfp_json $tcpfp_host_json" if ours else "$request $http_user_agent"
        value_of_stream = value if ours else "$remote_addr $session_time"
        socket_path = self.prefix / "p0f.sock"
        return f"""
            {zone}
            log_format all escape=none '{value}';
            access_log logs/http all;
            server {{ listen {HTTP} backlog=1024; keepalive_timeout 60;
                      location / {{ return 200 "{value}"; }} }}
            server {{ listen {DUMP}; location / {{ {"tcpfp_dump hosts;" if ours else ""} }} }}
        """, f"""
            {zone}
            log_format all escape=none '{value_of_stream}';
            access_log logs/stream all;
            server {{ listen {STREAM} backlog=1024; return "{value_of_stream}"; }}
            {f"server {{ listen unix:{socket_path}; tcpfp_p0f_api hosts; }}" if ours else ""}
        """

    def visit(self, ours):
        """Clients that stay; gives how many were answered, and how many were not."""
        answered = failed = 0
        with ExitStack() as clients:
            for number in range(CLIENTS):
                asked = [(connect, ("127.0.0.1", HTTP), KEPT), (connect, ("127.0.0.1", STREAM), b"")]
                if ours and number % 20 == 0:
                    asked += [
                        (connect, ("127.0.0.1", DUMP), KEPT),
                        (connect_unix, (self.prefix / "p0f.sock",), p0f.query("127.0.0.1")),
                    ]
                for how, where, said in asked:
                    try:
                        client = clients.enter_context(how(*where))
                        client.sendall(said)
                        answer = client.recv(9000)
                    except ConnectionError:
                        answer = b""
                    if not answer or b" 500 " in answer[:20]:
                        failed += 1
                    else:
                        answered += 1
        return answered, failed

    def check(self, ours):
        server = Limited()
        if not ours:
            server.load = [module for module in server.load if "tcpfp" not in module]
        self.prefix = server.prefix
        http, stream = self.servers(ours)
        # So that the limits of a worker are ours to set.
        server.configure(http=http, stream=stream, main="user root;")
        self.started(server)
        (worker,) = server.workers()
        failures = []
        for more in WORKER:
            limit(worker, more)
            answered, failed = self.visit(ours)
            failures.append(failed)
            self.assertEqual(server.workers(), {worker}, f"{more} KiB")
            unlimit(worker)
        print(f"{'loaded' if ours else 'plain'}: of {answered + failed} with {WORKER} KiB, "
              f"{failures} failed")
        # There was too little.
        self.assertGreater(failures[0], 0)
        self.assertEqual(self.visit(ours)[1], 0, "there is memory again")
        self.assertEqual(server.workers(), {worker})
        if ours:
            with Http(connect("127.0.0.1", HTTP)) as http:
                self.assertIn('"syn_status":"saved"', http.get("/"))
            with connect("127.0.0.1", STREAM) as sock:
                self.assertIn(b'"conn_count":', read_to_end(sock))

    def test_plain(self):
        self.check(ours=False)

    def test_loaded(self):
        self.check(ours=True)


class Master(NoMemory):
    """A reload to what does not fit is refused, and the old configuration keeps serving."""

    def setUp(self):
        self.server = self.nginx()
        self.configure("old.fp", "Old", 1)
        self.server.reload()
        self.assertEqual(self.label(), "Old")

    def configure(self, file, name, signatures):
        """A database whose last signature is of Linux over loopback; the others are of nobody."""
        with (self.server.prefix / file).open("w") as out:
            out.write(f"classes = unix\n[tcp:request]\nlabel = s:unix:{name}:\n")
            for i in range(signatures - 1):
                out.write(f"sig = *:64:0:{500 + i % 900}:{1000 + i % 60000},{i % 14}:mss,sok:df:0\n")
            out.write("sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n")
        self.use(file)

    def use(self, database):
        both = f"tcpfp_database {database};"
        self.server.configure(
            f"{both} tcpfp_zone hosts:1m; server {{ listen {HTTP}; return 200 $tcpfp_os_name; }}",
            f"{both} tcpfp_zone hosts:1m; server {{ listen {STREAM}; return $tcpfp_os_name; }}")

    def label(self):
        """What http and stream take a client for."""
        with Http(connect("127.0.0.1", HTTP)) as http, connect("127.0.0.1", STREAM) as sock:
            label = http.get("/")
            self.assertEqual(read_to_end(sock).decode(), label)
        return label

    def try_to_reload(self, more):
        """With so many KiB; whether the new configuration serves."""
        master, before, said = self.server.master, self.server.workers(), len(self.server.alarms())
        limit(master, more)
        self.server.signal(signal.SIGHUP)
        wait_for(lambda: len(self.server.alarms()) > said or self.server.workers() - before,
                 "a refusal or new workers")
        self.assertEqual(self.server.master, master)
        self.assertTrue(Path(f"/proc/{master}").exists(), f"the master is gone, {more} KiB")
        unlimit(master)
        is_new = bool(self.server.workers() - before)
        if is_new:
            wait_for(lambda: not self.server.workers() & before, "the end of the old workers")
        return is_new

    def test_a_large_database(self):
        self.configure("new.fp", "New", SIGNATURES)
        refused = []
        for more in MASTER:
            if self.try_to_reload(more):
                break
            refused.append(more)
            self.assertEqual(self.label(), "Old")
        print(f"refused with {refused} KiB")
        self.assertGreater(len(refused), 2)
        self.server.reload()
        self.assertEqual(self.label(), "New")


class Start(NoMemory):
    """nginx either starts or ends with an error, once it has its modules."""

    def test_hardly_enough(self):
        server = Limited()
        self.addCleanup(server.remove)
        block = "tcpfp_zone hosts:32k; server {{ listen {}; return 200; }}".format
        server.configure(block(HTTP), block(STREAM))

        def test(room):
            server.room = room << 10
            # The C library asks for no more than it is asked for (mallopt(3)).
            return subprocess.run(server.command("-t"), capture_output=True, text=True, timeout=15,
                                  env={**os.environ, "MALLOC_TOP_PAD_": "0"})

        def is_loaded(room):
            done = test(room)
            return done.returncode != 127 and "dlopen()" not in done.stderr

        least = bisect(range(1 << 20), 0, key=lambda room: test(room).returncode == 0)
        first = bisect(range(least), 0, lo=least // 2, key=is_loaded)
        self.assertGreater(least - first, 100)
        # Each time another one of the last memory is missing. Where it is nginx's own, some versions
        # end without a word, as they do without the modules.
        told = []
        for room in range(first, least, 4):
            done = test(room)
            with self.subTest(first=first, least=least, room=room):
                self.assertEqual(done.returncode, 1, done.stderr)
            told += re.findall(r"\[(?:emerg|alert)\] .*(?:memory|allocate).*", done.stderr)
        self.assertGreater(len(told), 10)
