"""What a line of nginx-conf/fleet_log.conf looks like, whoever writes it."""

import re

from t.harness.nginx import ROOT

NUMBER = r"(|\d+)"
WORDS = r"[ -~]{0,80}"
#: The names, in order, and the form of each value.
FORMS = {
    "time": r"\d{10}\.\d{3}",
    "server": r"[\w.-]{1,64}",
    "client": r"[0-9a-f.:]{2,45}",
    "request": r"\d+",
    "status": r"\d{3}",
    "login": r"|failed|passed",
    "syn_status": r"saved|missing|unsupported|error|off",
    "p0f": r"|[46]:\d+\+(\d+|\?):\d+:\d+:(\d+|m(ss|tu)\*\d+),\d+:[a-z0-9+?,]*:[a-z0-9+,-]*:[0+]",
    "window": NUMBER,
    "os": WORDS,
    "os_class": r"|win|unix|other|proxy|!",
    "link": WORDS,
    "family": r"|Windows|Linux|Android|Apple|BSD|Solaris|Other",
    "confidence": NUMBER,
    "ua_family": r"|Windows|Linux|Android|Apple|BSD|Solaris|Other",
    "os_mismatch": r"|0|1",
    "os_mismatch_p": NUMBER,
    "rtt": NUMBER,
    "rtt_quality": r"ok|mixed|late|upper_bound|retrans|cookie|none",
    "tls_rtt": NUMBER,
    "rtt_gap": NUMBER,
    "hello_delay": NUMBER,
}
LINE = re.compile("{" + ",".join(f'"{name}":"({form})"' for name, form in FORMS.items()) + "}")


def written():
    """The names that the log_format writes, and the variable of each."""
    text = (ROOT / "nginx-conf/fleet_log.conf").read_text()
    text = text[text.index("log_format fleet"):]
    return re.findall(r'"(\w+)":"\$(\w+)"', text[:text.index(";")])
