"""What becomes of a zone's records when nginx reads its configuration anew."""

import os
import re
import signal
import time

from t.harness.case import LiveCase, skip
from t.harness.client import Http, connect
from t.harness.nginx import modules, wait_for

PORT = 8080


def http(zone):
    """A server that tells how many connections it knows of its client."""
    return f"""{zone}
        server {{ listen {PORT}; location / {{ return 200 '$tcpfp_host_conn_count $pid'; }}
                  location /of {{ tcpfp_host $arg_ip; return 200 '$tcpfp_host_conn_count'; }} }}"""


def stream(zone):
    return f"{zone} server {{ listen 9090; return '$tcpfp_host_conn_count'; }}"


def told():
    """How many connections of a new client are known, and the worker that says so."""
    with Http(connect("127.0.0.1", PORT)) as client:
        return client.get("/").split(" ")


class ZoneCase(LiveCase):
    def assertKnown(self, count):
        self.assertEqual(told()[0], str(count))

    def refused(self, server, reason):
        """A reload that nginx refuses, for a reason like this; the old workers go on."""
        workers = server.workers()
        server.signal(signal.SIGHUP)
        wait_for(lambda: any(re.search(reason, line) for line in server.log()), "the refusal")
        self.assertEqual(server.workers(), workers)


class Reload(ZoneCase):
    def test_what_stays_and_what_goes(self):
        other_prefix = r'"hosts" uses ipv6_prefix=48 while previously it used ipv6_prefix=64'
        first = "tcpfp_zone hosts:1m inactive=1h;"
        server = self.nginx(http(first), stream(first), expect=[other_prefix])
        self.assertKnown(1)
        count, worker = told()
        self.assertEqual(count, "2")

        def reload(zone):
            server.configure(http(zone), stream(zone))
            server.reload()

        reload(first)
        count, other_worker = told()
        self.assertEqual(count, "3", "the records are there")
        self.assertNotEqual(worker, other_worker)
        reload("tcpfp_zone hosts:1m inactive=30m;")
        self.assertKnown(4)

        server.configure(http("tcpfp_zone hosts:1m ipv6_prefix=48;"))
        self.refused(server, other_prefix)
        self.assertKnown(5)
        reload("tcpfp_zone hosts:1m;")
        self.assertKnown(6)

        for zone in "hosts:2m ipv6_prefix=48", "others:2m":
            reload(f"tcpfp_zone {zone};")
            self.assertKnown(1)
        reload("")
        self.assertKnown("")
        reload("tcpfp_zone hosts:1m;")
        self.assertKnown(1)

    def test_a_module_of_another_layout(self):
        """The two load one after the other: a process that has a module open goes on with that one
        when it is told to load another of its name."""
        others = os.environ.get("TEST_NGINX_PANIC_MODULES", "").split()
        if not others:
            skip("TEST_NGINX_PANIC_MODULES names no modules of another layout")
        reason = r'"hosts" is kept in layout \d+, this module has layout 65535: restart nginx'
        zone = "tcpfp_zone hosts:1m;"
        load = [module for module in modules() if "stream_tcpfp" not in module]
        server = self.nginx(http(zone), load=load, expect=[reason])
        self.assertKnown(1)
        server.load = [*load, *(module for module in others if "stream_tcpfp" in module)]
        server.configure(http(""), stream(zone))
        self.refused(server, reason)
        self.assertKnown(2)


class Forgotten(ZoneCase):
    def test_a_client_that_was_not_seen(self):
        self.nginx(http("tcpfp_zone hosts:1m inactive=1s;"))
        self.assertKnown(1)
        with Http(connect("127.0.0.1", PORT, source="127.0.0.2")) as other:
            # Accepted now.
            known = other.get("/")
            self.assertEqual(known.split(" ")[0], "1")
            time.sleep(3)
            self.assertEqual(other.get("/of?ip=127.0.0.1"), "", "an unknown address now")
            self.assertEqual(other.get("/"), known, "what was known at accept stays")
        self.assertKnown(1)
