"""`tcpfp_source` with a TLV of the PROXY protocol, in http and in stream."""

import json
import socket

from t.harness.case import not_here
from t.harness.client import connect, read_to_end
from t.harness.nginx import is_at_least
from t.harness.packet import V4, V6
from t.harness.source_case import (
    FROM, HEADER, HTTP, STREAM, TLV, Asked, SourceCase, packet_of, proxy_header, server,
)


class Tlv(SourceCase):
    """The PROXY protocol, http and stream."""

    @classmethod
    def setUpClass(cls):
        if not is_at_least(1, 23, 2):
            not_here("this nginx keeps no TLVs")
        super().setUpClass()

    def serve(self, trusted="127.0.0.1", extra=""):
        conf = f"tcpfp_source_from {trusted}; {TLV} {extra}"
        return self.nginx(
            server(f"{HTTP} proxy_protocol", conf),
            f"server {{ listen {STREAM} proxy_protocol; {conf} return $tcpfp_json; }}")

    def told(self, header, source=""):
        """What both say of a connection that begins so."""
        with Asked(connect("127.0.0.1", HTTP, source=source)) as proxy:
            proxy.sock.sendall(header)
            found = [proxy.json(), proxy.json()]
        self.assertEqual(*[it | {"json": None, "hello_delay": None} for it in found])
        with connect("127.0.0.1", STREAM, source=source) as sock:
            sock.sendall(header)
            return found[0], json.loads(read_to_end(sock))

    def test_both_encodings(self):
        self.serve()
        for syn, client in (V4, ("192.0.2.7", 40000)), (V6, ("2001:db8::7", 40001)):
            packet = packet_of(syn, client[1])
            for value in packet, packet.hex().encode(), packet.hex().upper().encode():
                for found in self.told(proxy_header(value, b"4321", client)):
                    self.assertForwarded(found, packet)
                    self.assertEqual((found["rtt"], found["rtt_quality"]), (4321, "forwarded"))
                    self.assertIn("info_rtt", found)

    def test_no_syn(self):
        self.serve()
        plain = b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n"
        local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"
        for header in proxy_header(), plain, b"PROXY UNKNOWN\r\n", local:
            for found in self.told(header):
                self.assertEqual((found["syn_status"], found["rtt_quality"]), ("missing", "ok"))

    def test_others(self):
        """Nobody else's TLV is looked at."""
        nginx = self.serve("127.0.0.2")
        packet = packet_of()
        for header in proxy_header(packet, b"5"), proxy_header(b"rubbish", b"5"):
            for found in self.told(header):
                self.assertOwn(found)
                self.assertNotEqual(found["rtt"], 5)
        self.assertFalse([line for line in nginx.log() if "tcpfp" in line])
        for found in self.told(proxy_header(packet, b"5"), source="127.0.0.2"):
            self.assertForwarded(found, packet)

    def test_forged(self):
        """Values that are no SYN, or one of another client than the header names."""
        packet, other = packet_of(), packet_of(source="192.0.2.8")
        cases = {
            "cut": proxy_header(packet[:-1]), "cut hex": proxy_header(packet.hex()[:-1].encode()),
            "payload": proxy_header(packet + b"GET /"), "twice in one": proxy_header(packet * 2),
            "zeroes": proxy_header(bytes(60)), "long": proxy_header(b"4" * 900),
            "another address": proxy_header(other),
            "another port": proxy_header(packet, client=("192.0.2.7", 40001)),
            "another family": proxy_header(packet, client=("2001:db8::7", 40000)),
            "another first": proxy_header(packet, tlvs=[(0xE5, other)]),
        }
        nginx = self.serve()
        for name, header in cases.items():
            with self.subTest(name):
                for found in self.told(header):
                    self.assertEqual((found["syn_status"], found.get("syn")), ("error", None))
        self.assertEqual(
            len([line for line in nginx.log() if "tcpfp_source" in line]), 2, "one for each module")

    def test_the_first_of_two_counts(self):
        """As nginx has it: both are the proxy's."""
        self.serve()
        packet = packet_of()
        for found in self.told(proxy_header(b"rubbish", tlvs=[(0xE5, packet)])):
            self.assertForwarded(found, packet)

    def test_lengths_that_lie(self):
        """nginx refuses such a header, or finds no TLV in it. Workers live on."""
        nginx = self.serve()
        workers = nginx.workers()
        whole = proxy_header(packet_of(), b"5")
        for at in 14, 15, 29, 30, 91, 92, 93:
            for value in 0, 1, 0x7F, 0xFF:
                header = whole[:at] + bytes([value]) + whole[at + 1:]
                for port in HTTP, STREAM:
                    with connect("127.0.0.1", port) as sock:
                        try:
                            sock.sendall(header + b"GET / HTTP/1.0\r\n\r\n")
                            sock.shutdown(socket.SHUT_WR)
                            answer = read_to_end(sock)
                        except OSError:
                            continue
                        if b'"forwarded"' in answer:
                            self.assertIn(packet_of().hex().encode(), answer)
        self.assertEqual(nginx.workers(), workers)
        for found in self.told(whole):
            self.assertForwarded(found, packet_of())

    def test_a_header_beside(self):
        """What a client smuggles through a proxy for TCP is not of the client that is named."""
        own, forged = packet_of(), packet_of(source="203.0.113.5")
        self.nginx(server(f"{HTTP} proxy_protocol", FROM + HEADER))
        for packet, status in (own, "forwarded"), (forged, "error"):
            with Asked(connect("127.0.0.1", HTTP)) as proxy:
                proxy.sock.sendall(proxy_header())
                self.assertEqual(proxy.json(Syn=packet.hex())["syn_status"], status)

    def test_realip(self):
        """Both modules take the client's address from the header. The peer is still the proxy."""
        packet = packet_of()
        realip = "set_real_ip_from 127.0.0.0/8;"
        for trusted in "127.0.0.1", "192.0.2.7":
            conf = f"tcpfp_source_from {trusted}; {TLV} {realip}"
            self.nginx(
                server(f"{HTTP} proxy_protocol", conf + "real_ip_header proxy_protocol;"),
                f"server {{ listen {STREAM} proxy_protocol; {conf} return $tcpfp_json; }}")
            for found in self.told(proxy_header(packet)):
                if trusted == "127.0.0.1":
                    self.assertForwarded(found, packet)
                else:
                    self.assertOwn(found)
            self.doCleanups()
