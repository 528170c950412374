"""What stands in the way of every connection is there only where a variable of the configuration needs
it: told by a library in front of the C library and OpenSSL, which sees who calls what.
"""

import ssl
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from t.harness import tls
from t.harness.case import LiveCase
from t.harness.client import Http, connect, only_answer
from t.harness.nginx import Nginx

HTTP, TLS, STREAM, STREAM_TLS = 8080, 8443, 9090, 9443
#: What values need of a connection without TLS, of one with it, and of struct tcp_info.
VARIABLES = {
    "-": "", "$tcpfp_ttl $tcpfp_syn": "", "$tcpfp_family $tcpfp_muonfp": "", "$tcpfp_rtt": "info",
    "$tcpfp_info_snd_mss": "info", "$tcpfp_live_rtt": "info", "$tcpfp_tcp_info": "info",
    "$tcpfp_hello_delay": "receiving messages", "$tcpfp_tls_rtt": "messages",
    "$tcpfp_rtt_gap": "messages info", "$tcpfp_ja4": "messages", "$tcpfp_h2": "receiving messages",
    "$tcpfp_h2_rtt": "receiving messages", "$tcpfp_proxy": "receiving messages info",
    "$tcpfp_json": "receiving messages info",
}

#: Of one connection: its first bytes alone go through us, and its handshake's end takes us off.
RECEIVED, OVER = {"received by us": 1}, {"over": 1}

#: What each call says goes where nginx's standard error goes: to its log.
SPY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    ssize_t (*next)(int, void *, size_t, int) = dlsym(RTLD_NEXT, "recv");
    void *frames[8];
    Dl_info info;
    int count = backtrace(frames, 8);
    for (int at = 0; at < count; at++)
        if (dladdr(frames[at], &info) && strstr(info.dli_fname, "_tcpfp_module.so")) {
            dprintf(2, "spy: received by us\n");
            break;
        }
    return next(fd, buffer, size, flags);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    int (*next)(int, int, int, void *, socklen_t *) = dlsym(RTLD_NEXT, "getsockopt");
    if (level == IPPROTO_TCP && name == TCP_INFO)
        dprintf(2, "spy: info\n");
    return next(fd, level, name, value, len);
}

void SSL_set_msg_callback(void *ssl, void (*callback)(void))
{
    void (*next)(void *, void (*)(void)) = dlsym(RTLD_NEXT, "SSL_set_msg_callback");
    dprintf(2, callback ? "spy: nobody does that\n" : "spy: over\n");
    next(ssl, callback);
}
"""


class Spied(Nginx):
    """One that the library watches."""

    def __init__(self, spy, **configuration):
        self.wrapper = "env", f"LD_PRELOAD={spy}"
        super().__init__(**configuration)

    def seen(self):
        """How often what was seen since this was last asked."""
        seen = Counter(line[5:] for line in self.log() if line.startswith("spy: "))
        new, self._told = seen - self._told, seen
        return new

    _told = Counter()


class Watched(LiveCase):
    PROGRAMS = "cc", "openssl"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory(prefix="tcpfp-live-watched-")
        cls.addClassCleanup(folder.cleanup)
        cls.spy = Path(folder.name) / "spy.so"
        subprocess.run(["cc", "-xc", "-", "-shared", "-fPIC", "-ldl", "-o", cls.spy],
                       input=SPY.encode(), check=True)

    def spied(self, http="-", stream="-"):
        """An nginx whose servers in http and stream answer with these values."""
        return self.started(Spied(self.spy, **self.configuration(http, stream)))

    def configuration(self, http, stream):
        keys = tls.directives()
        return {
            "http": f"server {{ listen {HTTP}; return 200 '{http}'; }}\n"
                    f"server {{ listen {TLS} ssl; {keys} return 200 '{http}'; }}\n",
            "stream": f"server {{ listen {STREAM}; return '{stream}'; }}\n"
                      f"server {{ listen {STREAM_TLS} ssl; {keys} return '{stream}'; }}\n",
        }

    def seen(self, nginx):
        """What is seen of two requests of a plain connection, and of one over TLS."""
        nginx.seen()
        with Http(connect("127.0.0.1", HTTP)) as client:
            client.get("/"), client.get("/")
        plain = nginx.seen()
        with Http(self.secured(TLS)) as client:
            client.get("/"), client.get("/")
        return plain, nginx.seen()

    def secured(self, port):
        return tls.context().wrap_socket(connect("127.0.0.1", port))

    def test_only_what_the_configuration_asks_for(self):
        for variable, needed in VARIABLES.items():
            nginx = self.spied(http=variable)
            with self.subTest(variable=variable):
                plain, secured = self.seen(nginx)
                infos = plain.pop("info", 0), secured.pop("info", 0)
                self.assertEqual(plain, RECEIVED if "receiving" in needed else {})
                self.assertEqual(secured, OVER if "messages" in needed else {})
                self.assertEqual([count > 0 for count in infos], ["info" in needed] * 2)
            self.doCleanups()

    def test_each_subsystem_for_itself(self):
        nginx = self.spied(stream="$tcpfp_tls_rtt")
        self.assertEqual(self.seen(nginx), ({}, {}))
        with self.secured(STREAM_TLS) as sock:
            self.assertTrue(sock.recv(100).decode().isdecimal())
        self.assertEqual(nginx.seen(), OVER)

    def test_reload(self):
        nginx = self.spied()
        self.assertEqual(self.seen(nginx), ({}, {}))
        for variable, expected in ("$tcpfp_hello_delay", (RECEIVED, OVER)), ("-", ({}, {})):
            nginx.configure(**self.configuration(variable, "-"))
            nginx.reload()
            self.assertEqual(self.seen(nginx), expected)

    def test_handshakes_that_fail(self):
        nginx = self.spied(http="$tcpfp_tls_rtt")
        nginx.seen()
        # Keys that the server's certificate is not for.
        other = tls.context(maximum_version=ssl.TLSVersion.TLSv1_2)
        other.set_ciphers("AES128-SHA")
        for _ in range(3):
            with connect("127.0.0.1", TLS) as sock, self.assertRaises(ssl.SSLError):
                other.wrap_socket(sock)
        with self.secured(TLS) as sock:
            self.assertTrue(only_answer(sock).isdecimal())
        self.assertEqual(nginx.seen(), OVER)
