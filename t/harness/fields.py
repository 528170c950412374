"""The names of the variables, as the project's contract has them, and what prints them all."""

import struct

#: Of the SYN: absent where there is none.
SYN = """
ip_version ttl df ip_id tos ip_ecn ip_flags ip_hlen ip_len ip_options flow_label ip_checksum
tcp_checksum src_addr src_port dst_addr dst_port window mss wscale options options_hex sack_ok
tsval tsecr seq ack urgptr flags tcp_ecn tcp_hlen payload_len syn muonfp ip_fp
""".split()

#: struct tcp_info of linux/tcp.h, in order: name and struct(3) code. `_` is split into bits.
TCP_INFO = [
    *((name, "B") for name in "state ca_state retransmits probes backoff options _ _".split()),
    *((name, "I") for name in """
        rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent
        last_data_recv last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss
        reordering rcv_rtt rcv_space total_retrans""".split()),
    *((name, "Q") for name in "pacing_rate max_pacing_rate bytes_acked bytes_received".split()),
    *((name, "I") for name in """
        segs_out segs_in notsent_bytes min_rtt data_segs_in data_segs_out""".split()),
    *((name, "Q") for name in "delivery_rate busy_time rwnd_limited sndbuf_limited".split()),
    *((name, "I") for name in "delivered delivered_ce".split()),
    *((name, "Q") for name in "bytes_sent bytes_retrans".split()),
    *((name, "I") for name in """
        dsack_dups reord_seen rcv_ooopack snd_wnd rcv_wnd rehash""".split()),
    *((name, "H") for name in "total_rto total_rto_recoveries".split()),
    ("total_rto_time", "I"),
    *((name, "I") for name in """
        received_ce delivered_e1_bytes delivered_e0_bytes delivered_ce_bytes received_e1_bytes
        received_e0_bytes received_ce_bytes""".split()),
    *((name, "H") for name in "accecn_fail_mode accecn_opt_seen".split()),
]
BITS = ["snd_wscale", "rcv_wscale", "delivery_rate_app_limited", "fastopen_client_fail"]
INFO = BITS + [name for name, _ in TCP_INFO if name != "_"]

#: Of TCP_INFO and the clock, beside the info_ and live_ variables.
TIME = ["rtt", "rtt_quality", "min_rtt", "tcp_info", "accept_time"]

AT_ACCEPT = ["info_" + name for name in INFO]
LIVE = ["live_" + name for name in INFO]
ALL = ["syn_status", *SYN, *TIME, *AT_ACCEPT, *LIVE]

#: The last line of a report, nginx's number of the connection.
LAST = "connection"

#: Those that may differ between two requests of one connection.
CHANGING = {"min_rtt", *LIVE}


def decode_tcp_info(data):
    """The numbers in a struct tcp_info, as far as it goes."""
    values, at = {}, 0
    for name, code in TCP_INFO:
        size = struct.calcsize(code)
        if at + size > len(data):
            break
        (values[name],) = struct.unpack_from("=" + code, data, at)
        at += size
    del values["_"]
    scales, bits = data[6:8]
    values.update(zip(BITS, (scales & 15, scales >> 4, bits & 1, bits >> 1 & 3)))
    return values


def _report():
    """nginx reads no word of more than 4096 bytes, so that it takes several to name them all."""
    lines = [f"{name}=$tcpfp_{name}\n" for name in ALL]
    lines += ["json=$tcpfp_json\n", "pid=$pid\n", f"{LAST}=$connection\n"]
    parts, part = [], ""
    for line in lines:
        if len(part) + len(line) > 3000:
            parts.append(part)
            part = ""
        part += line
    parts.append(part)
    maps = "".join(
        f'map "" $report_{i} {{ volatile; default "{part}"; }}\n' for i, part in enumerate(parts)
    )
    return maps, '"' + "".join(f"$report_{i}" for i in range(len(parts))) + '"'


_MAPS, DUMP = _report()


def maps_of(block):
    """What DUMP needs in an http or stream block, if the block has it."""
    return _MAPS if DUMP[1:-1] in block else ""


def parse(report):
    """A report as a dictionary of strings; None for what is absent."""
    pairs = (line.split("=", 1) for line in report.splitlines())
    return {name: value or None for name, value in pairs}
