#!/usr/bin/env bash
# Records the SYNs of this machine's Linux under sysctls, MTUs, hops and socket options.
. "$(dirname "$0")/lib.sh"
need tcpdump tcpdump
need ip iproute2

# A client, a router and a server: what arrives has made one hop.
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

# hear INTERFACE NAMESPACE HOST4 HOST6 OPTION...
hear() {
    listen "$1" ip netns exec "$2"
    ip netns exec "$CLIENT" python3 "$HERE/linux.py" "${@:3}" >"$WORK/origins"
    heard
    mapfile -t origins <"$WORK/origins"
    rows Linux "${origins[@]}"
}

routed
hear wire "$SERVER" 198.51.100.1 2001:db8:1::1 9000 1500 1492 1480 1450 1420 1400 1280
hear lo "$CLIENT" 127.0.0.1 ::1 65536
