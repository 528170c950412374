"""fleet/ways: what nginx writes comes out at the other end of two rsyslogs."""

import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from t.fleet.forms import LINE
from t.harness.case import LiveCase, skip
from t.harness.client import connect, read_to_end
from t.harness.example import Example
from t.harness.namespace import sysctl
from t.harness.nginx import PATH, ROOT, SIGTERM, wait_for

PORT = 8090
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a\"\\\x01\xff\r\nConnection: close\r\n\r\n"
#: More than rsyslog passes on before it begins to limit, as it does by default.
REQUESTS = 300


class Ways(LiveCase):
    PROGRAMS = ("rsyslogd",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As on any host with systemd: nginx does not wait where there is no room.
        sysctl("net.unix.max_dgram_qlen", 512)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tcpfp-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # nginx' workers are another user.
        self.folder.chmod(0o755)
        self.socket = self.folder / "fleet.sock"

    def rsyslog(self, name, **replaced):
        """Starts one with a file of fleet/ways, as Debian's rsyslog.conf includes it."""
        text = (ROOT / f"fleet/ways/rsyslog-{name}.conf").read_text()
        for old, new in replaced.items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        spool, file = self.folder / name, self.folder / f"{name}.conf"
        spool.mkdir(exist_ok=True)
        file.write_text(f'global(workDirectory="{spool}")\nmodule(load="imuxsock" SysSock.Use="off")\n{text}')
        command = [shutil.which("rsyslogd", path=PATH), "-f", file, "-i", self.folder / f"{name}.pid"]
        checked = subprocess.run([*command, "-N1"], capture_output=True, text=True)
        if "could not load module" in checked.stderr:
            skip("no rsyslog-relp")
        self.assertEqual(checked.returncode, 0, checked.stderr)
        process = subprocess.Popen([*command, "-n"], stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.send_signal, SIGTERM)
        return process

    def collector(self):
        return self.rsyslog("collector", **{"/var/log/fleet": f"{self.folder}/log"})

    def lines(self, count):
        """What the collector has written, once it is so much."""
        def found():
            return [line for file in sorted(self.folder.glob("log/*.log"))
                    for line in file.read_text().splitlines()]
        wait_for(lambda: len(found()) >= count, f"{count} lines")
        return found()

    def test_lines(self):
        """None is lost or changed, even if the collector comes late. What was on its way then may come
        twice."""
        self.rsyslog("server", **{
            "collector.example.net": "127.0.0.1", "/run/fleet.sock": str(self.socket)})
        wait_for(self.socket.exists, "the socket")
        example = Example("fleet_log.conf", replaced={
            "listen 8090;": f"listen {PORT};",
            " buffer=64k flush=5s;":
                f";\naccess_log syslog:server=unix:{self.socket},nohostname,tag=fleet fleet;",
        })
        nginx = self.started(example)
        for number in range(REQUESTS):
            if number == REQUESTS // 2:
                self.collector()
            with connect("127.0.0.1", PORT) as sock:
                sock.sendall(REQUEST)
                read_to_end(sock)
        lines = self.lines(REQUESTS)
        written = Counter((nginx.prefix / "logs/fleet.log").read_text().splitlines())
        self.assertEqual(written - Counter(lines), Counter())
        self.assertEqual(set(lines), set(written))
        self.assertLessEqual(len(lines), REQUESTS + 3)
        for line in lines:
            self.assertTrue(LINE.fullmatch(line), line)
