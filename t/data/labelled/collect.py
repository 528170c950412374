"""SYNs of known origin out of public captures: see README.md beside this file.

    python3 -m t.data.labelled.collect FOLDER    # FOLDER/OWNER+NAME has the captures of that repository

Writes the rows of each repository of sources.tsv. Of captures and flows that are there twice, the first counts.
The variable TCPFP names the command; otherwise it is target/release/tcpfp.
"""

import collections
import hashlib
import ipaddress
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from t.data.labelled import systems

HERE = Path(__file__).resolve().parent
COMMAND = os.environ.get("TCPFP") or HERE.parents[2] / "target/release/tcpfp"
#: Beside captures of one device: its hardware address.
HARDWARE = "_iotdevice-mac.txt"
CAPTURE = re.compile(r"\.(pcap|pcapng|cap|dmp|trace)(\.gz|\.xz)?$", re.IGNORECASE)

FIELDS = [
    "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "tcp.dstport", "eth.src",
    "http.user_agent", "http.request.line", "http2.headers.user_agent", "dhcp.option.vendor_class_id",
    "ssh.protocol", "smb.native_os", "ntlmssp.version.major", "ntlmssp.version.build_number",
    "tls.handshake.extensions_server_name", "dns.qry.name", "dhcp.option.hostname",
    "gquic.tag.uaid", "tls.quic.parameter.google.user_agent",
]
WANTED = (
    "tcp.flags.syn == 1 || http.user_agent || http2.headers.user_agent || dhcp.option.vendor_class_id"
    " || gquic.tag.uaid || tls.quic.parameter.google.user_agent || ssh.protocol || smb.native_os || ntlmssp.version.build_number"
    " || tls.handshake.extensions_server_name || (dns.qry.name && dns.flags.response == 0)"
)

#: What a label rests on, best first: README.md says what each means.
EVIDENCE = ["flow", "flow,mixed", "host", "device", "service", "forwarded", "forwarded,mixed"]


def syns(file):
    """What the command says of each SYN, also of those in tunnels."""
    done = subprocess.run([COMMAND, "classify", "--json", "--tunnels", file], capture_output=True, timeout=300)
    lines = (json.loads(line) for line in done.stdout.splitlines())
    return [line for line in lines if "syn" in line and line["dst_port"] and not line["payload_len"]]


def packets(file):
    """The packets that tell something, each field's values in a list."""
    command = ["tshark", "-n", "-r", file, "-Y", WANTED, "-T", "fields", "-E", "aggregator=\x1f"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=300)
    for line in done.stdout.decode(errors="replace").split("\n"):
        values = line.split("\t")
        if len(values) == len(FIELDS):
            yield {field: value.split("\x1f") if value else [] for field, value in zip(FIELDS, values)}


def address(packet, end):
    """The innermost address."""
    found = packet[f"ip.{end}"] + packet[f"ipv6.{end}"]
    return str(ipaddress.ip_address(found[-1])) if found else ""


def words(packet):
    """What a packet says of its sender: kind, family, text."""
    proxied = any(line.lower().startswith(("via:", "x-forwarded-for:")) for line in packet["http.request.line"])
    for text in packet["http.user_agent"] + packet["http2.headers.user_agent"]:
        yield "forwarded" if proxied else "agent", systems.agent(text), text
    for line in packet["http.request.line"]:
        if line.lower().startswith("sec-ch-ua-platform:"):
            text = line.split(":", 1)[1].strip().strip('"\\rn')
            yield "agent", {"macOS": "Apple", "iOS": "Apple"}.get(text, systems.agent(text)), text
    for text in packet["gquic.tag.uaid"] + packet["tls.quic.parameter.google.user_agent"]:
        yield "quic", systems.agent(text), text
    for text in packet["dhcp.option.hostname"]:
        yield "dhcp", systems.first(systems.HOSTS, text), "DHCP's host name"
    for text in packet["dhcp.option.vendor_class_id"]:
        yield "dhcp", systems.first(systems.VENDORS, text), text
    for text in packet["ssh.protocol"]:
        yield "ssh", systems.first(systems.SHELLS, text), text
    for text in packet["smb.native_os"][:1]:
        yield "smb", systems.first(systems.SHARES, text), text
    for major, build in zip(packet["ntlmssp.version.major"], packet["ntlmssp.version.build_number"]):
        yield "ntlm", "" if int(build) in systems.BORROWED else "Windows", f"NTLM, Windows {major}, build {build}"
    for text in packet["tls.handshake.extensions_server_name"] + packet["dns.qry.name"]:
        yield "service", systems.first(systems.SERVICES, text), text


