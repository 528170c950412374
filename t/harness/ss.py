"""ss(8) as a witness of TCP_INFO: its own reading of the kernel's diagnosis of a socket."""

import re
import subprocess

#: Its words for fields that are plain numbers.
PLAIN = {
    "mss": "snd_mss", "pmtu": "pmtu", "rcvmss": "rcv_mss", "advmss": "advmss",
    "cwnd": "snd_cwnd", "ssthresh": "snd_ssthresh", "bytes_sent": "bytes_sent",
    "bytes_acked": "bytes_acked", "bytes_received": "bytes_received", "segs_out": "segs_out",
    "segs_in": "segs_in", "data_segs_out": "data_segs_out", "data_segs_in": "data_segs_in",
    "delivered": "delivered", "rcv_space": "rcv_space", "rcv_ssthresh": "rcv_ssthresh",
    "snd_wnd": "snd_wnd", "rcv_wnd": "rcv_wnd",
}
#: Its words for times, and how many microseconds its unit has.
TIMES = {"rto": ("rto", 1000), "minrtt": ("min_rtt", 1000)}
#: Bits of tcpi_options.
OPTIONS = {"ts": 1, "sack": 2, "ecn": 8}


def established(local_port, remote_port):
    """TCP_INFO of the server's side of a connection in the current namespace, as numbers."""
    text = subprocess.run(
        ["ss", "-tinoH", f"sport = :{local_port} and dport = :{remote_port}"],
        capture_output=True, text=True, check=True,
    ).stdout
    words = dict(re.findall(r"(\w+):([\w./,]+)", text))
    values = {name: int(words[word]) for word, name in PLAIN.items() if word in words}
    for word, (name, unit) in TIMES.items():
        values[name] = round(float(words[word]) * unit)
    rtt, rttvar = words["rtt"].split("/")
    values["rtt"], values["rttvar"] = round(float(rtt) * 1000), round(float(rttvar) * 1000)
    values["options"] = sum(bit for word, bit in OPTIONS.items() if re.search(rf"\b{word}\b", text))
    if "wscale" in words:
        values["options"] |= 4
        values["snd_wscale"], values["rcv_wscale"] = map(int, words["wscale"].split(","))
    return values
