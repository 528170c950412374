"""Network namespaces without names: each goes when the last descriptor and process in it do."""

import ctypes
import os
import subprocess
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000
THIS = "/proc/thread-self/ns/net"

libc = ctypes.CDLL(None, use_errno=True)


def _call(function, *arguments):
    if function(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{function.__name__}: {os.strerror(error)}")


class Namespace:
    """A network of its own: loopback is up, IPv6 addresses can be used at once."""

    def __init__(self):
        home = os.open(THIS, os.O_RDONLY)
        try:
            _call(libc.unshare, CLONE_NEWNET)
            self.descriptor = os.open(THIS, os.O_RDONLY)
            _call(libc.setns, home, CLONE_NEWNET)
        finally:
            os.close(home)
        with self.inside():
            ip("link set lo up")
            for scope in ("all", "default"):
                sysctl(f"net.ipv6.conf.{scope}.accept_dad", 0)

    def close(self):
        os.close(self.descriptor)

    @contextmanager
    def inside(self):
        """The calling thread, and the processes that it starts, are in this namespace."""
        home = os.open(THIS, os.O_RDONLY)
        _call(libc.setns, self.descriptor, CLONE_NEWNET)
        try:
            yield self
        finally:
            _call(libc.setns, home, CLONE_NEWNET)
            os.close(home)

    @property
    def path(self):
        """A name for this namespace that `ip link ... netns` takes, while this process lives."""
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"


def ip(arguments):
    """Runs ip(8) in the current namespace."""
    subprocess.run(["ip", *arguments.split()], check=True)


def sysctl(name, value):
    """Sets a sysctl of the current namespace; `net.ipv4.tcp_sack`. Gives the old value."""
    path = "/proc/sys/" + name.replace(".", "/")
    with open(path) as file:
        old = file.read().strip()
    with open(path, "w") as file:
        file.write(str(value))
    return old