def read(file):
    """Each SYN of a capture: its client, what its flow and its client say, and whether it may be the device."""
    beside = file.parent / HARDWARE
    hardware = beside.read_text().strip().lower() if beside.exists() else None
    found = syns(file)
    if not found:
        return []
    flows, clients = collections.defaultdict(list), collections.defaultdict(list)
    machines, cards = collections.defaultdict(set), collections.defaultdict(list)
    for packet in packets(file):
        source, target = address(packet, "src"), address(packet, "dst")
        card = packet["eth.src"][-1] if packet["eth.src"] else ""
        port = (packet["tcp.srcport"] or [""])[-1], (packet["tcp.dstport"] or [""])[-1]
        machines[source].add(card)
        flow = (source, port[0], target, port[1])
        for kind, family, text in words(packet):
            if not family:
                continue
            if kind in ("agent", "forwarded", "ssh", "smb", "ntlm"):
                flows[flow].append((kind, family, text))
            if kind == "dhcp":
                cards[card].append((kind, family, text))
            elif kind != "forwarded":
                clients[source].append((kind, family, text))
    rows = []
    for syn in found:
        source = str(ipaddress.ip_address(syn["src_addr"]))
        flow = (source, str(syn["src_port"]), str(ipaddress.ip_address(syn["dst_addr"])), str(syn["dst_port"]))
        own = flows.get(flow, [])
        host = list(clients[source])
        for card in machines[source] if len(machines[source]) == 1 else ():
            host += cards.get(card, [])
        device = hardware is None or machines[source] == {hardware}
        rows.append((source, syn, own, host, device))
    return rows


def families(said):
    """The families that are named. What says Linux on an Android is right, too."""
    named = {family for _, family, _ in said}
    return named - {"Linux"} if "Android" in named else named


def label(own, host, device):
    """Family, evidence and system of a SYN, or nothing."""
    if device:
        family, system = device
        return family, "device", system
    services = [word for word in host if word[0] == "service"]
    host = [word for word in host if word[0] != "service"]
    mine, all_of_it = families(own), families(own + host)
    if len(mine) == 1:
        evidence = "forwarded" if own[0][0] == "forwarded" else "flow"
        if len(all_of_it) > 1:
            evidence += ",mixed"
        family = mine.pop()
        said = next(text for _, named, text in own if named == family)
        if all_of_it == {"Android"}:
            family = "Android"
        return family, evidence, said
    if mine:
        return None
    if all_of_it:
        services = []
    if len(all_of_it) == 1:
        evidence, (family,) = "host", all_of_it
    elif len(families(services)) == 1:
        evidence, (family,) = "service", families(services)
    else:
        return None
    return family, evidence, next(text for _, named, text in host + services if named == family)


def plain(syn):
    """A SYN without what belongs to one connection: addresses, ports and checksums are zero; sequence and
    acknowledgment number, flow label and timestamps are one if they were not zero."""
    raw = bytearray.fromhex(syn["syn"])
    if raw[0] >> 4 == 4:
        raw[10:20] = bytes(10)
    else:
        raw[8:40] = bytes(32)
        label = raw[1] & 15 or raw[2] or raw[3]
        raw[1:4] = [raw[1] & 0xF0, 0, 1 if label else 0]
    at = len(raw) - syn["tcp_hlen"]
    raw[at : at + 4] = bytes(4)
    raw[at + 16 : at + 18] = bytes(2)
    flag(raw, at + 4)
    flag(raw, at + 8)
    option = at + 20
    while option < len(raw) and raw[option]:
        if raw[option] == 1:
            option += 1
            continue
        length = raw[option + 1] if option + 1 < len(raw) else 0
        if raw[option] == 8 and length == 10 and option + 10 <= len(raw):
            flag(raw, option + 2)
            flag(raw, option + 6)
        option += max(length, 2)
    return bytes(raw)


