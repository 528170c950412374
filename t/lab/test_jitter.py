"""A limit for $tcpfp_rtt_gap, on wires whose delay is never twice the same.

The limit is that of nginx-conf/proxied_clients.conf: its maps are in the server.
"""

import itertools
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median, quantiles

from t.harness.tls import context

from .distance.case import TLS, DistanceCase
from .distance.clients import ask, ask_over_http2
from .distance.extent import QUICK
from .distance.relay import LAZY, OWN
from .distance.results import record
from .distance.ways import way

#: Milliseconds that each wire adds to a round trip, at most.
JITTER = 20
#: Round trips of direct clients; of a relay's clients to it, and from there to the server.
DIRECT = [{"rtt": rtt} for rtt in (5, 10, 20, 50, 100, 150, 200)]
RELAYED = [
    {"rtt": rtt, "server_rtt": server_rtt}
    for rtt, server_rtt in ((60, 10), (80, 40), (100, 80), (150, 20), (200, 5))
]
COUNT = {"direct": 15, "relayed": 7}
#: Relays that are near their clients, and to the server.
NEAR_CLIENTS, NEAR_SERVERS, NEAR_COUNT = (35, 50), (20, 80), 25
#: A wire of the kind that mobile networks are on a bad day: milliseconds, and the share that is lost.
BAD_RTTS, BAD_JITTER, BAD_LOSS, BAD_COUNT = (10, 40, 80, 150), 50, 0.01, 2000


def over_http2():
    """A TLS context of clients that speak nothing else."""
    made = context()
    made.set_alpn_protocols(["h2"])
    return made


class Loss(DistanceCase):
    def test_a_lost_segment_looks_like_a_distance(self):
        """It is sent again after 200 ms or more (include/net/tcp.h, TCP_RTO_MIN). The server knows
        of it only if it was its own."""
        for lost, late, sign in ("data", "hello_delay", "hello"), ("reply", "rtt_gap", None):
            with self.subTest(lost=lost), ExitStack() as stack:
                by = way(stack, None, TLS, rtt=50, drop=[lost])
                values = ask(context().wrap_socket(by.connect()))
                print(f"without the first {lost}: {late} {values[late]:.1f} ms")
                self.assertGreater(values[late], 190)
                self.assertEqual(values["proxied"], sign)


@unittest.skipIf(QUICK, "not the quick part")
class Jitter(DistanceCase):
    def test_a_limit_for_the_gap(self):
        made, http2 = context(), over_http2()
        gaps, errors, marks = {"direct": [], "relayed": []}, [], []
        verdicts = Counter()
        for middle, distances in [
            *itertools.product([None], DIRECT), *itertools.product(OWN, RELAYED),
        ]:
            kind = "relayed" if middle else "direct"
            with ExitStack() as stack:
                by = way(stack, middle, TLS, **distances, jitter=JITTER)
                for _ in range(COUNT[kind]):
                    values = ask(made.wrap_socket(by.connect()))
                    record("jitter", by, 4, values)
                    gaps[kind].append(values["rtt_gap"])
                    errors.append(values["tls_rtt"] - by.wire.truth(values["port"], "answer"))
                    marks.append((kind, "gap" in (values["proxied"] or "")))
                    verdicts["TLS", kind, values["proxy"]] += 1
                    values = ask_over_http2(http2.wrap_socket(by.connect()))
                    self.assertIsNotNone(values["h2_rtt"])
                    verdicts["HTTP/2", kind, values["proxy"]] += 1
        print(f"tls_rtt is {median(errors):+.1f} ms from what the wire saw, {min(errors):+.1f} to "
              f"{max(errors):+.1f}")
        for kind, found in gaps.items():
            print(f"{len(found)} {kind}: rtt_gap {min(found):.1f} to {max(found):.1f} ms")
        self.assertGreaterEqual(min(map(len, gaps.values())), 100)
        # One in twenty may have waited for the processor.
        self.assertLess(quantiles(map(abs, errors), n=20)[-1], 10)
        self.assertEqual(set(marks), {("direct", False), ("relayed", True)})
        print("verdicts:", dict(verdicts))
        for layer in "TLS", "HTTP/2":
            wrong = verdicts[layer, "direct", "proxied"], verdicts[layer, "relayed", "direct"]
            self.assertEqual(wrong, (0, 0), layer)
        unsure = [verdicts["HTTP/2", kind, "unsure"] for kind in COUNT]
        self.assertLessEqual(sum(unsure), 5)

    def test_relays_near_their_clients(self):
        """The hidden way is the shorter part of the whole, and a relay may hold its acknowledgments
        back as long as that takes."""
        ways = list(itertools.product((OWN[0], LAZY), NEAR_CLIENTS, NEAR_SERVERS))
        for layer, answer, made in ("TLS", ask, context()), ("HTTP/2", ask_over_http2, over_http2()):
            verdicts = Counter()
            for relay, rtt, server_rtt in ways:
                with ExitStack() as stack:
                    by = way(stack, relay, TLS, rtt=rtt, server_rtt=server_rtt, jitter=JITTER)
                    for _ in range(NEAR_COUNT):
                        verdict = answer(made.wrap_socket(by.connect()))["proxy"]
                        verdicts[relay.name, rtt, server_rtt, verdict] += 1
            print(f"verdicts by {layer} and the ways to the relay and to the server:", dict(verdicts))
            with self.subTest(layer):
                self.assertEqual([verdicts[*by, "direct"] for by in ways], [0] * len(ways))
        self.assertGreater(verdicts["transparent", 50, 80, "proxied"], NEAR_COUNT * 0.9)

    def test_who_is_proxied_on_a_bad_wire(self):
        """Nobody who is direct, or one in a thousand, though the delay is never twice the same and
        one packet in a hundred is lost."""
        for layer, answer, made in ("TLS", ask, context()), ("HTTP/2", ask_over_http2, over_http2()):
            verdicts = Counter()
            for rtt in BAD_RTTS:
                with ExitStack() as stack:
                    by = way(stack, None, TLS, rtt=rtt, jitter=BAD_JITTER, loss=BAD_LOSS)

                    def visit(_):
                        try:
                            return answer(made.wrap_socket(by.connect()))["proxy"]
                        except OSError:
                            # The handshake itself was lost, for too long.
                            return "lost"

                    with ThreadPoolExecutor(8) as pool:
                        verdicts.update(pool.map(visit, range(BAD_COUNT // len(BAD_RTTS))))
            print(f"verdicts on a bad wire, by {layer}:", dict(verdicts))
            with self.subTest(layer):
                self.assertLess(verdicts["lost"], BAD_COUNT / 50)
                self.assertLessEqual(verdicts["proxied"], BAD_COUNT / 1000)
