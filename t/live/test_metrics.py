"""`tcpfp_metrics`: the sums are those that the clients count themselves, whatever becomes of workers
and configurations."""

import os
import re
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from t.harness import tls
from t.harness.case import LiveCase, not_here, skip
from t.harness.client import Http, connect, read_to_end
from t.harness.metrics import SERVER, Page
from t.harness.namespace import sysctl
from t.harness.nginx import Nginx, is_at_least, modules, wait_for
from t.harness.packet import V4, V6, mss, timestamps
from t.harness.raw import Raw, Tun
from t.harness.source_case import FROM, TLV, packet_of, proxy_header

HTTP, TLS, STREAM = 8080, 8443, 9090
CLIENTS, THREADS = 6000, 16
AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)": "1", "Mozilla/5.0 (X11; Linux x86_64)": "0", "curl/8.0": "none",
}
#: A database that is sure of the SYNs of loopback.
DATABASE = "classes = unix\n[tcp:request]\nlabel = s:unix:Linux:here\nsig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n"
APPLE = V4.with_ip(ttl=55, ident=0).with_tcp(
    window=65535, options=mss(1460) + b"\x01\x03\x03\x06\x01\x01" + timestamps(77) + b"\x04\x02\0\0")


def request(agent, connection="keep-alive"):
    return f"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\nConnection: {connection}\r\n\r\n".encode()


class MetricsCase(LiveCase):
    def ended(self, subsystem, count):
        """The page, once so many connections have ended."""
        wait_for(lambda: Page().sum("tcpfp_connections_total", subsystem) >= count, f"{count} connections")
        return Page()


