"""Starting the programs that stand between client and server."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress

from t.harness.nginx import PATH, wait_for


def missing(programs):
    """Those of the programs that this machine does not have."""
    return [program for program in programs if not shutil.which(program, path=PATH)]


def run(stack, command, log):
    """Starts a program in the current namespace; it ends with the ExitStack, and its children do.
    Gives its log's lines, as a function."""
    command = [shutil.which(command[0], path=PATH) or command[0], *map(str, command[1:])]
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)

    def end():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    stack.callback(end)

    def lines():
        text = log.read_text(errors="replace")
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended: {text}")
        return text.splitlines()

    return lines


def wait_until_listening(port, lines):
    """Waits until a program that `run` started listens to a TCP port in the current namespace."""
    def is_listening():
        lines()
        return subprocess.run(
            ["ss", "-ltnH", f"sport = :{port}"], capture_output=True, check=True).stdout

    wait_for(is_listening, f"a listener at {port}")
