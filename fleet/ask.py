#!/usr/bin/env python3
"""Asks the questions of this folder of logs that nginx wrote by nginx-conf/fleet_log.conf.

ClickHouse's engine is here as a Python package, chdb-core. No server is needed."""

import argparse
import sys
import tempfile
from pathlib import Path

from chdb import ChdbError, session

HERE = Path(__file__).resolve().parent
QUESTIONS = sorted(HERE.glob("questions/*.sql"))


class Fleet:
    """The tables, in a folder."""

    def __init__(self, folder):
        self.session = session.Session(str(folder))
        for name in "schema.sql", "rollups.sql":
            self.run((HERE / name).read_text())
        # A log that is read by hand may be as old as it likes.
        self.run("SYSTEM STOP TTL MERGES")

    def run(self, sql, form="TSV", **parameters):
        """What a statement answers, as bytes in one of ClickHouse's formats."""
        return self.session.query(sql, form, params=parameters).bytes()

    def load(self, log):
        """Reads a log, also a compressed one."""
        self.run("INSERT INTO lines SELECT * FROM file({file:String}, JSONEachRow)", file=str(log))

    def load_networks(self, file):
        """Reads a CSV of prefix, number and name."""
        self._fill("networks", file)
        self.run("SYSTEM RELOAD DICTIONARY asns")

    def load_servers(self, file):
        """Reads a CSV of server, latitude and longitude."""
        self._fill("servers", file)

    def _fill(self, table, file):
        self.run(f"INSERT INTO {table} SELECT * FROM file({{file:String}}, CSVWithNames)", file=str(file))

    def export(self, key):
        """Connections with anonymous addresses, as Parquet; the key in hex."""
        return self.run((HERE / "export.sql").read_text(), "Parquet", key=key)

    def close(self):
        self.session.close()


def about(question):
    """What a question says of itself."""
    lines = question.read_text().splitlines()
    return "\n".join(line[3:] for line in lines if line.startswith("-- "))


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", nargs="+", help="a log, also compressed by gzip, xz or zstd")
    parser.add_argument("--networks", help="CSV with the columns network, asn and name")
    parser.add_argument("--servers", help="CSV with the columns server, latitude and longitude")
    parser.add_argument("--export", metavar="PARQUET",
                        help="write connections with anonymous addresses there, and ask nothing")
    parser.add_argument("--key", type=argparse.FileType(),
                        help="the file with the key for it: 64 hexadecimal digits")
    parser.add_argument("--keep", help="folder for the tables, which may be there already")
    asked = parser.parse_args()
    if bool(asked.export) != bool(asked.key):
        parser.error("--export and --key belong together")
    return asked


def answer(asked, folder):
    """Does what was asked for."""
    fleet = Fleet(asked.keep or folder)
    if asked.networks:
        fleet.load_networks(asked.networks)
    if asked.servers:
        fleet.load_servers(asked.servers)
    for log in asked.log:
        fleet.load(log)
    if asked.export:
        Path(asked.export).write_bytes(fleet.export(asked.key.read().strip()))
    else:
        for question in QUESTIONS:
            print(f"{question.stem}\n\n{about(question)}\n", flush=True)
            found = fleet.run(question.read_text(), "PrettyCompactMonoBlock")
            sys.stdout.buffer.write((found or b"Nothing.\n") + b"\n")
            sys.stdout.flush()
    fleet.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            answer(options(), folder)
        except ChdbError as error:
            sys.exit("error: " + str(error).splitlines()[0])


if __name__ == "__main__":
    main()
