"""The handshake's round trip and the word for its quality, with a client that takes its time."""

import time

from t.harness.case import LiveCase
from t.harness.client import Http, connect
from t.harness.namespace import sysctl
from t.harness.packet import V4, V6
from t.harness.raw_case import RawCase
from t.harness.servers import http_server

DELAY = 0.08
#: Without timestamps.
BARE = V4.with_tcp(options=b"")


class RttCase(RawCase):
    def assertRtt(self, raw, report, quality, least=DELAY, slack=0):
        """A round trip of at least these seconds, and at most what the client took for it."""
        self.assertValues(report, {"rtt_quality": quality})
        seconds = int(report["rtt"]) / 1e6
        self.assertLessEqual(least, seconds)
        self.assertLessEqual(seconds, raw.handshake + slack)


class Plain(RttCase):
    def test_ok(self):
        for syn in V4, V6, BARE:
            for speak in self.http, self.stream:
                with self.subTest(version=syn.ip.version, how=speak.__name__):
                    raw, report = speak(syn, ack_delay=DELAY)
                    self.assertRtt(raw, report, "ok")
                    self.assertValues(report, {
                        "info_rtt": report["rtt"], "info_min_rtt": report["rtt"],
                        "info_state": 1, "info_total_retrans": 0,
                    })

    def test_a_client_that_speaks_late(self):
        """Its silence after the handshake is no part of the round trip."""
        raw, report = self.http(V4, ack_delay=DELAY, silence=0.3)
        self.assertRtt(raw, report, "ok")

    def test_upper_bound_where_the_third_segment_carries_data(self):
        raw, report = self.http(V4, ack_delay=DELAY, ack=False)
        self.assertRtt(raw, report, "upper_bound")

    def test_retrans(self):
        raw, report = self.http(V4, unanswered=1)
        self.assertRtt(raw, report, "retrans", least=1e-6)
        self.assertValues(report, {"info_total_retrans": 1})

    def test_none_after_a_lost_syn_ack(self):
        """Without timestamps nothing tells which of two SYN-ACKs was answered."""
        _, report = self.http(BARE, unanswered=1)
        self.assertValues(report, {
            "rtt": None, "rtt_quality": "none", "info_rtt": 0, "info_min_rtt": 2**32 - 1,
        })


class Deferred(RttCase):
    """nginx hears of a connection when its first data comes, and so measures the kernel."""

    LISTEN = "deferred"

    def test_upper_bound(self):
        raw, report = self.http(V4, silence=0.3)
        self.assertRtt(raw, report, "upper_bound", least=0.3, slack=1)


class Cookies(RttCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Always, not only under attack.
        sysctl("net.ipv4.tcp_syncookies", 2)

    def test_cookie(self):
        """The kernel keeps nothing of the SYN but what the timestamp brings back."""
        for syn in V4, V6:
            for speak in self.http, self.stream:
                with self.subTest(version=syn.ip.version, how=speak.__name__):
                    raw, report = speak(syn, ack_delay=DELAY)
                    self.assertValues(report, dict.fromkeys(["syn", "ttl", "options", "ip_fp"]))
                    self.assertValues(report, {"syn_status": "missing"})
                    # Milliseconds, of which the lowest six bits hold the options
                    # (net/ipv4/syncookies.c, cookie_init_timestamp).
                    self.assertRtt(raw, report, "cookie", least=DELAY - 0.001, slack=0.066)

    def test_none(self):
        _, report = self.http(BARE)
        self.assertValues(report, {"syn_status": "missing", "rtt": None, "rtt_quality": "none"})


class Late(LiveCase):
    """What is not known at accept is known once the client has acknowledged an answer."""

    WAIT = 0.3

    def test_deferred(self):
        self.nginx(http_server("listen 8080 deferred;"))
        with Http(connect("127.0.0.1")) as http:
            time.sleep(self.WAIT)
            first = http.report()
            time.sleep(self.WAIT)
            second = http.report()
        self.assertValues(first, {"rtt_quality": "upper_bound", "rtt": first["min_rtt"]})
        self.assertGreaterEqual(int(first["rtt"]) / 1e6, self.WAIT)
        self.assertValues(second, {
            "rtt_quality": "late", "rtt": second["min_rtt"], "info_rtt": first["info_rtt"],
        })
        self.assertLess(int(second["rtt"]) / 1e6, self.WAIT)
