"""The test case for what the server can tell of a way."""

from contextlib import ExitStack
from statistics import median

from t.harness.case import skip

from .case import DistanceCase
from .extent import each_version
from .relay import OWN
from .results import TIMES, record
from .ways import CLIENT_RTT, way


def waits(way):
    """Whether the client waits for a proxy's word before it says hello."""
    return way.speaks != "transparent"


def hello_errors(way, found, is_deferred=False):
    """How far each first byte is from what the wire saw; a deferred connection is accepted with
    it."""
    return [
        values["hello_delay"] - (0 if is_deferred else way.wire.truth(values["port"], "hello"))
        for values in found
    ]


class WayCase(DistanceCase):
    """Compares what the server shows of each way with the truth about it."""

    def each(self, port, measure, middles=(None, *OWN)):
        """Measures with each of these in the middle, over IPv4 and IPv6; None is nothing at all."""
        for middle, version in each_version(middles):
            name = middle.name if middle else "direct"
            with ExitStack() as stack, self.subTest(way=name, version=version):
                if middle and (missing := middle.missing()):
                    skip(f"no {' and no '.join(missing)} for {name}")
                measure(way(stack, middle, port, version), version)

    def check(self, case, port, values_of, middles=(None, *OWN), protocol="TLSv1.3",
              is_deferred=False):
        """A TLS round trip is the whole way to whoever speaks TLS, and a handshake's to whoever
        speaks TCP, within 10 ms or 10%; and the first byte comes when the wire saw it come. Each is
        the median of several connections."""
        errors = []

        def measure(way, version):
            found = values_of(way)
            for values in found:
                record(case, way, version, values)
                self.assertEqual(values["protocol"], protocol)
                self.assertEqual(values["rtt_quality"], "late" if is_deferred else "ok")
            middle = {name: median(values[name] for values in found) for name in TIMES}
            print(f"{case}, IPv{version}, {way.name}: "
                  + ", ".join(f"{name} {value:.1f}" for name, value in middle.items()))
            hidden = way.distance - way.tcp_distance
            self.assertAbout(middle["tls_rtt"], way.distance, max(10, way.distance * 0.1))
            self.assertAbout(middle["rtt"], way.tcp_distance, 2)
            self.assertAbout(middle["rtt_gap"], hidden, max(10, way.distance * 0.1))
            errors.extend(hello_errors(way, found, is_deferred))
            self.assertEqual(middle["hello_delay"] > CLIENT_RTT / 2, waits(way) and not is_deferred)
            signs = [
                *["gap"] * (hidden > 0), *["hello"] * (waits(way) and not is_deferred),
            ]
            self.assertEqual({values["proxied"] for values in found}, {" ".join(signs) or None})

        self.each(port, measure, middles)
        if not errors:
            return
        print(f"{case}, hello_delay: {median(errors):+.2f} ms from the wire's truth, the worst "
              f"of {len(errors)} {max(errors, key=abs):+.2f}")
        self.assertAbout(median(errors), 0, 1)
