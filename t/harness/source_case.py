"""What a proxy hands on of its clients' connections, and the test case for who reads it."""

import json
import struct

from . import reading
from .case import LiveCase
from .client import Http, connect
from .packet import V4, packed

HTTP, STREAM = 8080, 9090
FROM = "tcpfp_source_from 127.0.0.1 ::1;"
HEADER = "tcpfp_source $http_x_tcpfp_syn; tcpfp_source_rtt $http_x_tcpfp_rtt;"
TLV = "tcpfp_source $proxy_protocol_tlv_0xE5; tcpfp_source_rtt $proxy_protocol_tlv_0xE6;"
ENDS = {4: ("192.0.2.7", "198.51.100.1"), 6: ("2001:db8::7", "2001:db8:1::1")}


def packet_of(syn=V4, port=40000, source=None):
    """A SYN as the proxy's kernel has saved it."""
    version = syn.ip.version
    ends = (source or ENDS[version][0], ENDS[version][1])
    body = syn.tcp.bytes(*ends, port, 443)
    return syn.ip.header(*ends, len(body)) + body


def proxy_header(syn=b"", rtt=b"", client=("192.0.2.7", 40000), tlvs=()):
    """A header of the PROXY protocol, version 2."""
    address, port = client
    family = 0x21 if ":" in address else 0x11
    target = "2001:db8:1::1" if ":" in address else "198.51.100.1"
    body = packed(address) + packed(target) + struct.pack("!HH", port, 443)
    for kind, value in [*tlvs, (0xE5, syn), (0xE6, rtt)]:
        body += struct.pack("!BH", kind, len(value)) + value
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([0x21, family]) + struct.pack("!H", len(body)) + body


class Asked(Http):
    """A proxy's connection, over which it asks for its clients."""

    def json(self, **headers):
        lines = "".join(f"X-Tcpfp-{name}: {value}\r\n" for name, value in headers.items())
        self.sock.sendall(f"GET / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode())
        return json.loads(self.receive())


def server(listen, extra="", answer="$tcpfp_json"):
    return f"server {{ listen {listen}; {extra} location / {{ return 200 {answer}; }} }}\n"


class SourceCase(LiveCase):
    def ask(self, address="127.0.0.1", port=HTTP, source="", **headers):
        """What one request is answered."""
        with Asked(connect(address, port, source=source)) as proxy:
            return proxy.json(**headers)

    def assertForwarded(self, found, packet):
        """It speaks of this SYN, in every field."""
        expected = {name: value for name, value in reading.expected(packet).items()
                    if value is not None} | {"syn_status": "forwarded"}
        self.assertEqual({name: found.get(name) for name in expected}, expected)

    def assertOwn(self, found, source="127.0.0.1"):
        """It speaks of the proxy's own SYN."""
        self.assertEqual((found["syn_status"], found["src_addr"]), ("saved", source))
