"""`tcpfp_source` with a header: what a proxy hands on, and who is believed."""

import json

from t.harness import reading
from t.harness.client import connect, connect_unix, read_to_end
from t.harness.http2 import Http2
from t.harness.nginx import is_at_least, wait_for
from t.harness.packet import V4, V6
from t.harness.servers import http2
from t.harness.source_case import FROM, HEADER, HTTP, Asked, SourceCase, packet_of, server


class Source(SourceCase):
    def test_a_header(self):
        self.nginx(server(HTTP, FROM + HEADER))
        syns = {
            "v4": packet_of(V4), "v6": packet_of(V6),
            "no options": packet_of(V4.with_tcp(options=b"")),
            "IP options": packet_of(V4.with_ip(options=b"\1" * 40)),
            "a chain": packet_of(V6.with_ip(extensions=((0, b"\0\1\4\0\0\0\0"),))),
        }
        for name, packet in syns.items():
            with self.subTest(name):
                for value in packet.hex(), packet.hex().upper():
                    found = self.ask(Syn=value, Rtt=12345)
                    self.assertForwarded(found, packet)
                    self.assertEqual((found["rtt"], found["rtt_quality"]), (12345, "forwarded"))
                    # The rest is this hop's.
                    self.assertIn("info_rtt", found)
                    self.assertNotEqual(found["info_rtt"], 12345)


    def test_no_syn(self):
        """An empty value means that the proxy had none. What is no SYN is an error, logged once."""
        nginx = self.nginx(server(HTTP, FROM + HEADER))
        packet = packet_of()
        for headers in {}, {"Syn": ""}, {"Rtt": 7}:
            found = self.ask(**headers)
            self.assertEqual(found["syn_status"], "missing")
            self.assertNotIn("syn", found)
            # This hop's handshake had its SYN: no cookie was needed.
            self.assertEqual(found["rtt_quality"], "forwarded" if "Rtt" in headers else "ok")
        for value in (
            "45", packet.hex()[:-2], packet.hex()[:-1], packet.hex() + "00", packet.hex() * 2,
            packet.hex() + ", " + packet.hex(), "-", "Linux", "0x" + packet.hex(), "4" * 7000,
            packet.hex()[:66] + "12" + packet.hex()[68:],
        ):
            found = self.ask(Syn=value, Rtt=value[:12])
            self.assertEqual((found["syn_status"], found.get("syn")), ("error", None), value)
            self.assertNotIn("family", found)
            self.assertIn("info_rtt", found)
        said = [line for line in nginx.log() if "tcpfp_source" in line]
        self.assertEqual(len(said), 1, said)
        self.assertRegex(said[0], r"\[info\].*tcpfp_source has no SYN: " + "truncated: 1 bytes")

    def test_two_headers(self):
        """One that was added stands beside the client's own: an error, but for old nginxes."""
        self.nginx(server(HTTP, FROM + HEADER))
        first, second = packet_of(), packet_of(V4.with_tcp(seq=7))
        with Asked(connect("127.0.0.1", HTTP)) as proxy:
            found = proxy.json(Syn=f"{first.hex()}\r\nX-Tcpfp-Syn: {second.hex()}")
        if is_at_least(1, 23, 0):
            self.assertEqual(found["syn_status"], "error")
        else:
            self.assertForwarded(found, first)

    def test_round_trips_that_are_none(self):
        self.nginx(server(HTTP, FROM + HEADER))
        for rtt in "", "0", "-1", "1.5", "4294967296", "12 34", "1, 2":
            found = self.ask(Syn=packet_of().hex(), Rtt=rtt)
            self.assertEqual((found["syn_status"], found["rtt_quality"]), ("forwarded", "ok"), rtt)

    def test_who_is_believed(self):
        """The peer decides, whoever it says that it speaks for."""
        packet = packet_of()
        headers = {"Syn": packet.hex(), "Rtt": 5}
        cases = {
            "127.0.0.1": ["127.0.0.1"], "127.0.0.0/30": ["127.0.0.1", "127.0.0.2"],
            "10.0.0.0/8 127.0.0.2": ["127.0.0.2"], "::1": [], "unix:": [], "0.0.0.0/0": [
                "127.0.0.1", "127.0.0.2", "127.0.0.9"],
            "::ffff:127.0.0.2": ["127.0.0.2"],
        }
        for trusted, believed in cases.items():
            for listen in f"127.0.0.1:{HTTP}", f"[::]:{HTTP} ipv6only=off":
                self.nginx(server(listen, f"tcpfp_source_from {trusted};{HEADER}"))
                for source in "127.0.0.1", "127.0.0.2", "127.0.0.9":
                    with self.subTest(trusted=trusted, listen=listen, source=source):
                        found = self.ask(source=source, **headers)
                        if source in believed:
                            self.assertForwarded(found, packet)
                        else:
                            self.assertOwn(found, source)
                            self.assertNotEqual(found["rtt"], 5)
                self.doCleanups()

    def test_without_one_of_the_directives(self):
        packet = packet_of()
        for directives_, status, quality in (
            (FROM, "saved", "ok"), (HEADER, "saved", "ok"), ("", "saved", "ok"),
            (FROM + "tcpfp_source $http_x_tcpfp_syn;", "forwarded", "ok"),
            (FROM + "tcpfp_source_rtt $http_x_tcpfp_rtt;", "saved", "forwarded"),
        ):
            self.nginx(server(HTTP, directives_))
            found = self.ask(Syn=packet.hex(), Rtt=5)
            self.assertEqual((found["syn_status"], found["rtt_quality"]), (status, quality))
            self.doCleanups()

    def test_keep_alive_with_changing_clients(self):
        """Each request is its own client's, in whatever order they come."""
        self.nginx(server(HTTP, FROM + HEADER))
        packets = [packet_of(V4.with_tcp(seq=seq), 40000 + seq) for seq in range(5)]
        with Asked(connect("127.0.0.1", HTTP)) as proxy:
            for at in (0, 1, 0, 0, 2, 3, 4, 1, None, 0, "bad", 4):
                packet = packets[at] if isinstance(at, int) else None
                found = proxy.json(Syn=packet.hex() if packet else at or "")
                if packet:
                    self.assertForwarded(found, packet)
                else:
                    self.assertEqual(found["syn_status"], "error" if at else "missing")

    def test_http2(self):
        parameter, directive = http2()
        self.nginx(server(f"{HTTP} {parameter}", directive + FROM + HEADER))
        packets = [packet_of(V4.with_tcp(seq=seq), 40000 + seq) for seq in range(40)]
        with Http2(connect("127.0.0.1", HTTP)) as proxy:
            for _ in range(3):
                answers = proxy.get(*[("/", {"x-tcpfp-syn": it.hex()}) for it in packets])
                for packet, answer in zip(packets, answers):
                    self.assertForwarded(json.loads(answer), packet)

    def test_many_variables_of_one_request(self):
        """All speak of the same, in headers, in the log, behind an internal redirect and in
        subrequests."""
        names = "syn_status src_port seq family p0f ip_fp5".split()
        text = " ".join(f"$tcpfp_{name}" for name in names)
        nginx = self.nginx(f"""
            log_format seen '{text}';
            server {{ listen {HTTP}; {FROM} {HEADER} access_log logs/seen.log seen;
                location / {{ try_files /none @named; }}
                location @named {{ add_header X-One $tcpfp_seq; return 200 '{text}'; }} }}
        """)
        packets = [packet_of(V4.with_tcp(seq=seq), 40000 + seq) for seq in range(8)]
        told = []
        with Asked(connect("127.0.0.1", HTTP)) as proxy:
            for packet in packets * 2:
                proxy.sock.sendall(
                    f"GET / HTTP/1.1\r\nHost: a\r\nX-Tcpfp-Syn: {packet.hex()}\r\n\r\n".encode())
                told.append(proxy.receive())
        for packet, text in zip(packets * 2, told):
            expected = reading.expected(packet)
            self.assertEqual(text.split()[:3], [
                "forwarded", str(expected["src_port"]), str(expected["seq"])])
        logged = wait_for(
            lambda: len(lines := (nginx.prefix / "logs/seen.log").read_text().splitlines())
            == len(told) and lines, "the log")
        self.assertEqual(logged, told)

    def test_realip(self):
        """It changes whom nginx takes for the client, and not who is believed."""
        packet = packet_of()
        realip = "set_real_ip_from 127.0.0.0/8; real_ip_header X-Tcpfp-For;"
        answer = "'$remote_addr $tcpfp_syn_status $tcpfp_src_addr'"
        for trusted, claimed, expected in (
            ("127.0.0.1", "192.0.2.7", "192.0.2.7 forwarded 192.0.2.7"),
            ("127.0.0.1", "203.0.113.9", "203.0.113.9 forwarded 192.0.2.7"),
            # Who speaks for a trusted address is not that address.
            ("192.0.2.7", "192.0.2.7", "192.0.2.7 saved 127.0.0.1"),
        ):
            for captured in "on", "info", "off":
                with self.subTest(trusted=trusted, claimed=claimed, tcpfp=captured):
                    self.nginx(server(
                        HTTP, f"tcpfp {captured}; tcpfp_source_from {trusted}; {HEADER} {realip}", answer))
                    with Asked(connect("127.0.0.1", HTTP)) as proxy:
                        for _ in range(2):
                            proxy.sock.sendall((
                                f"GET / HTTP/1.1\r\nHost: a\r\nX-Tcpfp-Syn: {packet.hex()}\r\n"
                                f"X-Tcpfp-For: {claimed}\r\n\r\n").encode())
                            told = proxy.receive()
                            if "saved" in expected and captured != "on":
                                self.assertRegex(told, f"^{claimed} off ")
                            else:
                                self.assertEqual(told, expected)
                    self.doCleanups()

    def test_unix(self):
        packet = packet_of()
        nginx = self.nginx()
        path = nginx.prefix / "socket"
        for trusted in "unix:", "127.0.0.1":
            nginx.configure(http=server(f"unix:{path}", f"tcpfp_source_from {trusted}; {HEADER}"))
            nginx.reload()
            with Asked(connect_unix(path)) as proxy:
                found = proxy.json(Syn=packet.hex(), Rtt=77)
            if trusted == "unix:":
                self.assertForwarded(found, packet)
                self.assertEqual((found["rtt"], found["rtt_quality"]), (77, "forwarded"))
                self.assertIn("family", found)
            else:
                self.assertEqual(found, {"syn_status": "unsupported"})

    def test_reload(self):
        """Trusted peers follow the configuration; a connection that is open keeps its own."""
        packet = packet_of()
        nginx = self.nginx(server(HTTP, FROM + HEADER))
        self.assertForwarded(self.ask(Syn=packet.hex()), packet)
        nginx.configure(http=server(HTTP, "tcpfp_source_from 127.0.0.2;" + HEADER))
        nginx.reload()
        self.assertOwn(self.ask(Syn=packet.hex()))
        self.assertForwarded(self.ask(source="127.0.0.2", Syn=packet.hex()), packet)
        nginx.configure(http=server(HTTP))
        nginx.reload()
        self.assertOwn(self.ask(source="127.0.0.2", Syn=packet.hex()), "127.0.0.2")

    def test_servers_of_one_port(self):
        """The server that a request comes to decides."""
        packet = packet_of()
        self.nginx(
            server(HTTP, "server_name one; tcpfp_source_from 127.0.0.1;" + HEADER)
            + server(HTTP, "server_name two; tcpfp_source_from 127.0.0.2;" + HEADER)
            + server(HTTP, "server_name three;"))
        with Asked(connect("127.0.0.1", HTTP)) as proxy:
            for name in "one", "two", "three", "one":
                proxy.sock.sendall(
                    f"GET / HTTP/1.1\r\nHost: {name}\r\nX-Tcpfp-Syn: {packet.hex()}\r\n\r\n".encode())
                found = json.loads(proxy.receive())
                if name == "one":
                    self.assertForwarded(found, packet)
                else:
                    self.assertOwn(found)

    def test_a_value_made_of_itself(self):
        """It is this hop's then: nothing goes round in circles."""
        for value in "$tcpfp_syn", "$circle":
            self.nginx(f"map $tcpfp_syn $circle {{ volatile; default $tcpfp_syn; }}"
                       + server(HTTP, f"{FROM} tcpfp_source {value};"))
            found = self.ask()
            self.assertEqual((found["syn_status"], found["src_addr"]), ("forwarded", "127.0.0.1"))
            self.doCleanups()

    def test_bad_requests_are_logged(self):
        nginx = self.nginx(f"""
            log_format seen '$status $tcpfp_syn_status';
            server {{ listen {HTTP}; {FROM} {HEADER} access_log logs/seen.log seen; return 200; }}
        """)
        with connect("127.0.0.1", HTTP) as sock:
            sock.sendall(b"G\0T / HTTP/1.1\r\nX-Tcpfp-Syn: 45\r\n\r\n")
            read_to_end(sock)
        log = nginx.prefix / "logs/seen.log"
        self.assertEqual(wait_for(log.read_text, "the log"), "400 missing\n")
