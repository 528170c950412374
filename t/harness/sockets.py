"""The listening sockets of another process, as this process's own."""

import ctypes
import errno
import os
import socket

from .namespace import libc

# The same number on every architecture (include/uapi/asm-generic/unistd.h of Linux).
SYS_PIDFD_GETFD = 438
TCP_SAVE_SYN = 27


def save_syn(pid, port):
    """TCP_SAVE_SYN of each socket on which a process listens to a TCP port."""
    values = []
    for sock in sockets(pid):
        with sock:
            if is_listening(sock, port):
                values.append(sock.getsockopt(socket.IPPROTO_TCP, TCP_SAVE_SYN))
    return values


def is_listening(sock, port):
    return (
        sock.family in (socket.AF_INET, socket.AF_INET6)
        and sock.type == socket.SOCK_STREAM
        and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        and sock.getsockname()[1] == port
    )


def sockets(pid):
    """Copies of all sockets of a process."""
    process = os.pidfd_open(pid)
    try:
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            try:
                if os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith("socket:"):
                    yield socket.socket(fileno=copy(process, int(descriptor)))
            except OSError as error:
                # Closed since it was listed.
                if error.errno not in (errno.ENOENT, errno.EBADF):
                    raise
    finally:
        os.close(process)


def copy(process, descriptor):
    """pidfd_getfd(2), which Python does not have."""
    number = libc.syscall(SYS_PIDFD_GETFD, process, descriptor, 0)
    if number < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"pidfd_getfd: {os.strerror(error)}")
    return number
