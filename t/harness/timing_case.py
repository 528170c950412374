"""The test case for what is waited for: values in milliseconds, and relays that hold back.

The clients and relays wait on purpose, far longer than a busy machine delays anything, so that both
limits of a value can be told.
"""

import time

from .case import LiveCase
from .client import connect, only_answer
from .relay import Relay
from .tls import context

#: Milliseconds that something is held back, and what a busy machine may add.
DELAY, SLACK = 300, 150

SHOWN = "$tcpfp_hello_delay|$tcpfp_tls_rtt|$tcpfp_rtt_gap|$tcpfp_rtt|$tcpfp_rtt_quality"
NAMES = "hello_delay tls_rtt rtt_gap rtt quality".split()
#: What nginx says of TLS, in http only.
SHOWN_OF_TLS = "|$ssl_protocol|$ssl_session_reused|$server_protocol"
NAMES_OF_TLS = "protocol reused http".split()


def ask(sock):
    """What an http server shows over a connection."""
    return shown(only_answer(sock))


def shown(text):
    """Values as a server shows them, times in milliseconds."""
    values = dict(zip([*NAMES, *NAMES_OF_TLS], text.strip().split("|")))
    return {
        name: int(value) / 1000 if value.isdigit() else None if value in ("", "-") else value
        for name, value in values.items()
    }


class TimingCase(LiveCase):
    def assertAbout(self, value, expected, early=SLACK):
        """Milliseconds are what was waited, and not much more; less if the server itself was late
        to begin."""
        self.assertIsNotNone(value)
        self.assertGreaterEqual(value, expected - early)
        self.assertLess(value, expected + SLACK)

    def assertTlsRtt(self, values, expected):
        """The TLS round trip, and the gap between it and the handshake's."""
        self.assertAbout(values["tls_rtt"], expected, early=1)
        gap = max(0, values["tls_rtt"] - values["rtt"])
        self.assertAlmostEqual(values["rtt_gap"], gap, places=3)

    def relay(self, port):
        """The port of a relay to another, which holds back for half of DELAY each way."""
        relay = Relay(port, DELAY / 2000)
        self.addCleanup(relay.close)
        return relay.own_port

    def secured(self, port, made=None, name=None, session=None, wait=0):
        """A connection over TLS, which says nothing at first."""
        sock = connect("127.0.0.1", port)
        time.sleep(wait / 1000)
        secured = (made or context()).wrap_socket(sock, server_hostname=name, session=session)
        self.addCleanup(secured.close)
        return secured
