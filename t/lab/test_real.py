"""Real proxies, which time unmasks, and real VPNs at layer 3, which it does not."""

from t.harness.tls import context

from .distance import relay, tunnel
from .distance.case import TLS
from .distance.clients import fresh
from .distance.way_case import WayCase


class Real(WayCase):
    def test_relays(self):
        self.check("real", TLS, fresh(context()), relay.REAL)

    def test_tunnels(self):
        """The client's own TCP comes through: its packets are smaller, as their MSS says."""
        tunnels = fresh(context())

        def values(way):
            found = tunnels(way)
            for shown in found:
                self.assertEqual(shown["link"], "VPN or mobile network")
                self.assertLess(int(shown["mtu"]), 1500)
            return found

        self.check("real", TLS, values, tunnel.REAL)
