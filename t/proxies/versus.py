#!/usr/bin/env python3
"""What values cost here and in HAProxy, in one run: processor time of the process that serves, for each
connection with one request. Each is compared with the same server that says a constant of the same
length in its place, and keeps no SYN. Writes the table of docs/costs.md.

    python3 -m t.proxies.versus [ROUNDS [CONNECTIONS]]
"""

import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from t.harness import tls
from t.harness.client import LAST_REQUEST, connect, read_to_end
from t.harness.namespace import Namespace
from t.harness.nginx import Nginx, modules

from .haproxy import HAProxy, binary

AT_ONCE = 8
#: Values that both have, by our names and as HAProxy samples them; where HAProxy has several for one of
#: ours, one of them.
ONE = {"ip_fp": "var(sess.syn),ip.fp,hex"}
TWENTY = {
    "syn": "var(sess.syn),hex", **ONE, "ip_fp7": "var(sess.syn),ip.fp(7),hex",
    "ip_version": "var(sess.syn),ip.ver", "ttl": "var(sess.syn),ip.ttl", "df": "var(sess.syn),ip.df",
    "tos": "var(sess.syn),ip.tos", "ip_ecn": "var(sess.syn),ip.tos,and(3)", "src_addr": "var(sess.syn),ip.src",
    "window": "var(sess.tcp),tcp.win", "mss": "var(sess.tcp),tcp.options.mss",
    "wscale": "var(sess.tcp),tcp.options.wscale", "sack_ok": "var(sess.tcp),tcp.options.sack",
    "tsval": "var(sess.tcp),tcp.options.tsval", "flags": "var(sess.tcp),tcp.flags",
    "options": "var(sess.tcp),tcp.options_list,hex", "seq": "var(sess.tcp),tcp.seq",
    "live_rtt": "fc_rtt(us)", "live_rttvar": "fc_rttvar(us)", "live_total_retrans": "fc_retrans",
}
COUNTED = {"host_conn_count": "sc0_conn_cnt"}
#: Of a connection, the header whose length the others have.
HEADER = re.compile(rb"^X-(\w+): (.*)\r$", re.MULTILINE | re.IGNORECASE)


