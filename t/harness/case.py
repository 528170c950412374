"""The test case that every live test is: in a network namespace of its own."""

import json
import os
import shutil
import sys
import unittest

from . import fields
from .namespace import Namespace
from .nginx import PATH, Nginx

REQUIRED = "SKIP_NOTHING"


def skip(reason):
    """Skips what this machine cannot do; under SKIP_NOTHING=1 fails instead."""
    if os.environ.get(REQUIRED) == "1":
        raise AssertionError(f"{reason}, and {REQUIRED}=1 forbids to skip")
    not_here(reason)


def not_here(reason):
    """Skips what the nginx, the kernel or the release under test does not have, and says so."""
    print(f"skipped: {reason}", file=sys.stderr)
    raise unittest.SkipTest(reason)


class LiveCase(unittest.TestCase):
    """Runs in a namespace, where every port is free and every sysctl its own."""

    maxDiff = None
    #: Those that must be there.
    PROGRAMS = ()

    @classmethod
    def setUpClass(cls):
        for program in cls.PROGRAMS:
            if not shutil.which(program, path=PATH):
                skip(f"no {program}")
        try:
            cls.namespace = Namespace()
        except OSError as error:
            skip(f"no network namespace for the live tests ({error})")
        cls.addClassCleanup(cls.namespace.close)
        inside = cls.namespace.inside()
        inside.__enter__()
        cls.addClassCleanup(inside.__exit__, None, None, None)

    @classmethod
    def other_namespace(cls):
        """A second namespace, gone after the class."""
        other = Namespace()
        cls.addClassCleanup(other.close)
        return other

    def nginx(self, http="", stream="", main="", load=None, inherit=None, expect=()):
        """Starts an nginx for this test."""
        return self.started(Nginx(load, http=http, stream=stream, main=main), inherit, expect)

    def started(self, nginx, inherit=None, expect=()):
        """Starts it for this test. It must end when asked to, and complain of nothing but what the
        regular expressions `expect`, one a line, say that it does."""
        self.addCleanup(nginx.remove)
        nginx.start(inherit)
        self.addCleanup(self._check_log, nginx, expect)
        self.addCleanup(lambda: self.assertEqual(nginx.stop(), [], "nginx had to be killed"))
        return nginx

    def _check_log(self, nginx, expect):
        alarms = nginx.alarms()
        self.assertEqual(len(alarms), len(expect), alarms)
        for alarm, wanted in zip(alarms, expect):
            self.assertRegex(alarm, wanted)

    def assertValues(self, report, expected):
        """The report has these values; expectations may be numbers."""
        wanted = {name: None if value is None else str(value) for name, value in expected.items()}
        wrong = {name for name, value in wanted.items() if report[name] != value}
        self.assertEqual(
            {name: report[name] for name in wrong}, {name: wanted[name] for name in wrong})

    def assertSameConnection(self, *reports):
        """Reports of one connection agree in all that does not live."""
        constant = [
            {name: value for name, value in report.items() if name not in fields.CHANGING}
            for report in reports
        ]
        for values in constant:
            if values.get("json"):
                whole = json.loads(values["json"])
                # It comes behind the first request.
                whole.pop("h2_rtt", None)
                values["json"] = whole
        for other in constant[1:]:
            self.assertEqual(other, constant[0])
