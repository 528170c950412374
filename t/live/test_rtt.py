"""The handshake's round trip and the word for its quality, with a client that takes its time."""

from lab.namespace import sysctl
from lab.packet import V4, V6
from lab.raw_case import RawCase

DELAY = 0.08
MICROSECONDS = range(80_000, 95_000)
SECOND = 1_000_000


class RttCase(RawCase):
    def assertRtt(self, report, quality, allowed):
        self.assertValues(report, {"rtt_quality": quality})
        self.assertIn(int(report["rtt"]), allowed)


class Plain(RttCase):
    def test_ok(self):
        for syn in V4, V6, V4.with_tcp(options=b""):
            for speak in self.http, self.stream:
                with self.subTest(version=syn.ip.version, how=speak.__name__):
                    _, report = speak(syn, ack_delay=DELAY)
                    self.assertRtt(report, "ok", MICROSECONDS)
                    self.assertIn(int(report["min_rtt"]), MICROSECONDS)
                    self.assertValues(report, {
                        "info_rtt": report["rtt"], "info_state": 1, "info_total_retrans": 0,
                    })

    def test_upper_bound_where_the_third_segment_carries_data(self):
        _, report = self.http(V4, ack_delay=DELAY, ack=False)
        self.assertRtt(report, "upper_bound", MICROSECONDS)

    def test_retrans(self):
        _, report = self.http(V4, unanswered=1)
        self.assertRtt(report, "retrans", range(1, 2 * SECOND))
        self.assertValues(report, {"info_total_retrans": 1})

    def test_none_without_a_sample_after_a_lost_syn_ack(self):
        """Without timestamps nothing tells which of two SYN-ACKs was answered."""
        _, report = self.http(V4.with_tcp(options=b""), unanswered=1)
        self.assertValues(report, {
            "rtt": None, "rtt_quality": "none", "info_rtt": 0, "info_min_rtt": 2**32 - 1,
        })


class Deferred(RttCase):
    """nginx hears of a connection when its first data comes, and so measures the kernel."""

    LISTEN = "deferred"

    def test_upper_bound(self):
        _, report = self.http(V4, ack_delay=DELAY)
        self.assertRtt(report, "upper_bound", range(80_000, SECOND))


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
                    _, report = speak(syn, ack_delay=DELAY)
                    self.assertValues(report, dict.fromkeys(["syn", "ttl", "options", "ip_fp"]))
                    self.assertValues(report, {"syn_status": "missing", "rtt_quality": "cookie"})
                    # In the clock of the timestamps, which is coarse.
                    self.assertIn(int(report["rtt"]), range(70_000, 150_000))

    def test_none(self):
        _, report = self.http(V4.with_tcp(options=b""))
        self.assertValues(report, {"syn_status": "missing", "rtt": None, "rtt_quality": "none"})
