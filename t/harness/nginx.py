"""An nginx with the modules, in a directory of its own."""

import os
import re
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from signal import SIGTERM

from . import fields

ROOT = Path(__file__).resolve().parents[2]
OBJS = ROOT / "objs"
#: Debian keeps nginx where only root looks.
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"

#: Seconds until what should happen must have happened.
PATIENCE = 15


def binary():
    """The nginx to test: TEST_NGINX_BINARY, else the machine's, else the vendored one."""
    asked = os.environ.get("TEST_NGINX_BINARY")
    found = shutil.which(asked or "nginx", path=PATH)
    found = found or (not asked and shutil.which(OBJS / "vendored/src/objs/nginx"))
    if not found:
        raise FileNotFoundError(f"no nginx: {asked or 'run make build NGINX=vendored'}")
    return found


def modules():
    """What to load: TEST_NGINX_LOAD_MODULES, else what `make build` made."""
    asked = os.environ.get("TEST_NGINX_LOAD_MODULES")
    if asked:
        return asked.split()
    stream = re.search(r"--modules-path=(\S+).*--with-stream=dynamic", version())
    ours = [OBJS / f"ngx_{protocol}_tcpfp_module.so" for protocol in ("http", "stream")]
    return [*([f"{stream[1]}/ngx_stream_module.so"] if stream else []), *map(str, ours)]


def version():
    """What `nginx -V` says: the version and how it was configured."""
    return subprocess.run([binary(), "-V"], capture_output=True, text=True, check=True).stderr


def is_at_least(*wanted):
    """Whether the nginx under test is of this version or newer."""
    found = re.search(r"nginx version: \S+?/([\d.]+)", version())[1]
    return tuple(map(int, found.split("."))) >= wanted


def wait_for(condition, what, patience=PATIENCE):
    """Waits until `condition()` is true, and gives its value."""
    end = time.monotonic() + patience
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience} s for {what}")
        time.sleep(0.01)
    return value


class Nginx:
    """An nginx of its own, with the modules. Everything is done to it by process id."""

    #: Words in front of its command line, and the seconds that it may take.
    wrapper, patience = (), PATIENCE

    def __init__(self, load=None, **configuration):
        self.load = load or modules()
        self.prefix = Path(tempfile.mkdtemp(prefix="tcpfp-test-"))
        # The workers are another user, as everywhere.
        self.prefix.chmod(0o755)
        (self.prefix / "logs").mkdir()
        self.configure(**configuration)
        self.process = None

    def configure(self, http="", stream="", main=""):
        """Writes the configuration, for the next start or reload."""
        load = "".join(f"load_module {module};\n" for module in self.load)
        temp = "".join(
            f"{name}_temp_path {self.prefix}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # Tengine's default is one for each processor.
        one = "" if "worker_processes" in main else "worker_processes 1;\n"
        stream = f"stream {{\n{fields.maps_of(stream)}{stream}\n}}\n" if stream else ""
        (self.prefix / "nginx.conf").write_text(
            f"{load}pid {self.prefix}/nginx.pid;\nerror_log {self.prefix}/logs/error.log info;\n"
            f"{one}{main}\nevents {{ worker_connections 1024; }}\n"
            f"http {{\n{temp}access_log off;\n{fields.maps_of(http)}{http}\n}}\n{stream}"
        )

    def command(self, *arguments):
        """The command line of this nginx."""
        return [*self.wrapper, binary(), "-p", str(self.prefix), "-c", str(self.prefix / "nginx.conf"),
                "-e", str(self.prefix / "logs/error.log"), *arguments]

    def start(self, inherit=None):
        """Starts it. `inherit` is a listening socket that it shall take over, as from an older
        nginx."""
        environment = dict(os.environ)
        if inherit:
            environment["NGINX"] = f"{inherit.fileno()};"
        self.process = subprocess.Popen(
            self.command(), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[inherit.fileno()] if inherit else [],
        )
        wait_for(lambda: self.process.poll() or self.is_up(), "nginx", self.patience)
        if self.process.poll():
            raise RuntimeError(f"nginx does not start: {self.log()}")

    def is_up(self):
        """Whether all of it serves. A master that is its own worker has its pid file only then."""
        return self.master and len(self.workers()) == self.expected_workers()

    def expected_workers(self):
        """How many workers the configuration asks for."""
        text = (self.prefix / "nginx.conf").read_text()
        if "master_process off;" in text:
            return 0
        asked = re.search(r"worker_processes (\d+);", text)
        return int(asked[1]) if asked else 1

    def test(self):
        """`nginx -t` with its configuration file."""
        subprocess.run(self.command("-t"), check=True, capture_output=True, timeout=PATIENCE)

    @property
    def master(self):
        """The process of the pid file; None before there is one."""
        return self._pid("nginx.pid")

    @property
    def old_master(self):
        """The one that started a new binary; None if there is none."""
        return self._pid("nginx.pid.oldbin")

    def _pid(self, file):
        try:
            return int((self.prefix / file).read_text())
        except (FileNotFoundError, ValueError):
            return None

    def workers(self, master=None):
        """The workers that take new connections. Angie's are `angie: worker process #1`."""
        master = master or self.master
        return {pid for pid in children(master) if re.search(r": worker process( #\d+)?$", title(pid))}

    def signal(self, number):
        """Sends a signal to the master."""
        os.kill(self.master, number)

    def reload(self, stopped=frozenset()):
        """Reloads the configuration and waits until only new workers take connections, beside
        those that are stopped and hear of nothing."""
        old = self.workers() - stopped
        self.signal(signal.SIGHUP)
        wait_for(
            lambda: not (now := self.workers() - stopped) & old
            and len(now) == self.expected_workers(), "new workers", self.patience)

    def log(self):
        """The lines of the error log."""
        return (self.prefix / "logs/error.log").read_text(errors="replace").splitlines()

    def alarms(self):
        """What it complained of: a crash, a panic, a socket or descriptor left."""
        return [line for line in self.log() if re.search(r"\[(crit|alert|emerg)\]", line)]

    def stop(self, number=SIGTERM):
        """Ends it and all of its processes; those that had to be killed."""
        masters = [pid for pid in (self.old_master, self.master) if pid]
        everyone = {*masters, *(child for master in masters for child in children(master))}
        for master in masters:
            os.kill(master, number)
        killed = [pid for pid in everyone if not ends(pid, self.patience)]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        return killed

    def remove(self):
        """Removes its files."""
        shutil.rmtree(self.prefix)


class Limited(Nginx):
    """One whose processes may have only so many bytes of addresses."""

    room = resource.RLIM_INFINITY

    @property
    def wrapper(self):
        return "prlimit", f"--as={self.room}"


def children(parent):
    """The processes that a process started and that still run."""
    found = set()
    if parent is None:
        return found
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The command's name stands in brackets and may hold anything.
                state, ppid = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(ppid) == parent and state != "Z":
                found.add(int(entry.name))
    return found


def title(pid):
    """A process's command line; empty if it is gone."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return command.rstrip(b"\0 ").decode()


def ends(pid, patience=PATIENCE):
    """Waits for the end of a process; False if it does not come."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], patience)[0])
    finally:
        os.close(descriptor)