def flag(raw, at):
    """One in place of any number of four bytes but zero."""
    raw[at : at + 4] = bytes([0, 0, 0, any(raw[at : at + 4])])


def without_id(raw):
    """The same, but of the identification only whether it is zero: which rows are one."""
    return raw[:4] + bytes([0, any(raw[4:6])]) + raw[6:] if raw[0] >> 4 == 4 else raw


def table(name):
    """The rows of a file beside this one."""
    lines = (HERE / name).read_text().splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def collect(repository, root, captures, flows):
    """The rows of a repository. What is in captures and flows already was met elsewhere, and is passed over."""
    files = []
    for file in sorted(path for path in root.rglob("*") if CAPTURE.search(path.name) and path.is_file()):
        digest = hashlib.sha256(file.read_bytes()).digest()
        if digest not in captures:
            captures.add(digest)
            files.append(file)
    known = {prefix: (family, system) for of, prefix, family, system in table("devices.tsv") if of == repository}
    rows = Rows(flows)
    with ThreadPoolExecutor(os.cpu_count() + 1) as pool:
        for file, found in zip(files, pool.map(read, files)):
            name = str(file.relative_to(root))
            documented = next((known[start] for start in known if name.startswith(start)), None)
            if (file.parent / HARDWARE).exists():
                name = str(file.parent.relative_to(root)) + "/"
            for client, syn, own, host, device in found:
                rows.add(name, client, syn, label(own, host, documented if device else None))
    return rows


class Rows:
    """One for each shape that a client sent, in the order of captures."""

    def __init__(self, flows):
        self.flows, self.clients = flows, {}
        self.counts, self.best = collections.Counter(), {}

    def add(self, name, client, syn, said):
        shape = plain(syn)
        flow = tuple(syn[key] for key in ("src_addr", "src_port", "dst_addr", "dst_port", "seq")), without_id(shape)
        # Generators of packets set no options; devices may do so, too.
        if said is None or flow in self.flows or not (syn.get("options_hex") or said[1] == "device"):
            return
        self.flows.add(flow)
        family, evidence, text = said
        of_this = self.clients.setdefault(name, {})
        number = of_this.setdefault(client, len(of_this) + 1)
        key = (name, number, family, without_id(shape))
        self.counts[key] += 1
        row = (EVIDENCE.index(evidence), " ".join(text.split())[:90], shape.hex())
        self.best[key] = min(self.best.get(key, row), row)

    def __iter__(self):
        for key in sorted(self.best):
            name, number, family, _ = key
            evidence, text, shape = self.best[key]
            yield family, name, number, EVIDENCE[evidence], text, shape, self.counts[key]


def judges(side, capture):
    """Whether a capture's rows only judge. Where captures are given by many people, a third of them do, by
    their names alone."""
    return side == "judge" or side == "both" and hashlib.sha256(capture.encode()).digest()[0] % 3 == 0


def main():
    folder = Path(sys.argv[1])
    captures, flows = set(), set()
    for side, repository, *_ in table("sources.tsv"):
        sides = {"fit": [], "judge": []}
        found = list(collect(repository, folder / repository.replace("/", "+"), captures, flows))
        for row in found if side != "aside" else ():
            sides["judge" if judges(side, row[1]) else "fit"].append(row)
        for name, rows in sides.items():
            print(repository, name, len(rows), file=sys.stderr, flush=True)
            file = HERE / name / (repository.replace("/", "+") + ".tsv")
            file.unlink(missing_ok=True)
            if rows:
                file.parent.mkdir(exist_ok=True)
                file.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))


if __name__ == "__main__":
    main()
