"""The listening sockets of another process, as this process's own."""

import ctypes
import os
import socket

from .namespace import libc

# The same number on every architecture (linux: include/uapi/asm-generic/unistd.h).
SYS_PIDFD_GETFD = 438
TCP_SAVE_SYN = 27


def listening(pid, port):
    """Copies of the TCP sockets on which a process listens to a port."""
    found = []
    process = os.pidfd_open(pid)
    try:
        for descriptor in map(int, os.listdir(f"/proc/{pid}/fd")):
            if not os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith("socket:"):
                continue
            copy = libc.syscall(SYS_PIDFD_GETFD, process, descriptor, 0)
            if copy < 0:
                raise OSError(ctypes.get_errno(), "pidfd_getfd")
            sock = socket.socket(fileno=copy)
            is_inet = sock.family in (socket.AF_INET, socket.AF_INET6)
            if is_inet and sock.type == socket.SOCK_STREAM and is_listening(sock) \
                    and sock.getsockname()[1] == port:
                found.append(sock)
            else:
                sock.close()
    finally:
        os.close(process)
    return found


def is_listening(sock):
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1


def save_syn(pid, port):
    """TCP_SAVE_SYN of each socket on which a process listens to a port."""
    values = []
    for sock in listening(pid, port):
        with sock:
            values.append(sock.getsockopt(socket.IPPROTO_TCP, TCP_SAVE_SYN))
    return values
