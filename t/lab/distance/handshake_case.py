"""The test case for a handshake's round trip and the word for its quality."""

from contextlib import ExitStack

from t.harness.namespace import sysctl

from .case import PLAIN, DistanceCase
from .clients import ask
from .extent import COUNT, RTTS, each_version
from .ways import way

#: Enough where a connection takes seconds.
ONCE = 1


def at_once(by):
    """A client that asks when it is connected."""
    return ask(by.connect())


def near(name, value):
    """Sets a sysctl of a way's client."""
    def prepare(by):
        with by.inside():
            sysctl(name, value)
    return prepare


class HandshakeCase(DistanceCase):
    """Where the quality is `ok` or `late`, each value must be within 2 ms and 5% of what the wire
    measured. A value that is further off needs another word, whatever the case."""

    def check(self, quality, visit=at_once, port=PLAIN, prepare=None, middle=None, rtts=RTTS, times=COUNT,
              **wire):
        """Visits over each distance, which is the server's from whatever is in the middle; what it
        showed, as (distance, values) in milliseconds."""
        found = []
        for rtt, version in each_version(rtts):
            with ExitStack() as stack:
                distance = {"server_rtt" if middle else "rtt": rtt}
                by = way(stack, middle, port, version, **distance, **wire)
                if prepare:
                    prepare(by)
                for _ in range(times):
                    values = visit(by)
                    with self.subTest(version=version, distance=rtt, **values):
                        self.assertEqual(values["rtt_quality"], quality)
                        if quality in ("ok", "late"):
                            # With losses the wire does not know what answers what.
                            truth = rtt if "drop" in wire else by.wire.truth(values["port"])
                            self.assertAbout(values["rtt"], truth, min(2, truth * 0.05))
                    found.append((rtt, values))
        errors = [values["rtt"] - rtt for rtt, values in found if values["rtt"] is not None]
        if errors:
            print(f"{self._testMethodName}: {quality}, {min(errors):+.1f} to {max(errors):+.1f} ms "
                  "from the distance")
        return found
