"""A relay at layer 4, as a program: `forward.py KIND PORT TARGET TARGET_PORT`.

It speaks to its clients as a `transparent` forwarder, a `socks5` server (RFC 1928) or a proxy for
HTTP `connect`; wherever they want to go, they come to the target. A `lazy` one is transparent, and
holds its acknowledgments back, as systems do whose user is typing (net/ipv4/tcp_input.c,
tcp_event_data_recv).
"""

import socket
import sys
import threading


def read(sock, length):
    data = b""
    while len(data) < length:
        chunk = sock.recv(length - len(data))
        if not chunk:
            raise ConnectionResetError("the other side closed")
        data += chunk
    return data


def no_words(client, connect):
    return connect()


def socks5(client, connect):
    read(client, read(client, 2)[1])
    client.sendall(b"\5\0")
    kind = read(client, 4)[3]
    read(client, {1: 4, 4: 16}[kind] + 2)
    server = connect()
    client.sendall(b"\5\0\0\1" + bytes(6))
    return server


def http_connect(client, connect):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read(client, 1)
    server = connect()
    client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
    return server


SPEAK = {"transparent": no_words, "lazy": no_words, "socks5": socks5, "connect": http_connect}


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        # One side is gone, and soon the other.
        return


def serve(client, kind, target):
    def connect():
        server = socket.create_connection(target)
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if kind == "lazy":
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
        return server

    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with SPEAK[kind](client, connect) as server:
            back = threading.Thread(target=pump, args=(server, client))
            back.start()
            pump(client, server)
            back.join()


def main(kind, port, address, target_port):
    listener = socket.create_server(
        ("", int(port)), family=socket.AF_INET6, dualstack_ipv6=True, backlog=16)
    while True:
        client, _ = listener.accept()
        threading.Thread(
            target=serve, args=(client, kind, (address, int(target_port))), daemon=True,
        ).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
