"""The relays at layer 4: own ones of each kind, and those that Debian has."""

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from .programs import missing, run, wait_until_listening


class Relay:
    """A program that listens on a port and `speaks` with its clients as one of KINDS. In its
    command and configuration stand {address}, {host} and {target} for where a transparent one
    connects to, {port} for where it listens, and {folder} for where its configuration is, as
    `conf`."""

    versions = 4, 6

    def __init__(self, name, speaks, port, command, configuration=""):
        self.name, self.speaks, self.port = name, speaks, port
        self.command, self.configuration = command, configuration
        self.programs = self.command[:1]

    def missing(self):
        """Those of its programs that this machine does not have."""
        return missing(self.programs)

    def start(self, stack, address, target):
        """Starts it in the current namespace; gives its folder."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tcpfp-lab-")))
        words = {
            "address": address, "host": f"[{address}]" if ":" in address else address,
            "target": target, "port": self.port, "folder": folder,
        }
        (folder / "conf").write_text(textwrap.dedent(self.configuration).format(**words) + "\n")
        self.prepare(folder)
        command = [word.format(**words) for word in self.command]
        wait_until_listening(self.port, run(stack, command, folder / "log"))
        return folder

    def prepare(self, folder):
        """Puts more into its folder than its configuration."""

    def enter(self, _stack, _folder, address):
        """Does what a client in the current namespace must, and gives where it then connects to;
        `address` is the relay's."""
        return address, self.port


class Ssh(Relay):
    """`ssh -D`: a SOCKS server beside the client; the TCP connection comes from the other side."""

    SOCKS_PORT = 1080

    def __init__(self):
        super().__init__("ssh -D", "socks5", 2222, ["sshd", "-D", "-e", "-f", "{folder}/conf"], """
            Port {port}
            HostKey {folder}/key
            AuthorizedKeysFile {folder}/key.pub
            StrictModes no
            PermitRootLogin prohibit-password
            PidFile none
            """)
        self.programs = ["sshd", "ssh", "ssh-keygen"]

    def prepare(self, folder):
        # Where Debian's sshd locks itself in; its service makes it.
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True)

    def enter(self, stack, folder, address):
        lines = run(
            stack,
            ["ssh", "-F", "none", "-N", "-D", f"127.0.0.1:{self.SOCKS_PORT}", "-p", self.port,
             "-i", folder / "key", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=/dev/null", f"root@{address}"],
            folder / "client.log")
        wait_until_listening(self.SOCKS_PORT, lines)
        return "127.0.0.1", self.SOCKS_PORT


#: How a relay speaks with its clients before it passes on what they say.
KINDS = "transparent", "socks5", "connect"

PROGRAM = [sys.executable, str(Path(__file__).with_name("forward.py"))]

OWN = [
    Relay(kind, kind, 3000, [*PROGRAM, kind, "{port}", "{address}", "{target}"]) for kind in KINDS
]

LAZY = Relay("lazy", "transparent", 3000, [*PROGRAM, "lazy", "{port}", "{address}", "{target}"])

REAL = [
    Relay("haproxy", "transparent", 3000, ["haproxy", "-db", "-f", "{folder}/conf"], """
        defaults
            mode tcp
            timeout connect 10s
            timeout client 60s
            timeout server 60s
        listen lab
            bind :::{port} v4v6
            server nginx {host}:{target}
        """),
    Relay("danted", "socks5", 1080, ["danted", "-f", "{folder}/conf", "-p", "{folder}/pid"], """
        internal: far1 port = {port}
        external: near0
        clientmethod: none
        socksmethod: none
        user.privileged: root
        user.unprivileged: nobody
        client pass {{ from: 0/0 to: 0/0 }}
        socks pass {{ from: 0/0 to: 0/0 }}
        """),
    Relay("microsocks", "socks5", 1080, ["microsocks", "-i", "::", "-p", "{port}"]),
    Ssh(),
    Relay("tinyproxy", "connect", 8888, ["tinyproxy", "-d", "-c", "{folder}/conf"], """
        Port {port}
        Timeout 60
        """),
]
