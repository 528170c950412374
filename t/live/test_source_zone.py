"""`tcpfp_source` and a zone: records are of the clients whose SYNs were handed on."""

from t.harness.case import not_here
from t.harness.client import connect, read_to_end
from t.harness.nginx import is_at_least
from t.harness.packet import V4
from t.harness.source_case import (
    FROM, HEADER, HTTP, STREAM, TLV, Asked, SourceCase, packet_of, proxy_header, server,
)
from t.harness.zone import Dump, directives


class Zone(SourceCase):
    COUNT = "'$tcpfp_host_conn_count/$tcpfp_host_first_seen'"

    def counts(self):
        return {address: record["conn_count"] for address, record in Dump().records.items()}

    def test_each_syn_counts_once(self):
        """However often it comes, over whatever connections and to whatever workers."""
        self.nginx(directives() + server(HTTP, FROM + HEADER, "200"),
                   main="worker_processes 3;")
        packets = [packet_of(V4.with_tcp(seq=seq), 40000 + seq, f"192.0.2.{1 + seq % 4}")
                   for seq in range(40)]
        proxies = [Asked(connect("127.0.0.1", HTTP)) for _ in range(12)]
        for round_ in range(3):
            for at, packet in enumerate(packets):
                proxy = proxies[(at + round_) % len(proxies)]
                proxy.sock.sendall(
                    f"GET / HTTP/1.1\r\nHost: a\r\nX-Tcpfp-Syn: {packet.hex()}\r\n\r\n".encode())
                proxy.receive()
        for proxy in proxies:
            proxy.close()
        # The proxy itself has no record. Who asks for the dump has: nobody trusts that server's.
        self.assertEqual(self.counts(), {f"192.0.2.{n}": 10 for n in range(1, 5)})

    def test_what_a_request_is_told(self):
        self.nginx(directives() + server(HTTP, FROM + HEADER, self.COUNT))
        first, second = packet_of(), packet_of(V4.with_tcp(seq=7), 40007)
        with Asked(connect("127.0.0.1", HTTP)) as proxy:
            def told(packet):
                proxy.sock.sendall(
                    f"GET / HTTP/1.1\r\nHost: a\r\nX-Tcpfp-Syn: {packet.hex()}\r\n\r\n".encode())
                return proxy.receive().split("/")[0]

            self.assertEqual([told(first), told(first), told(second), told(second)],
                             ["1", "1", "2", "2"])
            # What the first SYN's connection was told when it came, it is told again.
            self.assertEqual(told(first), "1")

    def test_others_count_as_ever(self):
        """An untrusted peer, and a trusted one's clients without a SYN."""
        self.nginx(directives() + server(HTTP, "tcpfp_source_from 127.0.0.9;" + HEADER))
        self.ask(source="127.0.0.2", Syn=packet_of().hex())
        self.ask(source="127.0.0.9")
        self.ask(source="127.0.0.9", Syn="rubbish")
        records = self.counts()
        self.assertEqual(records.get("127.0.0.2"), 1)
        self.assertNotIn("127.0.0.9", records)
        self.assertNotIn("192.0.2.7", records)

    def test_a_reload_keeps_what_was_counted(self):
        conf = directives() + server(HTTP, FROM + HEADER)
        nginx = self.nginx(conf)
        for _ in range(3):
            self.ask(Syn=packet_of().hex())
            nginx.reload()
        self.assertEqual(self.counts()["192.0.2.7"], 1)

    def test_tlv(self):
        if not is_at_least(1, 23, 2):
            not_here("this nginx keeps no TLVs")
        self.nginx(
            directives() + server(f"{HTTP} proxy_protocol", FROM + TLV, "200"),
            f"tcpfp_zone hosts:1m; server {{ listen {STREAM} proxy_protocol; {FROM} {TLV} return ok; }}")
        for port, request, seqs in (HTTP, b"GET / HTTP/1.0\r\n\r\n", range(5)), (
                STREAM, b"", range(3, 8)):
            for seq in seqs:
                packet = packet_of(V4.with_tcp(seq=seq))
                with connect("127.0.0.1", port) as sock:
                    sock.sendall(proxy_header(packet) + request)
                    read_to_end(sock)
        # Two of them came to both.
        self.assertEqual(self.counts()["192.0.2.7"], 8)
