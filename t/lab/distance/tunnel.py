"""VPNs at layer 3: they carry the client's own packets."""

import os
import subprocess
import tempfile
from pathlib import Path

from t.harness.namespace import ip
from t.harness.nginx import wait_for

from .programs import missing, run


class Tunnel:
    """Between the router in the middle, SERVER, and the client."""

    SERVER, CLIENT = "10.72.0.1", "10.72.0.2"
    versions = 4,
    programs = ()

    def missing(self):
        """Those of its programs that this machine does not have."""
        return missing(self.programs)

    def start(self, stack, server, server_address, client, client_address):
        """Starts it between two namespaces, which have these addresses for each other."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tcpfp-lab-")))
        self.prepare(folder)
        with server.inside():
            server_side = self.start_side(
                stack, folder, "server", self.SERVER, self.CLIENT, server_address, client_address)
        with client.inside():
            client_side = self.start_side(
                stack, folder, "client", self.CLIENT, self.SERVER, client_address, server_address)
        for is_up in server_side, client_side:
            wait_for(is_up, self.name)


class WireGuard(Tunnel):
    """In user space, because not every kernel has it."""

    name = "WireGuard"
    programs = "wireguard-go", "wg"
    PORT = 51820

    def prepare(self, folder):
        for side in "server", "client":
            key = subprocess.run(["wg", "genkey"], check=True, capture_output=True).stdout
            public = subprocess.run(["wg", "pubkey"], input=key, check=True, capture_output=True)
            (folder / side).write_bytes(key)
            (folder / f"{side}.pub").write_bytes(public.stdout)

    def start_side(self, stack, folder, side, own, other, _own_outer, other_outer):
        # Its control socket has the device's name, whatever the namespace.
        device = f"{side[0]}{os.getpid()}"
        lines = run(stack, ["wireguard-go", "-f", device], folder / f"{side}.log")

        def is_controlled():
            lines()
            return subprocess.run(["wg", "show", device], capture_output=True).returncode == 0

        wait_for(is_controlled, "wireguard-go")
        peer = (folder / f"{'client' if side == 'server' else 'server'}.pub").read_text().strip()
        subprocess.run(
            ["wg", "set", device, "listen-port", str(self.PORT), "private-key", folder / side,
             "peer", peer, "endpoint", f"{other_outer}:{self.PORT}", "allowed-ips", "0.0.0.0/0"],
            check=True)
        ip(f"addr add {own} peer {other} dev {device}")
        # 1500 less what it adds over IPv6, as wg-quick(8) does.
        ip(f"link set {device} mtu 1420 up")
        return lambda: True


class OpenVpn(Tunnel):
    """Over UDP, with the ciphers and the mssfix of its defaults."""

    name = "OpenVPN"
    programs = "openvpn", "openssl"

    def prepare(self, folder):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=lab",
             "-keyout", folder / "key", "-out", folder / "certificate"],
            check=True, capture_output=True)

    def start_side(self, stack, folder, side, own, other, _own_outer, other_outer):
        fingerprint = subprocess.run(
            ["openssl", "x509", "-in", folder / "certificate", "-noout", "-fingerprint", "-sha256"],
            check=True, capture_output=True, text=True).stdout.strip().partition("=")[2]
        role = ["--tls-server", "--dh", "none"] if side == "server" else \
            ["--tls-client", "--remote", other_outer]
        lines = run(
            stack,
            ["openvpn", "--dev", "tunnel", "--dev-type", "tun", "--ifconfig", own, other,
             "--cert", folder / "certificate", "--key", folder / "key",
             "--peer-fingerprint", fingerprint, *role],
            folder / f"{side}.log")
        return lambda: any("Initialization Sequence Completed" in line for line in lines())


REAL = [WireGuard(), OpenVpn()]
