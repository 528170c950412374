"""`tcpfp_proxy_protocol`: the header that an upstream of stream gets."""

import contextlib
import socket
import ssl
import struct
import threading

from t.harness import tls
from t.harness.case import not_here
from t.harness.client import connect, connect_unix, read, read_to_end
from t.harness.nginx import is_at_least, version, wait_for
from t.harness.source_case import FROM, STREAM, TLV, SourceCase, packet_of, proxy_header

UPSTREAM = 9099
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
BOTH = f"proxy_pass 127.0.0.1:{UPSTREAM}; proxy_protocol on; tcpfp_proxy_protocol on;"


class Header:
    """A header of version 2, read from a socket."""

    def __init__(self, sock):
        fixed = read(sock, 16)
        if fixed[:13] != SIGNATURE + b"\x21":
            raise AssertionError(f"no header: {fixed}")
        (length,) = struct.unpack_from("!H", fixed, 14)
        body = read(sock, length)
        size, name = {0x11: (4, socket.AF_INET), 0x21: (16, socket.AF_INET6), 0: (0, None)}[fixed[13]]
        self.client = self.server = None
        if name:
            ports = struct.unpack_from("!HH", body, 2 * size)
            self.client, self.server = (
                (socket.inet_ntop(name, body[at * size:(at + 1) * size]), ports[at]) for at in (0, 1))
            body = body[2 * size + 4:]
        self.tlvs = []
        while body:
            kind, length = struct.unpack_from("!BH", body)
            self.tlvs.append((kind, body[3:3 + length].decode()))
            body = body[3 + length:]

    def __getitem__(self, kind):
        (value,) = (value for each, value in self.tlvs if each == kind)
        return value


