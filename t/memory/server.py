"""An nginx that logs every variable, or one without the modules to compare it with."""

import re
import signal
import socket
from pathlib import Path

from t.harness import tls
from t.harness.nginx import PATIENCE, ROOT, Nginx, children, modules
from t.harness.servers import http2


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


class Server(Nginx):
    """A master and a worker, http and stream, while this is entered, which log to a file."""

    def __init__(self, with_ours, log, wrapper=(), patience=PATIENCE):
        self.http, self.tls, self.http2, self.stream, self.preread = free_ports(5)
        self.wrapper, self.patience = wrapper, patience
        super().__init__(
            [module for module in modules() if with_ours or "_tcpfp_" not in Path(module).name],
            with_ours=with_ours, log=log)

    def configure(self, with_ours, log):
        self.p0f_api = self.prefix / "p0f" if with_ours else None
        value = "$tcpfp_json" if with_ours else "$connection $remote_addr $remote_port"
        http, stream = (
            log_of(variables(protocol) if with_ours else [], log)
            for protocol in ("http", "stream"))
        zone = "tcpfp_zone hosts:1m;" if with_ours else ""
        answer = f"location / {{ set $copy '{value}'; return 200 $copy; }}"
        dump = "tcpfp_dump hosts;" if with_ours else "return 200 '{}';"
        p0f_api = (
            f"server {{ listen unix:{self.p0f_api}; access_log off; tcpfp_p0f_api hosts; }}"
            if with_ours else "")
        parameter, directive = http2()
        super().configure(
            http=f"""{zone} {http[0]}
                server {{
                    {http[1]}
                    {listen(self.http)}
                    {listen(self.tls, f"ssl {parameter}")} {tls.directives()} {directive}
                    {answer}
                    location /dump {{ {dump} }}
                }}
                server {{ {http[1]} {listen(self.http2, parameter)} {directive} {answer} }}""",
            stream=f"""{zone} {stream[0]}
                server {{ {stream[1]} {listen(self.stream)} return '{value}'; }}
                server {{ {stream[1]} {listen(self.preread)} ssl_preread on; return '{value}'; }}
                {p0f_api}""",
            main="daemon off;",
        )

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        # Every connection comes to its end first: what is left then is lost.
        killed, log = self.stop(signal.SIGQUIT), self.log()
        self.remove()
        if killed:
            raise TimeoutError(f"nginx had to be killed: {log}")

    def workers(self, master=None):
        """Under valgrind no process has nginx's title."""
        return children(master or self.master)

    def worker(self):
        """The process that serves."""
        (worker,) = self.workers()
        return worker


def log_of(names, file):
    """The directives for a log of these variables: the format, and the log."""
    values = " ".join(f"' {name}=$tcpfp_{name}'" for name in names)
    return (f"log_format all escape=json '$connection $remote_addr' {values};",
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
