"""Programs of others that ask a server something over TLS, each with a TLS of its own."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from t.page.browser import ARGUMENTS

SECONDS = 60
REQUEST = b"GET / HTTP/1.0\r\n\r\n"
#: Its keys go where SSLKEYLOGFILE says.
GO = """
package main

import (
	"crypto/tls"
	"net/http"
	"os"
)

func main() {
	keys, _ := os.OpenFile(os.Getenv("SSLKEYLOGFILE"), os.O_APPEND|os.O_WRONLY, 0)
	settings := &tls.Config{InsecureSkipVerify: true}
	if keys != nil {
		settings.KeyLogWriter = keys
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: settings, ForceAttemptHTTP2: true}}
	if answer, err := client.Get(os.Args[1]); err != nil || answer.StatusCode != 200 {
		os.Exit(1)
	}
}
"""

# Lives as long as the process that runs the tests.
_folder = TemporaryDirectory(prefix="tcpfp-live-programs-")


def run(*command, said=None, **environment):
    """Runs a program to its end, however it ends; it may not take longer than a minute."""
    subprocess.run(command, input=said or b"", env=os.environ | environment, timeout=SECONDS,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@cache
def go_client():
    """A client by Go's own library, compiled."""
    source, binary = (Path(_folder.name) / name for name in ("client.go", "client"))
    source.write_text(GO)
    subprocess.run(["go", "build", "-o", binary, source], check=True, capture_output=True,
                   env={"HOME": _folder.name, "GO111MODULE": "off"} | os.environ)
    return binary


def curl(url, *options, **environment):
    run("curl", "-sk", "--max-time", "10", *options, url, **environment)


def chromium(url, **environment):
    run("chromium", "--headless", *ARGUMENTS, "--ignore-certificate-errors", "--dump-dom", url, **environment)


def firefox(url):
    """It does not accept the certificate of a test, so it says hello and nothing more, and stays."""
    with TemporaryDirectory(prefix="tcpfp-live-firefox-") as home:
        run("timeout", "15", "firefox-esr", "--headless", "--no-remote", "--profile", home, url, HOME=home)


def go(url, **environment):
    run(go_client(), url, **environment)


def gnutls(url, *options):
    host, port = url.removeprefix("https://").removesuffix("/").split(":")
    run("gnutls-cli", "--insecure", *options, "--port", port, host, said=REQUEST)


def nss(url, *options):
    host, port = url.removeprefix("https://").removesuffix("/").split(":")
    # It stays when all is said.
    run("timeout", "1", "tstclnt", "-4", "-D", "-o", *options, "-h", host, "-p", port, said=REQUEST)


def uv(url):
    """rustls, by a program that installs Python packages."""
    run("uv", "pip", "install", "--system", "--dry-run", "--no-cache", "--index-url", url,
        "--allow-insecure-host", "localhost", "tcpfp-is-no-package")


def is_here(program):
    """Whether this machine has a program; says so if not."""
    found = shutil.which(program)
    if not found:
        print(f"no {program}")
    return bool(found)
