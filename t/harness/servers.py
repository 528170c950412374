"""Servers that answer with every variable, for a test's configuration."""

from . import fields
from .nginx import is_at_least


def http_server(listen, extra=""):
    return f"server {{ {listen} {extra} location / {{ return 200 {fields.DUMP}; }} }}\n"


def http2():
    """What asks for HTTP/2: a parameter of `listen`, and a directive, which newer ones have in its
    place."""
    return ("", "http2 on;") if is_at_least(1, 25, 1) else ("http2", "")


def stream_server(listen, extra=""):
    return f"server {{ {listen} {extra} return {fields.DUMP}; }}\n"
