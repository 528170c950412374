"""An nginx that logs every variable, or one without the modules to compare it with."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "t/live"))

from lab import tls
from lab.nginx import binary, children, is_at_least, modules


def variables(protocol):
    """Every name that http or stream has, from their page: a test holds that against the code."""
    page = (ROOT / "docs/variables.md").read_text()
    members = page.partition("## Fields of struct tcp_info")[2]
    members = re.findall(r"^\| `(\w+)` \|", members, re.MULTILINE)
    for name, meaning in re.findall(r"^\| `\$tcpfp_(\w+)` \| (.*)", page, re.MULTILINE):
        if name.endswith("_NAME"):
            yield from (name.replace("NAME", member) for member in members)
        elif "only in a build with" not in meaning and (
                protocol == "http" or not meaning.startswith("http: ")):
            yield name


class Server:
    """A master and a worker, http and stream, while this is entered. Its files go to `prefix`, a
    folder; `wrapper` is the command that runs it, `patience` the seconds that it may take to start,
    reload or end."""

    def __init__(self, prefix, with_ours, log, wrapper=(), patience=15):
        self.prefix, self.wrapper, self.patience = Path(prefix), wrapper, patience
        self.http, self.tls, self.http2, self.stream = free_ports(4)
        self.p0f_api = self.prefix / "p0f" if with_ours else None
        self.process = None
        # The worker is another user.
        self.prefix.chmod(0o755)
        (self.prefix / "nginx.conf").write_text(self.configuration(with_ours, log))

    def configuration(self, with_ours, log):
        load = [module for module in modules() if with_ours or "_tcpfp_" not in Path(module).name]
        value = "$tcpfp_json" if with_ours else "$connection $remote_addr $remote_port"
        temp = "\n".join(f"{name}_temp_path {self.prefix}/{name};"
                         for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        http, stream = (
            f"tcpfp_zone hosts:1m; {log_of(variables(protocol), log)}" if with_ours
            else log_of([], log) for protocol in ("http", "stream"))
        answer = f"location / {{ set $copy '{value}'; return 200 $copy; }}"
        dump = "tcpfp_dump hosts;" if with_ours else "return 200 '{}';"
        p0f_api = (
            f"server {{ listen unix:{self.p0f_api}; access_log off; tcpfp_p0f_api hosts; }}"
            if with_ours else "")
        http2, http2_on = ("", "http2 on;") if is_at_least(1, 25, 1) else ("http2", "")
        return f"""
            {"".join(f"load_module {module};" for module in load)}
            daemon off;
            pid {self.prefix}/nginx.pid;
            events {{ worker_connections 512; }}
            http {{ {temp} {http}
                server {{
                    {listen(self.http)}
                    {listen(self.tls, "ssl")} {tls.directives()}
                    {answer}
                    location /dump {{ {dump} }}
                }}
                server {{ {listen(self.http2, http2)} {http2_on} {answer} }}
            }}
            stream {{ {stream}
                server {{ {listen(self.stream)} return '{value}'; }}
                {p0f_api}
            }}"""

    def __enter__(self):
        self.process = subprocess.Popen(
            [*self.wrapper, binary(), "-p", str(self.prefix), "-c", str(self.prefix / "nginx.conf"),
             "-e", str(self.prefix / "error.log")])
        try:
            self.wait_for(self.is_up, "nginx")
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        for worker in children(self.process.pid):
            os.kill(worker, signal.SIGKILL)
        self.process.kill()
        self.process.wait()

    def wait_for(self, condition, what):
        end = time.monotonic() + self.patience
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited {self.patience} s for {what}")
            time.sleep(0.01)

    def is_up(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"nginx ended: {self.error_log()}")
        with socket.socket() as probe:
            return children(self.process.pid) and not probe.connect_ex(("127.0.0.1", self.http))

    def worker(self):
        """The process that serves."""
        (worker,) = children(self.process.pid)
        return worker

    def reload(self):
        """Reads the configuration anew, and waits until only the new worker is there."""
        old = self.worker()
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(
            lambda: (now := children(self.process.pid)) and old not in now, "the old worker's end")

    def error_log(self):
        return (self.prefix / "error.log").read_text()


def log_of(names, file):
    """The directives for a log of these variables."""
    values = " ".join(f"' {name}=$tcpfp_{name}'" for name in names)
    return (f"log_format all escape=json '$connection $remote_addr' {values};\n"
            f"access_log {file} all;")


def listen(port, parameters=""):
    return "".join(f"listen {host}:{port} {parameters}; " for host in ("127.0.0.1", "[::1]"))


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
