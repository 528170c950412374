"""Two namespaces joined by a cable of Ethernet."""

from .case import LiveCase
from .namespace import ip

SERVER = {4: "10.90.0.1", 6: "fd90::1"}
CLIENT = {4: "10.90.0.2", 6: "fd90::2"}
DEVICE = "eth0"


def join(server, client):
    """Gives each namespace an end; the server's is SERVER, the client's CLIENT."""
    with server.inside():
        ip(f"link add {DEVICE} type veth peer name {DEVICE} netns {client.path}")
    for namespace, addresses in (server, SERVER), (client, CLIENT):
        with namespace.inside():
            ip(f"addr add {addresses[4]}/24 dev {DEVICE}")
            ip(f"-6 addr add {addresses[6]}/64 dev {DEVICE} nodad")
            ip(f"link set {DEVICE} up")


class VethCase(LiveCase):
    """With a client in a namespace of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = cls.other_namespace()
        join(cls.namespace, cls.client)
