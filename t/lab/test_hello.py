"""The client's first byte, within a millisecond of what the wire saw."""

import os
import signal
import threading
import time
from contextlib import ExitStack
from statistics import median

from t.harness.tls import context

from .distance.case import PLAIN, TLS, DistanceCase
from .distance.clients import ask
from .distance.extent import COUNT, each_version
from .distance.ways import Direct

#: What a client waits before it speaks, in milliseconds.
WAITS = 0, 5, 50, 500
DISTANCE = 20
#: How long the worker does not accept.
BUSY = 200


def plain(sock, wait):
    time.sleep(wait / 1000)
    return ask(sock)


def over_tls(sock, wait):
    time.sleep(wait / 1000)
    return ask(context().wrap_socket(sock))


class Hello(DistanceCase):
    def each(self, measure):
        """Measures plain HTTP and TLS, over IPv4 and IPv6."""
        for (port, speak), version in each_version([(PLAIN, plain), (TLS, over_tls)]):
            with ExitStack() as stack, self.subTest(version=version, port=port):
                measure(Direct(stack, port, version, rtt=DISTANCE), speak)

    def assertSmall(self, errors, what):
        print(f"{what}: hello_delay {median(errors):+.2f} ms from the truth, the worst "
              f"{max(errors, key=abs):+.2f}")
        self.assertAbout(median(errors), 0, 1)

    def test_clients_that_wait(self):
        def measure(way, speak):
            for wait in WAITS:
                errors = []
                for _ in range(COUNT):
                    values = speak(way.connect(), wait)
                    truth = way.wire.truth(values["port"], "hello")
                    self.assertGreater(truth, wait - 1)
                    errors.append(values["hello_delay"] - truth)
                self.assertSmall(errors, f"{speak.__name__}, {wait} ms")

        self.each(measure)

    def test_data_that_is_there_at_accept(self):
        """The worker accepts late, and then there is nothing to wait for."""
        (worker,) = self.server.workers()

        def measure(way, speak):
            errors = []
            for _ in range(COUNT):
                os.kill(worker, signal.SIGSTOP)
                later = threading.Timer(BUSY / 1000, os.kill, (worker, signal.SIGCONT))
                later.start()
                values = speak(way.connect(), 0)
                later.join()
                self.assertLess(way.wire.truth(values["port"], "hello"), BUSY / 2)
                errors.append(values["hello_delay"])
            self.assertSmall(errors, f"{speak.__name__}, there at accept")

        self.each(measure)