class ProxyProtocol(SourceCase):
    def setUp(self):
        self.upstream = socket.create_server(("127.0.0.1", UPSTREAM))
        self.upstream.settimeout(5)
        self.addCleanup(self.upstream.close)

    def serve(self, extra=BOTH, listen="", more=""):
        """An nginx that passes on, and logs what it passes on."""
        return self.nginx(stream=f"""
            log_format syn '$tcpfp_syn $tcpfp_rtt'; access_log logs/syn.log syn; {more}
            server {{ listen {listen or f"[::]:{STREAM} ipv6only=off"}; {extra} }}
        """)

    def logged(self, nginx):
        log = nginx.prefix / "logs/syn.log"
        return wait_for(lambda: log.read_text().splitlines(), "the log")[-1].split()

    @contextlib.contextmanager
    def accepted(self):
        sock, _ = self.upstream.accept()
        sock.settimeout(5)
        with sock:
            yield sock

    @staticmethod
    def connect(words):
        client = connect("127.0.0.1", STREAM)
        client.sendall(words)
        return client

    def test_a_client_that_says_nothing(self):
        """It waits for the server, and that for the header."""
        for address in "127.0.0.1", "::1":
            nginx = self.serve()
            with connect(address, STREAM) as client, self.accepted() as sock:
                header = Header(sock)
                sock.sendall(b"hello\n")
                self.assertEqual(read(client, 6), b"hello\n")
                own = client.getsockname()[:2], client.getpeername()[:2]
                if address == "127.0.0.1":
                    # Over a socket for both versions nginx has the address of IPv6.
                    own = tuple((name.removeprefix("::ffff:"), port) for name, port in own)
                self.assertEqual((header.client, header.server), own)
            self.assertEqual([header[0xE5], header[0xE6]], self.logged(nginx))
            self.doCleanups()
            self.setUp()

    def test_a_client_that_speaks(self):
        nginx = self.serve()
        words = b"GET / HTTP/1.0\r\n\r\n" + bytes(200_000)
        with connect("127.0.0.1", STREAM) as client, self.accepted() as sock:
            client.sendall(words)
            client.shutdown(socket.SHUT_WR)
            header = Header(sock)
            self.assertEqual(read_to_end(sock), words)
        self.assertEqual(header[0xE5], self.logged(nginx)[0])

    def test_a_client_that_is_read_ahead(self):
        """What nginx has read before it connects comes behind the header."""
        self.serve(BOTH + "ssl_preread on;")
        with connect("127.0.0.1", STREAM) as client:
            client.sendall(b"no TLS at all\n")
            with self.accepted() as sock:
                self.assertEqual(len(Header(sock).tlvs), 2)
                self.assertEqual(read(sock, 14), b"no TLS at all\n")

    def test_what_is_nginxs_stays(self):
        plain = f"proxy_pass 127.0.0.1:{UPSTREAM};"
        on = "tcpfp_proxy_protocol on;"
        for extra, first in (
            (plain + "proxy_protocol on;", b"PROXY TCP4 127.0.0.1 "),
            (plain + "proxy_protocol on; tcpfp_proxy_protocol off;", b"PROXY TCP4 127.0.0.1 "),
            (plain, b"words"), (plain + on, b"words"),
        ):
            nginx = self.serve(extra, f"127.0.0.1:{STREAM}", on if "off" in extra else "")
            for _ in range(2):
                with connect("127.0.0.1", STREAM) as client, self.accepted() as sock:
                    client.sendall(b"words")
                    client.shutdown(socket.SHUT_WR)
                    self.assertTrue(read_to_end(sock).startswith(first), extra)
            said = [line for line in nginx.log() if "no header for an upstream" in line]
            self.assertEqual(len(said), extra.endswith(plain + on), said)
            self.doCleanups()
            self.setUp()

    def test_tls_to_the_upstream(self):
        """There nginx writes its own header past the filters, and ours stays away."""
        nginx = self.serve(BOTH + "proxy_ssl on;", f"127.0.0.1:{STREAM}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        words = tls.directives().replace(";", "").split()
        context.load_cert_chain(words[1], words[3])
        with connect("127.0.0.1", STREAM) as client, self.accepted() as sock:
            client.sendall(b"words")
            line = b""
            while not line.endswith(b"\r\n"):
                line += read(sock, 1)
            self.assertTrue(line.startswith(b"PROXY TCP4 127.0.0.1 "), line)
            with context.wrap_socket(sock, server_side=True) as inside:
                self.assertEqual(inside.recv(100), b"words")
        self.assertTrue(nginx.workers())

    def test_the_next_upstream(self):
        """Only the one that answers gets a header, and only one."""
        nginx = self.serve(
            "proxy_pass some; proxy_protocol on; tcpfp_proxy_protocol on;", more=f"""
            upstream some {{ server 127.0.0.1:1; server 127.0.0.1:2; server 127.0.0.1:{UPSTREAM}; }}""")
        for _ in range(3):
            with connect("127.0.0.1", STREAM) as client, self.accepted() as sock:
                self.assertTrue(Header(sock)[0xE5])
                client.sendall(b"words")
                self.assertEqual(read(sock, 5), b"words")
        self.assertTrue(nginx.workers())

    def test_unix_sockets(self):
        """A client has no SYN there, and an upstream connects at once."""
        nginx = self.nginx()
        inside, outside = nginx.prefix / "in", nginx.prefix / "out"
        with socket.socket(socket.AF_UNIX) as upstream:
            upstream.bind(str(outside))
            outside.chmod(0o777)
            upstream.listen()
            upstream.settimeout(5)
            nginx.configure(stream=f"""
                server {{ listen unix:{inside}; listen 127.0.0.1:{STREAM}; proxy_pass unix:{outside};
                          proxy_protocol on; tcpfp_proxy_protocol on; }}""")
            nginx.reload()
            clients = [connect("127.0.0.1", STREAM)]
            # Angie gives its own header no end there: no client of a unix socket comes through.
            if "Angie" not in version():
                clients.append(connect_unix(inside))
            for client in clients:
                with client, upstream.accept()[0] as sock:
                    header = Header(sock)
                    if client.family == socket.AF_UNIX:
                        self.assertEqual((header.client, header.tlvs), (None, [(0xE5, "")]))
                    else:
                        self.assertEqual(header.client, client.getsockname())
                        self.assertTrue(header[0xE5])

    def test_without_the_syn(self):
        nginx = self.serve("tcpfp off;" + BOTH, f"127.0.0.1:{STREAM}")
        with connect("127.0.0.1", STREAM) as client, self.accepted() as sock:
            header = Header(sock)
            self.assertEqual((header.client, header.tlvs), (client.getsockname(), [(0xE5, "")]))
        self.assertTrue(nginx.workers())

    def test_a_chain(self):
        """The first hop's SYN, round trip and addresses go on."""
        if not is_at_least(1, 23, 2):
            not_here("this nginx keeps no TLVs")
        packet = packet_of()
        self.serve(BOTH + FROM + TLV, f"127.0.0.1:{STREAM} proxy_protocol")
        for first, expected in (
            (proxy_header(packet, b"777"), [packet.hex(), "777", "192.0.2.7"]),
            # Without one nothing is made up: not this hop's, which is the proxy's.
            (proxy_header(), ["", None, "127.0.0.1"]),
            (proxy_header(b"rubbish"), ["", None, "127.0.0.1"]),
        ):
            with self.connect(first + b"words"), self.accepted() as sock:
                header = Header(sock)
                self.assertEqual(
                    [header[0xE5], dict(header.tlvs).get(0xE6), header.client[0]], expected)
                self.assertEqual(read(sock, 5), b"words")

    def test_realip(self):
        """Of whom nginx takes for the client there is no SYN: that of the proxy is not sent."""
        self.serve(BOTH + "set_real_ip_from 127.0.0.1;", f"127.0.0.1:{STREAM} proxy_protocol")
        line = b"PROXY TCP4 192.0.2.9 198.51.100.1 40000 443\r\n"
        with self.connect(line), self.accepted() as sock:
            header = Header(sock)
            self.assertEqual((header.client[0], header.tlvs), ("192.0.2.9", [(0xE5, "")]))

    def test_datagrams(self):
        """They have no SYN; what nginx does is left alone."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
            upstream.bind(("127.0.0.1", UPSTREAM))
            upstream.settimeout(5)
            self.serve(BOTH + "proxy_responses 0;", f"127.0.0.1:{STREAM} udp")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.sendto(b"words", ("127.0.0.1", STREAM))
                got = upstream.recv(4096)
            self.assertNotIn(SIGNATURE, got)

    def test_many_at_once(self):
        """Each gets its own."""
        self.serve()
        clients = [connect("127.0.0.1", STREAM) for _ in range(100)]
        found = {}

        def serve():
            for _ in clients:
                with self.accepted() as sock:
                    header = Header(sock)
                    found[header.client[1]] = header[0xE5]

        thread = threading.Thread(target=serve)
        thread.start()
        thread.join()
        for client in clients:
            port = client.getsockname()[1]
            self.assertEqual(int(found[port][40:44], 16), port)
            client.close()
