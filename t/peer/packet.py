"""A TCP client's first packet, field by field: nothing in it has to make sense."""

from dataclasses import dataclass, field

from t.harness.packet import Ip, Segment, Syn

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE = (1 << bit for bit in range(9))

EOL, NOP, MSS, SCALE, SACK_OK, SACK, TIMESTAMPS = 0, 1, 2, 3, 4, 5, 8

#: All that a TCP header has room for.
MAX_OPTIONS = 40


@dataclass
class Packet:
    """What a client is free to choose, in a form that is easily changed."""

    version: int = 4
    ttl: int = 64
    tos: int = 0
    #: Of IPv6 only.
    flow: int = 0
    #: Of IPv4 only, and the next three.
    ident: int = 0
    df: bool = False
    reserved: bool = False
    ip_options: bytes = b""
    seq: int = 1
    ack: int = 0
    #: The nine flags and, above them, the three reserved bits.
    flags: int = SYN
    window: int = 0
    urgent: int = 0
    #: TCP options, one an item, and what follows them in the header.
    options: list = field(default_factory=list)
    padding: bytes = b""
    #: What the options are filled up with to a multiple of four bytes.
    fill: int = NOP
    payload: bytes = b""
    #: Behind the packet's end, as Ethernet pads a short frame.
    trailer: bytes = b""

    def find(self, kind):
        """The index of the first option of a kind; None without one."""
        return next((i for i, option in enumerate(self.options) if option[0] == kind), None)

    def option_bytes(self):
        """The options as the header has them: cut at its end, or filled up."""
        area = (b"".join(self.options) + self.padding)[:MAX_OPTIONS]
        return area + bytes([self.fill]) * (-len(area) % 4)

    def to_send(self):
        """The packet but for its addresses and trailer."""
        ip = Ip(
            self.version, self.ttl, self.tos, self.ident, self.reserved << 2 | self.df << 1,
            self.ip_options, self.flow,
        )
        return Syn(ip, Segment(
            self.seq, self.ack, self.flags, self.window, self.urgent, self.option_bytes(),
            self.payload,
        ))

    def on_wire(self, source, destination, *ports):
        """The packet as bytes, in two parts: the headers, and what follows them."""
        syn = self.to_send()
        segment = syn.tcp.bytes(source, destination, *ports)
        packet = syn.ip.header(source, destination, len(segment)) + segment
        headers = len(packet) - len(self.payload)
        return packet[:headers], packet[headers:] + self.trailer
