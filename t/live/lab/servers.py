"""Servers that answer with every variable, for a test's configuration."""

from . import fields


def http_server(listen, extra=""):
    return f"server {{ {listen} {extra} location / {{ return 200 {fields.DUMP}; }} }}\n"


def stream_server(listen, extra=""):
    return f"server {{ {listen} {extra} return {fields.DUMP}; }}\n"
