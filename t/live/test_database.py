"""Databases over a reload: a new one counts, a bad one is refused and the old one goes on. And what
is no database, which costs neither time nor memory."""

import json
import os
import signal
import socket
import subprocess

from t.harness.case import LiveCase
from t.harness.client import ask_http, connect
from t.harness.nginx import Limited, wait_for
from t.harness.servers import http_server

PORT = 8080
LINUX = "*:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0"


def label(sock):
    """What nginx takes a connection's client for."""
    return json.loads(ask_http(sock)["json"])["os"]


class Database(LiveCase):
    def configure(self, nginx, name, signature=LINUX):
        """Writes a configuration with a database that has one signature under this name."""
        (nginx.prefix / "own.fp").write_text(
            f"classes = unix\n[tcp:request]\nlabel = s:unix:{name}:\nsig = {signature}\n"
        )
        nginx.configure(http="tcpfp_database own.fp;" + http_server(f"listen {PORT};"))

    def label(self):
        with connect("127.0.0.1", PORT) as sock:
            return label(sock)

    def test_reload(self):
        refused = r"own\.fp:4: a signature has 8 parts between colons, this one 1 in .*nginx\.conf"
        nginx = self.nginx(http=http_server(f"listen {PORT};"), expect=[refused])
        self.assertRegex(self.label(), "^Linux")

        self.configure(nginx, "First")
        nginx.reload()
        self.assertEqual(self.label(), "First")

        with connect("127.0.0.1", PORT) as open_before:
            self.assertEqual(label(open_before), "First")
            self.configure(nginx, "Second")
            nginx.reload()
            self.assertEqual(self.label(), "Second")

        self.configure(nginx, "Third", "nonsense")
        workers = nginx.workers()
        nginx.signal(signal.SIGHUP)
        wait_for(lambda: any("own.fp:4:" in line for line in nginx.log()), "the complaint")
        self.assertEqual(nginx.workers(), workers)
        self.assertEqual(self.label(), "Second")


class Unprivileged(Limited):
    """One that may not read everything, either."""

    @property
    def wrapper(self):
        return *super().wrapper, "setpriv", "--bounding-set=-dac_override,-dac_read_search"


class NoDatabase(LiveCase):
    PROGRAMS = "prlimit", "setpriv"
    #: Bytes that a database may have.
    MOST = 64 << 20
    #: Bytes of addresses that nginx may have beside those of a file.
    ROOM = 64 << 20
    #: Seconds until it must have said what is wrong.
    PATIENCE = 3

    def setUp(self):
        self.server = Unprivileged()
        self.addCleanup(self.server.remove)
        self.folder = self.server.prefix

    def check(self, name, block="http", size=0):
        """Whether `nginx -t` accepts a database, and what it says."""
        self.server.configure(**{block: "\ntcpfp_database NAME;"})
        configuration = self.folder / "nginx.conf"
        configuration.write_bytes(configuration.read_bytes().replace(b"NAME", os.fsencode(name)))
        self.server.room = self.ROOM + size
        test = subprocess.run(self.server.command("-t"), capture_output=True, timeout=self.PATIENCE)
        return test.returncode == 0, test.stderr.decode(errors="replace")

    def assertRefused(self, name, reason, size=0):
        """For this reason, at its line, in http and stream."""
        for block in "http", "stream":
            with self.subTest(name, block=block):
                accepted, said = self.check(name, block, size)
                self.assertFalse(accepted)
                lines = (self.folder / "nginx.conf").read_bytes().splitlines()
                (line,) = (number for number, text in enumerate(lines, 1)
                           if text.startswith(b"tcpfp_database"))
                self.assertRegex(said, rf"\[emerg\] .*{reason}.* in .*nginx\.conf:{line}\n")

    def test_what_is_no_regular_file(self):
        os.mkfifo(self.folder / "fifo")
        (self.folder / "link").symlink_to("fifo")
        (self.folder / "folder").mkdir()
        for name in "fifo", "link", "folder", "/dev/zero", "/dev/null", "/dev/random":
            self.assertRefused(name, f"{name}: this is no regular file")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.folder / "socket"))
            self.assertRefused("socket", "socket: No such device or address")

    def test_what_cannot_be_read(self):
        (self.folder / "secret").touch(mode=0)
        self.assertRefused("secret", "secret: Permission denied")
        (self.folder / "loop").symlink_to("loop")
        self.assertRefused("loop", "loop: Too many levels of symbolic links")
        # A regular file whose first page is not there.
        self.assertRefused("/proc/self/mem", "/proc/self/mem: Input/output error")

    def test_names(self):
        (self.folder / os.fsdecode(b"\xff.fp")).touch()
        self.assertRefused(os.fsdecode(b"\xff.fp"), "the name of a database is not UTF-8")
        self.assertRefused("nowhere", "nowhere: No such file or directory")
        self.assertRefused("n" * 300, "nnn: File name too long")
        (self.folder / "größe.fp").touch()
        self.assertTrue(self.check("größe.fp")[0])

    def test_what_is_too_long(self):
        long = self.folder / "long.fp"
        for size in self.MOST + 1, 1 << 40:
            with long.open("wb") as file:
                file.truncate(size)
            self.assertRefused("long.fp", f"long.fp: more than {self.MOST} bytes")

    def test_what_is_nonsense(self):
        """The first line of it is named, whatever follows."""
        head = b"classes = unix\n[tcp:request]\nlabel = s:unix:Ours:\n"
        for name, content, place in (
            ("bad lines", b"wat\n" * 1_000_000, ":1:"),
            ("bad signatures", head + b"sig = wat\n" * 1_000_000, ":4:"),
            ("bad layouts", head + b"sig = *:64:0:*:*,*:wat:df:0\n" * 300_000, ":4:"),
            ("a long line", b"x" * (16 << 20), ":1:"),
            ("a long signature", head + b"sig = " + b"mss," * (4 << 20), ":4:"),
            ("zeros", bytes(16 << 20), ":1:"),
            ("numbers", bytes(range(256)) * 4096, ":1:"),
            ("no text", head + b"\xff\xfe = \xff\n", ":4:"),
        ):
            (self.folder / "bad.fp").write_bytes(content)
            with self.subTest(name):
                self.assertRefused("bad.fp", f"bad.fp{place}", len(content))