class Server:
    """One that answers, and how much its process has computed."""

    def __init__(self, port, process, scheme="http"):
        self.port, self.process, self.scheme = port, process, scheme

    def cpu(self):
        """Nanoseconds of all its threads."""
        tasks = Path(f"/proc/{self.process}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

    def cost(self, count):
        """Microseconds a connection."""
        before = self.cpu()
        url = f"{self.scheme}://127.0.0.1:{self.port}/"
        said = subprocess.run(["ab", "-q", "-n", str(count), "-c", str(AT_ONCE), url],
                              capture_output=True, text=True, check=True).stdout
        if not re.search(r"Failed requests: +0\n", said) or "Non-2xx" in said:
            raise AssertionError(said)
        return (self.cpu() - before) / count / 1000


class Servers:
    """All of one run, each on a port of its own."""

    def __init__(self, stack):
        self.stack, self.port, self.certificate = stack, 18000, tls.directives()
        certificate, key = re.findall(r" (\S+);", self.certificate)
        self.pem = Path(certificate).with_name("both.pem")
        self.pem.write_text(Path(certificate).read_text() + Path(key).read_text())

    def next_port(self):
        self.port += 1
        return self.port

    def nginx(self, headers=(), http="", server="", load=True, is_tls=False):
        """One with these headers, names and values, in its answer."""
        port = self.next_port()
        added = "".join(f'add_header X-{name} "{value}";\n' for name, value in dict(headers).items())
        secure = f"{self.certificate} ssl_protocols TLSv1.3; ssl_session_tickets off;" if is_tls else ""
        ours = [module for module in modules() if load or "_tcpfp_" not in module]
        nginx = Nginx(ours, http=f"""
            keepalive_timeout 0; {http}
            server {{ listen 127.0.0.1:{port} {"ssl" if is_tls else ""} backlog=4096; {secure} {server}
                location / {{ {added} return 200 "ok\\n"; }} }}""")
        self.stack.callback(nginx.remove)
        nginx.start()
        self.stack.callback(nginx.stop)
        (worker,) = nginx.workers()
        return Server(port, worker, "https" if is_tls else "http")

    def haproxy(self, headers=(), frontend="", has_syn=True, is_tls=False, table=""):
        """The same; `has_syn` keeps the SYN."""
        port = self.next_port()
        added = "".join(f'    http-after-response set-header X-{name} "{value}"\n'
                        for name, value in dict(headers).items())
        secure = f"ssl crt {self.pem} ssl-min-ver TLSv1.3 no-tls-tickets" if is_tls else ""
        kept = """
    tcp-request connection set-var(sess.syn) fc_saved_syn
    tcp-request connection set-var(sess.tcp) var(sess.syn),ip.data""" if has_syn else ""
        haproxy = HAProxy(f"""
global
    nbthread 1
    maxconn 9000
    tune.ssl.cachesize 0

defaults
    mode http
    option httpclose
    timeout connect 5s
    timeout client 30s
    timeout server 30s
{table}
frontend answers
    bind 127.0.0.1:{port} backlog 4096 {"tcp-ss 1" if has_syn else ""} {secure}{kept}
{frontend}{added}    http-request return status 200 content-type text/plain string "ok\\n"
""")
        self.stack.callback(haproxy.stop)
        return Server(port, haproxy.worker(), "https" if is_tls else "http")


def told(server):
    """What a server of ours says in its headers: constants of the same length cost what a header does."""
    with connect("127.0.0.1", server.port) as sock:
        sock.sendall(LAST_REQUEST)
        return {name.decode(): value.decode() for name, value in HEADER.findall(read_to_end(sock))}


def ours(names):
    return {name: f"$tcpfp_{name}" for name in names}


def theirs(names):
    return {name: f"%[{sample}]" for name, sample in names.items()}


def pairs(servers):
    """For each line of the table, what it says, and two servers of ours and two of HAProxy, with and
    without."""
    constant = told(servers.nginx(ours(TWENTY)))
    one = {name: constant[name] for name in ONE}
    count = {name: "15000" for name in COUNTED}
    json = "log_format of_json escape=none '{}'; access_log logs/json of_json;"
    object_ = told(servers.nginx({"json": "$tcpfp_json"}))["json"]
    sampled = " ".join(f"{name}=%[{sample}]" for name, sample in TWENTY.items())
    plain = " ".join(f"{name}={value}" for name, value in constant.items())
    log = "    log stdout format raw local0\n    log-format '{}'\n"
    table = """
backend clients
    stick-table type ip size 100k expire 2h store conn_cnt
"""
    nginx, haproxy = servers.nginx, servers.haproxy

    def bare(**more):
        return nginx(load=False, **more)

    def blind(**more):
        return haproxy(has_syn=False, **more)

    yield "the SYN kept", bare(), nginx(), blind(), haproxy()
    yield "one value", bare(headers=one), nginx(ours(ONE)), blind(headers=one), haproxy(theirs(ONE))
    yield ("twenty values", bare(headers=constant), nginx(ours(TWENTY)), blind(headers=constant),
           haproxy(theirs(TWENTY)))
    yield ("a log line with all values, as JSON; HAProxy's with twenty",
           bare(http=json.format(object_.replace("'", ""))), nginx(http=json.format("$tcpfp_json")),
           blind(frontend=log.format(plain)), haproxy(frontend=log.format(sampled)))
    yield ("one value, with TLS", bare(headers=one, is_tls=True), nginx(ours(ONE), is_tls=True),
           blind(headers=one, is_tls=True), haproxy(theirs(ONE), is_tls=True))
    yield ("connections of an address counted, and their number", bare(headers=count),
           nginx(ours(COUNTED), http="tcpfp_zone hosts:1m;"), blind(headers=count),
           blind(headers=theirs(COUNTED), table=table,
                 frontend="    tcp-request connection track-sc0 src table clients\n"))


def main():
    rounds, count = (int(argument) for argument in (sys.argv[1:] + ["7", "15000"][len(sys.argv) - 1:]))
    if not binary():
        sys.exit("no HAProxy 3.4 or later: HAPROXY names one")
    with ExitStack() as stack:
        namespace = Namespace()
        stack.callback(namespace.close)
        stack.enter_context(namespace.inside())
        lines = list(pairs(Servers(stack)))
        costs = {}
        # By turns, so that whatever else the machine does is shared. The first warms up.
        for turn in range(rounds + 1):
            for line in lines:
                for at, server in enumerate(line[1:]):
                    cost = server.cost(count)
                    if turn:
                        costs.setdefault((line[0], at), []).append(cost)
        print_table(lines, costs)


def print_table(lines, costs):
    first = lines[0][0]
    print(f"A connection without any of it: nginx {median(costs[first, 0]):.1f} us, "
          f"HAProxy {median(costs[first, 2]):.1f} us\n")
    print("| µs a connection | here, over a constant | HAProxy, over a constant | HAProxy, over nothing |\n"
          "|---|---|---|---|")
    for name, *_ in lines:
        columns = (name, 0), (name, 2), (first, 2)
        more = [median(after - before for before, after in zip(costs[base], costs[name, at]))
                for base, at in zip(columns, (1, 3, 3))]
        # A log and TLS cost something by themselves.
        more = more[:2] if "log" in name or "TLS" in name else more
        print("|", " | ".join([name, *(f"{value:+.2f}" for value in more), *["-"] * (3 - len(more))]), "|")


if __name__ == "__main__":
    main()
