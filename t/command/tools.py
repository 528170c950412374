"""What this project's command says of a capture, and what tshark says."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("TCPFP") or ROOT / "target/debug/tcpfp"

#: A client's first packet. From 4.6 on, tshark knows flags of a header that was cut off behind them.
SYNS = ("tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.flags.fin == 0 && tcp.flags.reset == 0"
        " && tcp.window_size_value")
FIELDS = [
    "frame.number", "frame.protocols", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "ip.ttl", "ipv6.hlim",
    "tcp.srcport", "tcp.dstport", "tcp.window_size_value", "tcp.options.mss_val",
    "tcp.option_kind", "tcp.options",
]
SEPARATOR, AGGREGATOR = "\t", ";"


def run(file, *options, **more):
    """The finished command."""
    return subprocess.run(
        [COMMAND, "classify", *options, file], capture_output=True, timeout=60, **more
    )


def answers(file, *options):
    """What the command says of each SYN."""
    return [json.loads(line) for line in run(file, *options).stdout.splitlines()]


def pick(found):
    """What both can tell of a SYN."""
    return {
        "source": f"{found['src_addr']} {found['src_port']}",
        "destination": f"{found['dst_addr']} {found['dst_port']}",
        "ttl": found["ttl"],
        "window": found["window"],
        "mss": found.get("mss"),
        "kinds": found.get("options", ""),
        "options": found.get("options_hex", ""),
    }


def witnessed(file):
    """What tshark says of each SYN, in the innermost packet, behind the frame's number."""
    command = ["tshark", "-n", "-r", file, "-Y", SYNS, "-T", "fields"]
    command += ["-E", f"separator={SEPARATOR}", "-E", f"aggregator={AGGREGATOR}"]
    # A capture that ends early is not to be put together, and this port was Linux' for VXLAN.
    command += ["-o", "ip.defragment:FALSE", "-d", "udp.port==8472,vxlan"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return [_syn(line.split(SEPARATOR)) for line in done.stdout.splitlines()]


def _syn(values):
    found = {field: value.split(AGGREGATOR) for field, value in zip(FIELDS, values)}
    protocols = found["frame.protocols"][0].split(":")
    layers = [name for name in protocols if name in ("ip", "ipv6")]
    # From 4.4 on, tshark has the addresses of what MPLS carries, but does not name it here.
    layers += [name for name in ("ip", "ipv6")
               if len(list(filter(None, found[f"{name}.src"]))) > layers.count(name)]
    names = ("ipv6.src", "ipv6.dst", "ipv6.hlim") if layers[-1] == "ipv6" else (
        "ip.src", "ip.dst", "ip.ttl")
    source, destination, ttl = (found[name][-1] for name in names)
    mss = found["tcp.options.mss_val"][-1]
    return int(found["frame.number"][0]), {
        "source": f"{source} {found['tcp.srcport'][-1]}",
        "destination": f"{destination} {found['tcp.dstport'][-1]}",
        "ttl": int(ttl),
        "window": int(found["tcp.window_size_value"][-1]),
        "mss": int(mss) if mss else None,
        "kinds": ",".join(kind for kind in found["tcp.option_kind"] if kind),
        "options": found["tcp.options"][-1],
    }
