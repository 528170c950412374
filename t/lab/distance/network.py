"""Namespaces at a distance from each other."""

from contextlib import closing

from t.harness.client import connect
from t.harness.namespace import Namespace, ip

from .wire import Wire, tun

#: By number of the wire, the one of the server being 0: the addresses of its ends, the server's
#: first.
FAR = [{4: "10.70.0.1", 6: "fd70::1"}, {4: "10.71.0.1", 6: "fd71::1"}]
NEAR = [{4: "10.70.0.2", 6: "fd70::2"}, {4: "10.71.0.2", 6: "fd71::2"}]


class Network:
    """The current namespace, and another at a distance from it: `near`. Lives as long as the
    ExitStack."""

    def __init__(self, stack, number=0, mtu=1500, **wire):
        self.near = stack.enter_context(closing(Namespace()))
        with self.near.inside():
            near = tun(f"near{number}")
        self.wire = stack.enter_context(closing(Wire(near, tun(f"far{number}"), **wire)))
        up(f"far{number}", FAR[number], mtu)
        with self.near.inside():
            up(f"near{number}", NEAR[number], mtu)
        self.number = number

    def connect(self, port, version=4, **options):
        """A connection from the near side."""
        with self.near.inside():
            return connect(FAR[self.number][version], port, **options)


def up(device, addresses, mtu):
    ip(f"addr add {addresses[4]}/24 dev {device}")
    ip(f"-6 addr add {addresses[6]}/64 dev {device} nodad")
    ip(f"link set {device} mtu {mtu} up")
