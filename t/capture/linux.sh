#!/usr/bin/env bash
# Records the SYNs of this machine's Linux under sysctls, MTUs, hops and socket options.
. "$(dirname "$0")/lib.sh"
need tcpdump tcpdump
need ip iproute2

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
