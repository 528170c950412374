"""Clients behind a router that gives all of them its own address."""

import subprocess

from .case import skip
from .namespace import Namespace, ip, sysctl

ROUTER, SERVER = "198.51.100.1", "198.51.100.2"
RULES = """
table ip router {
    chain postrouting {
        type nat hook postrouting priority 100;
        oifname "outside" masquerade
    }
}
"""


class Router:
    """Between the server's namespace, the current one, and clients."""

    def __init__(self, server):
        self.namespaces = [Namespace()]
        (self.router,) = self.namespaces
        cable(server, "eth0", f"{SERVER}/24", self.router, "outside", f"{ROUTER}/24")
        with self.router.inside():
            sysctl("net.ipv4.ip_forward", 1)
            try:
                subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)
            except (OSError, subprocess.CalledProcessError) as error:
                self.close()
                skip(f"no masquerading ({error})")

    def client(self, **sysctls):
        """A namespace behind it, with these sysctls of net.ipv4."""
        number = len(self.namespaces)
        client = Namespace()
        self.namespaces.append(client)
        cable(self.router, f"inside{number}", f"10.80.{number}.1/24",
              client, "eth0", f"10.80.{number}.2/24")
        with client.inside():
            ip(f"route add default via 10.80.{number}.1")
            for name, value in sysctls.items():
                sysctl(f"net.ipv4.{name}", value)
        return client

    def close(self):
        for namespace in self.namespaces:
            namespace.close()


def cable(one, device, address, other, other_device, other_address):
    with one.inside():
        ip(f"link add {device} type veth peer name {other_device} netns {other.path}")
    for namespace, device, address in (one, device, address), (other, other_device, other_address):
        with namespace.inside():
            ip(f"addr add {address} dev {device}")
            ip(f"link set dev {device} up")
