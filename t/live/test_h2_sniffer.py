"""$tcpfp_h2 of clients as they are, held against what tshark shows of the same connections with the keys
of their sessions."""

import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from t.harness import programs, tls
from t.harness.case import LiveCase
from t.harness.client import connect
from t.harness.http2 import Http2
from t.harness.nginx import wait_for
from t.harness.servers import http2
from t.harness.tcpdump import Tcpdump

PORT = 8443
URL = f"https://127.0.0.1:{PORT}/"
SECONDS = 30
#: RFC 9113, 6.
HEADERS, PRIORITY, SETTINGS, WINDOW_UPDATE = "1", "2", "4", "8"


#: Makes a client write its keys that does not by itself: in front of its OpenSSL.
LOGGER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void write_line(const void *ssl, const char *line)
{
    FILE *file = fopen(getenv("SSLKEYLOGFILE"), "a");
    fprintf(file, "%s\n", line);
    fclose(file);
}

void *SSL_new(void *context)
{
    void (*log)(void *, void (*)(const void *, const char *)) = dlsym(RTLD_NEXT, "SSL_CTX_set_keylog_callback");
    void *(*next)(void *) = dlsym(RTLD_NEXT, "SSL_new");
    log(context, write_line);
    return next(context);
}
"""


def nghttp(*options):
    return lambda keys, logger: programs.run("nghttp", "-n", *options, URL, SSLKEYLOGFILE=keys, LD_PRELOAD=logger)


def h2load(*options):
    return lambda keys, _: programs.run("h2load", "-n", "1", *options, URL, SSLKEYLOGFILE=keys)


def python(keys, _):
    context = tls.context(keylog_filename=str(keys))
    context.set_alpn_protocols(["h2"])
    with Http2(context.wrap_socket(connect("127.0.0.1", PORT))) as client:
        client.get("/")


CLIENTS = {
    "curl": lambda keys, _: programs.curl(URL, "--http2", SSLKEYLOGFILE=keys),
    "curl that posts": lambda keys, _: programs.curl(URL, "--http2", "-d", "x=1", SSLKEYLOGFILE=keys),
    "nghttp": nghttp(),
    "nghttp without dependencies": nghttp("--no-dep"),
    "nghttp with windows of its own": nghttp("-w", "20", "-W", "25"),
    "h2load": h2load(),
    "h2load with windows of its own": h2load("-w", "18", "-W", "22"),
    "chromium": lambda keys, _: programs.chromium(URL, SSLKEYLOGFILE=keys),
    "go": lambda keys, _: programs.go(URL, SSLKEYLOGFILE=keys),
    "python": python,
}


class Sniffer(LiveCase):
    PROGRAMS = "cc", "curl", "openssl", "tcpdump", "tshark"

    def setUp(self):
        parameter, directive = http2()
        self.server = self.nginx(
            f"log_format h2 '$tcpfp_h2'; server {{ listen {PORT} ssl {parameter}; {directive} {tls.directives()}\n"
            "access_log logs/h2 h2; return 200 there; }")
        folder = tempfile.TemporaryDirectory(prefix="tcpfp-live-sniffer-")
        self.addCleanup(folder.cleanup)
        self.keys, self.logger = (Path(folder.name) / name for name in ("keys", "logger.so"))
        subprocess.run(["cc", "-xc", "-", "-shared", "-fPIC", "-ldl", "-o", self.logger],
                       input=LOGGER.encode(), check=True)

    def test_every_client(self):
        for name, visit in CLIENTS.items():
            program, *_ = name.split()
            if visit is not python and not programs.is_here(program):
                continue
            with self.subTest(name):
                ours, sniffed = self.both(visit)
                print(f"{name}: {ours}")
                self.assertEqual(ours, sniffed)

    def both(self, visit):
        """What is logged of the first request of a client, and what is sniffed of it."""
        log = self.server.prefix / "logs/h2"
        # docs/fingerprints/h2.md: nothing is heard of one that answers faster than a network can.
        for _ in range(5):
            self.keys.write_text("")
            log.write_text("")
            with Tcpdump("lo") as tcpdump:
                visit(self.keys, self.logger)
                text = wait_for(log.read_text, "a request in the log")
                sniffed = wait_for(lambda: self.sniffed(tcpdump.file.name), "a request in the capture")
            ours = text.splitlines()[0]
            if ours != "-":
                break
        return ours, sniffed

    def sniffed(self, capture):
        """Akamai's form of the first connection in a capture."""
        shown = subprocess.run(
            ["tshark", "-r", capture, "-o", f"tls.keylog_file:{self.keys}", "-d", f"tcp.port=={PORT},tls",
             "-Y", f"http2 && tcp.dstport=={PORT}", "-T", "pdml"],
            capture_output=True, check=True, timeout=SECONDS).stdout
        settings, window, priorities = None, "00", []
        for frame in ElementTree.fromstring(shown).iterfind(".//field[@name='http2.stream']"):
            values = [(field.get("name"), field.get("show")) for field in frame.iter("field")]
            first = dict(reversed(values))
            kind, stream = first.get("http2.type"), first.get("http2.streamid")
            if kind == SETTINGS and settings is None:
                settings = [setting(field) for field in frame.iterfind(".//field[@name='http2.settings']")]
            elif kind == WINDOW_UPDATE and stream == "0" and window == "00":
                window = first["http2.window_update.window_size_increment"]
            elif kind == PRIORITY:
                exclusive = int(first["http2.exclusive"] in ("1", "True"))
                priorities.append(
                    f"{stream}:{exclusive}:{first['http2.stream_dependency']}:{first['http2.headers.weight_real']}")
            elif kind == HEADERS:
                names = [show for name, show in values if name == "http2.header.name"]
                order = ",".join(name[1] for name in names if name.startswith(":"))
                return "|".join([";".join(settings), window, ",".join(priorities) or "0", order])
        return None


def setting(field):
    """An identifier and the value, whose name is another for each."""
    (value,) = [each.get("value") for each in field if each.get("name") != "http2.settings.id"]
    return f"{field.find('field').get('show')}:{int(value, 16)}"