class Load(MetricsCase):
    def start(self, expect=()):
        """Four workers."""
        database = "tcpfp_database own.fp;"
        self.http = f"""
            {database} {SERVER}
            server {{ listen {HTTP} backlog=4096; listen {TLS} ssl backlog=4096; {tls.directives()} return 200 x; }}
        """
        self.stream = f"{database} server {{ listen {STREAM} backlog=4096; return x; }}"
        self.main = "worker_processes 4;"
        nginx = Nginx(http=self.http, stream=self.stream, main=self.main)
        (nginx.prefix / "own.fp").write_text(DATABASE)
        return self.started(nginx, expect=expect)

    def visit(self, number):
        """One client. Gives what it has done: connections, and requests by what they claim."""
        done = Counter()
        # A port of its own, or the kernel would give one that is in TIME-WAIT another SYN.
        address = f"127.1.{number >> 8}.{number & 255}"
        if number % 3 == 0:
            with connect("127.0.0.1", STREAM, source=address) as sock:
                assert read_to_end(sock) == b"x"
            done["stream"] += 1
            return done
        agent, mismatch = list(AGENTS.items())[number % 7 % 3]
        port = TLS if number % 11 == 0 else HTTP
        sock = connect("127.0.0.1", port, source=address)
        done["http"] += 1
        if port == TLS:
            sock = tls.context().wrap_socket(sock)
            done["tls"] += 1
        with sock:
            for last in [False] * (number % 4) + [True]:
                try:
                    sock.sendall(request(agent, "close" if last else "keep-alive"))
                    if last:
                        answer = read_to_end(sock)
                    else:
                        answer = Http(sock).receive().encode()
                except (OSError, ConnectionError):
                    # A reload has closed it between two requests.
                    break
                if not answer:
                    break
                done[mismatch] += 1
                done["of TLS"] += port == TLS
        return done

    def test_sums(self):
        server = self.start()
        done, ended = Counter(), []

        def visit(number):
            done_here = self.visit(number)
            ended.append(number)
            return done_here

        with ThreadPoolExecutor(THREADS) as pool:
            work = [pool.submit(visit, number) for number in range(CLIENTS)]
            for part in range(1, 4):
                wait_for(lambda: len(ended) > CLIENTS * part // 4, "clients", 60)
                server.reload()
        for client in work:
            done += client.result()
        self.ended("http", done["http"])
        page = self.ended("stream", done["stream"])
        self.assertGreater(done["tls"], 100)
        self.assertEqual(page.told("tcpfp_connections_total"), {
            ("http", "saved"): done["http"], ("stream", "saved"): done["stream"]})
        for subsystem in "http", "stream":
            self.assertEqual(page.sum("tcpfp_family_connections_total", subsystem, "Linux"), done[subsystem])
            self.assertEqual(page.sum("tcpfp_family_connections_total", subsystem), done[subsystem])
        self.assertEqual(page.told("tcpfp_os_connections_total"), {
            ("http", "Linux here"): done["http"], ("stream", "Linux here"): done["stream"]})
        self.assertEqual(page.sum("tcpfp_rtt_gap_seconds_count", "http"), done["tls"])
        verdicts = page.told("tcpfp_proxy_verdicts_total")
        self.assertEqual(sum(verdicts.values()), done["of TLS"])
        self.assertEqual({verdict[0] for verdict in verdicts}, {"http"})
        # A client that is as busy as these are answers late, now and then.
        self.assertGreater(verdicts["http", "direct"], done["of TLS"] // 2)
        self.assertEqual(page.told("tcpfp_errors_total"), {})
        # Who reads pages has no SYN.
        mismatches = {key[1]: count for key, count in page.told("tcpfp_requests_total").items() if key[0] == "Linux"}
        self.assertEqual(mismatches, {mismatch: done[mismatch] for mismatch in AGENTS.values()})
        for subsystem in "http", "stream":
            rtts = page.sum("tcpfp_handshake_rtt_seconds_count", subsystem)
            self.assertLessEqual(rtts, done[subsystem])
            self.assertGreater(rtts, done[subsystem] * 0.9)

    def test_reloads(self):
        """Open connections are counted by workers that are left over; without the directive nothing
        is, and what was counted is gone."""
        server = self.start()
        with connect("127.0.0.1", HTTP) as stays:
            http = Http(stays)
            stays.sendall(request("curl", "keep-alive"))
            http.receive()
            # In the middle of a request, so that the worker waits for it.
            stays.sendall(request("curl", "close")[:-2])
            server.signal(signal.SIGHUP)
            for _ in range(3):
                self.visit(1)
            stays.sendall(b"\r\n")
            read_to_end(stays)
        self.assertEqual(self.ended("http", 4).sum("tcpfp_connections_total", "http"), 4)
        server.reload()
        self.assertEqual(Page().sum("tcpfp_connections_total", "http"), 4)
        without = self.http.replace("tcpfp_metrics;", "return 404;")
        server.configure(without, self.stream, self.main)
        server.reload()
        self.visit(1)
        server.configure(self.http, self.stream, self.main)
        server.reload()
        self.assertEqual(Page().sum("tcpfp_connections_total"), 0)
        self.visit(1)
        self.ended("http", 1)

    def test_a_killed_worker(self):
        """What it had counted stays, and the others count on."""
        server = self.start(expect=[r"exited on signal 9"])
        for number in 1, 2, 3:
            self.visit(number)
        self.ended("stream", 1)
        self.ended("http", 2)
        before = server.workers()
        os.kill(next(iter(before)), signal.SIGKILL)
        wait_for(lambda: len(server.workers() - before) == 1 and len(server.workers()) == 4, "a new worker")
        for number in range(1, 40):
            self.visit(number)
        page = self.ended("http", 2 + 26)
        self.assertEqual(page.sum("tcpfp_connections_total", "http"), 2 + 26)
        self.assertEqual(page.sum("tcpfp_connections_total", "stream"), 1 + 13)


class Kinds(MetricsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tun = Tun()
        cls.addClassCleanup(cls.tun.close)

    def start(self, http="", stream="", **options):
        return self.nginx(
            f"{SERVER} server {{ listen {HTTP}; listen [::]:{HTTP}; {http} return 200 x; }}",
            stream or f"server {{ listen {STREAM}; listen [::]:{STREAM}; return x; }}", **options)

    def test_families(self):
        self.start()
        for syn in APPLE, APPLE, V4, V6:
            Raw(self.tun, syn, HTTP).connect().send(request(list(AGENTS)[0], "close"))
            Raw(self.tun, syn, STREAM).connect().read_to_end()
        self.ended("http", 4)
        page = self.ended("stream", 4)
        for subsystem in "http", "stream":
            self.assertEqual(page.sum("tcpfp_family_connections_total", subsystem, "Apple"), 2)
            self.assertEqual(page.sum("tcpfp_family_connections_total", subsystem), 4)
        self.assertEqual(page.sum("tcpfp_requests_total", "Apple", "1"), 2)

    def test_no_syn(self):
        self.start()
        before = sysctl("net.ipv4.tcp_syncookies", 2)
        for port in HTTP, STREAM:
            with connect("127.0.0.1", port) as sock:
                if port == HTTP:
                    sock.sendall(request("curl", "close"))
                read_to_end(sock)
        sysctl("net.ipv4.tcp_syncookies", before)
        self.ended("http", 1)
        page = self.ended("stream", 1)
        for subsystem in "http", "stream":
            self.assertEqual(page.sum("tcpfp_connections_total", subsystem, "missing"), 1)
            self.assertEqual(page.sum("tcpfp_family_connections_total", subsystem, "none", "none"), 1)
        self.assertEqual(page.told("tcpfp_errors_total"), {})

    def test_forwarded_in_stream(self):
        """Without a zone, and though nothing else asks for it."""
        if not is_at_least(1, 23, 2):
            not_here("nginx 1.23.2 is the first that keeps TLVs")
        self.start(stream=f"server {{ listen {STREAM} proxy_protocol; {FROM} {TLV} return x; }}")
        apple = packet_of(APPLE)
        for syn in apple, b"", b"none":
            with connect("127.0.0.1", STREAM) as sock:
                sock.sendall(proxy_header(syn, b"45000"))
                self.assertEqual(read_to_end(sock), b"x")
        page = self.ended("stream", 3)
        self.assertEqual({key: count for key, count in page.told("tcpfp_connections_total").items() if key[0] == "stream"}, {
            ("stream", "forwarded"): 1, ("stream", "missing"): 1, ("stream", "error"): 1})
        self.assertEqual(page.sum("tcpfp_family_connections_total", "stream", "Apple"), 1)
        self.assertEqual(page.told("tcpfp_errors_total"), {("source",): 1})
        self.assertEqual(page.sum("tcpfp_handshake_rtt_seconds_bucket", "stream", "0.03"), 0)
        self.assertEqual(page.sum("tcpfp_handshake_rtt_seconds_bucket", "stream", "0.05"), 3)


class OtherModules(MetricsCase):
    def others(self):
        others = os.environ.get("TEST_NGINX_PANIC_MODULES", "").split()
        if not others:
            skip("TEST_NGINX_PANIC_MODULES names no other build")
        return others

    def test_panics_are_counted(self):
        self.nginx(f"{SERVER} server {{ listen {HTTP}; return 200 $tcpfp_panic; }}",
                   f"server {{ listen {STREAM}; return $tcpfp_panic; }}",
                   load=self.others(), expect=[r"panicked at src/"] * 2)
        for _ in range(3):
            with Http(connect("127.0.0.1", HTTP)) as http:
                http.get("/")
            with connect("127.0.0.1", STREAM) as sock:
                read_to_end(sock)
        self.assertEqual(Page().told("tcpfp_errors_total"), {("panic",): 6})

    def test_of_another_layout(self):
        """It counts nothing, and says so; the other one goes on."""
        load = [module for module in modules() if "stream_tcpfp" not in module]
        load += [module for module in self.others() if "stream_tcpfp" in module]
        self.nginx(f"{SERVER} server {{ listen {HTTP}; return 200 x; }}", f"server {{ listen {STREAM}; return x; }}",
                   load=load, expect=[r"the other module has layout 1 of the counters, nothing is counted by this one"])
        with connect("127.0.0.1", STREAM) as sock:
            self.assertEqual(read_to_end(sock), b"x")
        with Http(connect("127.0.0.1", HTTP)) as http:
            http.get("/")
        page = self.ended("http", 1)
        self.assertEqual(page.sum("tcpfp_connections_total", "stream"), 0)


class WithoutStream(MetricsCase):
    def test_http_alone(self):
        load = [module for module in modules() if not re.search(r"ngx_stream_(tcpfp_)?module", module)]
        self.nginx(f"{SERVER} server {{ listen {HTTP}; return 200 x; }}", load=load)
        with Http(connect("127.0.0.1", HTTP)) as http:
            http.get("/")
        self.ended("http", 1)
