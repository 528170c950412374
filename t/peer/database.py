"""The SYN signatures of a database in p0f's syntax, to aim packets at.

Only a well-formed file is understood: p0f itself is the judge of what a database says.
"""

from dataclasses import dataclass
from pathlib import Path

KINDS = {"eol": 0, "nop": 1, "mss": 2, "ws": 3, "sok": 4, "sack": 5, "ts": 8}


@dataclass(frozen=True)
class Signature:
    """One `sig` line of [tcp:request]; None is `*`."""

    line: int
    label: str
    #: It speaks of a tool, not of a system.
    is_tool: bool
    version: int | None
    ttl: int
    #: The sender randomises its TTL, up to `ttl`.
    random_ttl: bool
    ip_options_len: int
    mss: int | None
    #: "any", "plain", "modulo", "mss" or "mtu", and its number.
    window: tuple
    scale: int | None
    layout: tuple
    padding: int
    quirks: frozenset
    payload: bool | None


@dataclass(frozen=True)
class Database:
    """What can be aimed at."""

    signatures: list
    mtus: list


def read(path):
    """The signatures and MTUs of a file, in its order."""
    signatures, mtus, section, label = [], [], None, None
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        line = line.strip()
        if line.startswith("["):
            section = line
        elif line and not line.startswith(";"):
            key, value = (part.strip() for part in line.split("=", 1))
            if key == "label":
                label = value
            elif key == "sig" and section == "[mtu]":
                mtus.append(int(value))
            elif key == "sig" and section == "[tcp:request]":
                signatures.append(_signature(number, label, value))
    return Database(signatures, mtus)


def _name(label):
    """`s:unix:Linux:3.x` as p0f prints it."""
    name, flavor = label.split(":", 3)[2:]
    return f"{name} {flavor}".rstrip()


def _signature(line, label, text):
    version, ttl, ip_options_len, mss, window, layout, quirks, payload = text.split(":")
    window, scale = window.split(",")
    kinds, padding = _layout(layout)
    return Signature(
        line=line,
        label=_name(label),
        is_tool=label.split(":")[1] == "!",
        version=_number(version),
        ttl=sum(map(int, ttl.removesuffix("-").split("+"))),
        random_ttl=ttl.endswith("-"),
        ip_options_len=int(ip_options_len),
        mss=_number(mss),
        window=_window(window),
        scale=_number(scale),
        layout=kinds,
        padding=padding,
        quirks=frozenset(filter(None, quirks.split(","))),
        payload={"0": False, "+": True, "*": None}[payload],
    )


def _number(text):
    return None if text == "*" else int(text)


def _window(text):
    if text == "*":
        return "any", 0
    for prefix, form in ("%", "modulo"), ("mss*", "mss"), ("mtu*", "mtu"):
        if text.startswith(prefix):
            return form, int(text.removeprefix(prefix))
    return "plain", int(text)


def _layout(text):
    """The option kinds, and the bytes after EOL."""
    kinds, padding = [], 0
    for word in filter(None, text.split(",")):
        if word.startswith("?"):
            kinds.append(int(word[1:]))
        else:
            name, _, rest = word.partition("+")
            kinds.append(KINDS[name])
            padding = int(rest or 0)
    return tuple(kinds), padding
