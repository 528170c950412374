"""tcpdump as a witness: the bytes of a SYN, and tcpdump's own reading of them."""

import re
import struct
import subprocess
import tempfile

from .nginx import wait_for
from .packet import LINKTYPE_RAW, write_pcap

#: Bytes of link header before the IP header, by pcap link type: Ethernet (loopback too), raw IP.
LINK_HEADER = {1: 14, LINKTYPE_RAW: 0}

KINDS = {"eol": 0, "nop": 1, "mss": 2, "wscale": 3, "sackOK": 4, "TS": 8}
FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "E": 64, "W": 128, "e": 256}


class Tcpdump:
    """Captures on a device of the current namespace while the `with` block runs."""

    def __init__(self, device, protocol="tcp"):
        self.device, self.protocol, self.found = device, protocol, None

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile()
        self.log = tempfile.NamedTemporaryFile()
        self.process = subprocess.Popen(
            ["tcpdump", "-i", self.device, "-n", "-U", "--immediate-mode", "-w", "-", self.protocol],
            stdout=self.file, stderr=self.log,
        )
        wait_for(lambda: b"listening on" in self._said(), "tcpdump")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.file.close()
        self.log.close()

    def _said(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"tcpdump ended: {self._log_text()}")
        return self._log_text()

    def _log_text(self):
        with open(self.log.name, "rb") as log:
            return log.read()

    def syn(self, port):
        """The bytes of the next SYN that came from a port, IP and TCP header."""
        return wait_for(lambda: self._find(port), f"a SYN from {port} on {self.device}")

    def _find(self, port):
        with open(self.file.name, "rb") as file:
            data = file.read()
        if len(data) < 24:
            return None
        (link,) = struct.unpack_from("=20xI", data)
        # Ports come again: what was found is not found twice.
        at = self.found or 24
        while at + 16 <= len(data):
            (length,) = struct.unpack_from("=8xI", data, at)
            packet = data[at + 16 + LINK_HEADER[link]:at + 16 + length]
            start = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
            (source,) = struct.unpack_from("!H", packet, start)
            at += 16 + length
            if source == port and packet[start + 13] & 0x12 == 0x02:
                self.found = at
                return packet
        return None


def reading(packet):
    """What tcpdump prints of a SYN, as values of our variables."""
    with tempfile.NamedTemporaryFile() as file:
        write_pcap(file.name, [packet])
        text = subprocess.run(
            ["tcpdump", "-r", file.name, "-n", "-S", "-v"],
            capture_output=True, text=True, check=True,
        ).stdout
    return read_line(re.search(r"^\S+ (IP6?.*(?:\n.*)?)", text)[1])


def read_line(text):
    """Values from what `tcpdump -v -S` prints of a SYN."""
    def number(pattern, default=None):
        found = re.search(pattern, text)
        return int(found[1], 0) if found else default

    addresses = re.search(r"(\S+)\.(\d+) > (\S+)\.(\d+): Flags \[(\S+)\], cksum (0x\w+)", text)
    options = re.search(r"options \[(.*?)\]", text)
    names = [option.split()[0] for option in options[1].split(",")] if options else []
    values = {
        "src_addr": addresses[1], "src_port": int(addresses[2]),
        "dst_addr": addresses[3], "dst_port": int(addresses[4]),
        "flags": sum(FLAGS[letter] for letter in addresses[5]),
        "tcp_checksum": int(addresses[6], 16),
        "seq": number(r"seq (\d+)"), "window": number(r"win (\d+)"),
        "mss": number(r"mss (\d+)"), "wscale": number(r"wscale (\d+)"),
        "tsval": number(r"TS val (\d+)"), "tsecr": number(r"TS val \d+ ecr (\d+)"),
        "sack_ok": int("sackOK" in names),
        "options": ",".join(str(KINDS[name]) for name in names) or None,
        "payload_len": number(r", length (\d+)$"),
    }
    if text.startswith("IP6"):
        payload = number(r"payload length: (\d+)")
        return values | {
            "ip_version": 6, "ttl": number(r"hlim (\d+)"), "tos": number(r"class (0x\w+)", 0),
            "flow_label": number(r"flowlabel (0x\w+)", 0), "ip_len": payload + 40, "df": None,
        }
    return values | {
        "ip_version": 4, "ttl": number(r"ttl (\d+)"), "tos": number(r"tos (0x\w+)"),
        "ip_id": number(r"id (\d+)"), "df": int("flags [DF]" in text),
        "ip_len": number(r"proto TCP \(6\), length (\d+)"), "flow_label": None,
    }
