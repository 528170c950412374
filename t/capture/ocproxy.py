#!/usr/bin/env python3
"""Prints the SYNs that ocproxy, lwIP behind OpenConnect, sends into its VPN, as rows."""
import os
import socket
import subprocess
import sys
import time

PORT = 18080


def packets(mtu, count):
    """The first packets of as many connections through it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.settimeout(5)
    vpn = {"VPNFD": str(theirs.fileno()), "INTERNAL_IP4_ADDRESS": "192.0.2.2",
           "INTERNAL_IP4_MTU": str(mtu), "INTERNAL_IP4_DNS": "192.0.2.1"}
    proxy = subprocess.Popen(["ocproxy", "-L", f"{PORT}:192.0.2.1:443"],
                             env=os.environ | vpn, pass_fds=[theirs.fileno()])
    try:
        for _ in range(count):
            with dial():
                yield ours.recv(2048)
    finally:
        proxy.terminate()
        proxy.wait()


def dial():
    for _ in range(50):
        try:
            return socket.create_connection(("127.0.0.1", PORT))
        except ConnectionRefusedError:
            time.sleep(0.1)
    sys.exit("ocproxy does not listen")


for mtu in (1500, 1280):
    for packet in packets(mtu, 2):
        print("lwIP", f"ocproxy {sys.argv[1]}, MTU {mtu}", packet.hex(), sep="\t")
