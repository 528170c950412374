#!/usr/bin/env bash
# Records the SYNs of scanners and packet tools, which they write themselves.
. "$(dirname "$0")/lib.sh"
need tcpdump tcpdump
need nmap nmap
need masscan masscan
need zmap zmap
need hping3 hping3
need tcptraceroute tcptraceroute
need traceroute traceroute
need scapy python3-scapy

lab 1500
MAC=$(ip -n "$SERVER" -br link show wire | awk '{ print $3 }')
echo 192.0.2.1 >"$WORK/target"

NMAP="nmap $(version nmap)"
probe Nmap "$NMAP -sS" nmap -n -Pn -sS -p 80-83 192.0.2.1
probe masscan "$NMAP -6 -sS" nmap -6 -n -Pn -sS -p 80-81 2001:db8::1
probe Nmap "$NMAP -sS --send-ip" nmap -n -Pn -sS --send-ip -p 80-81 192.0.2.1
# The probes of an open and of a closed port, after the scan.
background ip netns exec "$SERVER" python3 -m http.server 80
probe Nmap "$NMAP -O" nmap -n -Pn -O --max-os-tries 1 -p 80-81 192.0.2.1
probe Nping "nping of $NMAP --tcp" nping --tcp -c 1 -p 80 192.0.2.1
probe Nping "nping of $NMAP -6 --tcp" nping -6 --tcp -c 1 -p 80 2001:db8::1
probe masscan "masscan $(version masscan)" \
    masscan 192.0.2.1 -p80-81 --wait 0 --router-mac "$MAC" --interface wire
probe masscan "masscan $(version masscan) over IPv6" \
    masscan 2001:db8::1 -p80-81 --wait 0 --source-ip 2001:db8::2 --router-mac "$MAC" --interface wire
probe ZMap "zmap $(version zmap)" zmap -p 80 -i wire -G "$MAC" -B 10M --cooldown-time=1 \
    -w "$WORK/target" -b /dev/null -o /dev/null
probe hping3 "hping3 $(version hping3) -S" hping3 -S -p 80 -c 4 -i u100000 192.0.2.1
probe Scapy "scapy $(version python3-scapy) send(IP()/TCP())" /usr/bin/python3 -c \
    'from scapy.all import IP, TCP, send; send(IP(dst="192.0.2.1") / TCP(), verbose=0)'
probe Scapy "scapy $(version python3-scapy) send(IPv6()/TCP())" /usr/bin/python3 -c \
    'from scapy.all import IPv6, TCP, send; send(IPv6(dst="2001:db8::1") / TCP(), verbose=0)'
probe tcptraceroute "tcptraceroute $(version tcptraceroute)" \
    tcptraceroute -n -m 2 -q 2 192.0.2.1 80
probe traceroute "traceroute $(version traceroute) -T" traceroute -T -n -m 2 -q 1 192.0.2.1
probe traceroute "traceroute $(version traceroute) -6 -T" traceroute -6 -T -n -m 2 -q 1 2001:db8::1
