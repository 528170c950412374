# shellcheck shell=bash
# What the recordings share. To be sourced by bash.
#
# A recording prints one row a SYN, tabs between: the name that the built-in database gives it, what
# sent it, and the SYN in hex as $tcpfp_syn gives it.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
WORK=$(mktemp -d)
# Namespaces of this run alone: two runs do not meet.
CLIENT=client$$ ROUTER=router$$ SERVER=server$$
PIDS=()
trap finish EXIT

finish() {
    local pid ns
    set +e
    for pid in "${PIDS[@]}"; do
        kill "$pid"
        wait "$pid"
    done 2>/dev/null
    for ns in $CLIENT $ROUTER $SERVER; do ip netns delete "$ns" 2>/dev/null; done
    rm -rf "$WORK"
}

# need COMMAND PACKAGE...
need() {
    [ -x "$(command -v "$1")" ] && return
    echo "error: $1 is missing: apt-get install ${*:2}" >&2
    exit 1
}

# The version of a Debian package, as in `hping3 3.a2`.
version() {
    dpkg-query -W -f '${Version}' "$1" | sed 's/^[0-9]*://; s/[+-].*//'
}

# lab MTU: a client (192.0.2.2, 2001:db8::2) and a server (.1, ::1) on one wire.
lab() {
    local ns
    for ns in $CLIENT $SERVER; do
        ip netns add "$ns"
        ip -n "$ns" link set lo up
    done
    ip link add name wire netns "$CLIENT" mtu "$1" type veth peer name wire netns "$SERVER" mtu "$1"
    address "$CLIENT" 192.0.2.2/24 2001:db8::2/64 wire
    address "$SERVER" 192.0.2.1/24 2001:db8::1/64 wire
    ip -n "$CLIENT" route add default via 192.0.2.1
    ip -n "$CLIENT" route add default via 2001:db8::1
    ip -n "$SERVER" route add default via 192.0.2.2
    ip -n "$SERVER" route add default via 2001:db8::2
}

# routed: a client, a router and a server (198.51.100.1, 2001:db8:1::1), MTU 9000: what arrives has
# made one hop.
routed() {
    local ns
    for ns in $CLIENT $ROUTER $SERVER; do
        ip netns add "$ns"
        ip -n "$ns" link set lo up
    done
    ip link add name wire netns "$CLIENT" mtu 9000 type veth peer name near netns "$ROUTER" mtu 9000
    ip link add name far netns "$ROUTER" mtu 9000 type veth peer name wire netns "$SERVER" mtu 9000
    ip netns exec "$ROUTER" sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    address "$CLIENT" 192.0.2.2/24 2001:db8::2/64 wire
    address "$ROUTER" 192.0.2.1/24 2001:db8::1/64 near
    address "$ROUTER" 198.51.100.2/24 2001:db8:1::2/64 far
    address "$SERVER" 198.51.100.1/24 2001:db8:1::1/64 wire
    ip -n "$CLIENT" route add default via 192.0.2.1
    ip -n "$CLIENT" route add default via 2001:db8::1
    ip -n "$SERVER" route add default via 198.51.100.2
    ip -n "$SERVER" route add default via 2001:db8:1::2
}

# address NAMESPACE IPV4 IPV6 INTERFACE
address() {
    ip -n "$1" addr add "$2" dev "$4"
    ip -n "$1" link set "$4" up
    ip -n "$1" addr add "$3" dev "$4" nodad
}

# background COMMAND...: ended with the script.
background() {
    "$@" >"$WORK/log" 2>&1 &
    PIDS+=($!)
}

# listen INTERFACE COMMAND...: records to $WORK/pcap until heard, where the command leads to.
listen() {
    rm -f "$WORK/pcap"
    "${@:2}" tcpdump --immediate-mode -p -n -U -s 256 -i "$1" -w "$WORK/pcap" tcp 2>/dev/null &
    TCPDUMP=$!
    PIDS+=("$TCPDUMP")
    until [ -s "$WORK/pcap" ]; do sleep 0.1; done
}

heard() {
    sleep 0.3
    kill "$TCPDUMP"
    wait "$TCPDUMP" 2>/dev/null || true
}

# Rows of what was recorded. rows NAME ORIGIN, or with PORT=ORIGIN... one origin for each port.
rows() {
    python3 "$HERE/rows.py" "$@" <"$WORK/pcap"
}

# probe NAME ORIGIN COMMAND...: what a command sends from the client's namespace.
probe() {
    listen wire ip netns exec "$SERVER"
    timeout 20 ip netns exec "$CLIENT" "${@:3}" >"$WORK/log" 2>&1 || true
    heard
    rows "$1" "$2"
}
