"""A relay at layer 4 that holds every byte back: a proxy far from its clients."""

import itertools
import select
import socket
import threading
import time
from collections import deque

from .client import connect


class Relay:
    """Listens on a port and passes connections on to another, each direction `delay` seconds
    late, or each of the client's `first` words and all of the server's (`back`) otherwise. Its
    threads keep the namespace in which it was made."""

    def __init__(self, port, delay, first=(), back=None, address="127.0.0.1"):
        self.port, self.delay, self.address = port, delay, address
        self.first = first
        self.back = delay if back is None else back
        self.listener = socket.create_server((address, 0))
        self.sockets, self.pumps = [], []
        #: What clients have said.
        self.heard = bytearray()
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    @property
    def own_port(self):
        """Where clients connect to."""
        return self.listener.getsockname()[1]

    def close(self):
        """Ends it, and its connections."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        for pump in self.pumps:
            pump.join()
        self.listener.close()
        for sock in self.sockets:
            sock.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = connect(self.address, self.port)
            self.sockets += client, server
            for way in (
                (client, server, itertools.chain(self.first, itertools.repeat(self.delay)), self.heard),
                (server, client, itertools.repeat(self.back), bytearray()),
            ):
                way[0].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                pump = threading.Thread(target=self._pump, args=way, daemon=True)
                pump.start()
                self.pumps.append(pump)

    def _pump(self, source, target, delays, heard):
        """Passes on what comes, when its time has come, until the end of it."""
        waiting, is_open = deque(), True
        while is_open or waiting:
            now = time.monotonic()
            if waiting and waiting[0][0] <= now:
                _, data = waiting.popleft()
                try:
                    target.sendall(data) if data else target.shutdown(socket.SHUT_WR)
                except OSError:
                    return
                continue
            timeout = waiting[0][0] - now if waiting else None
            if is_open and select.select([source], [], [], timeout)[0]:
                try:
                    data = source.recv(65536)
                except OSError:
                    data = b""
                heard += data
                waiting.append((time.monotonic() + next(delays), data))
                is_open = bool(data)
            elif not is_open:
                time.sleep(max(0, timeout))
