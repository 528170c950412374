#!/usr/bin/env bash
# Records the SYNs that netfilter's SYNPROXY makes up for a server, once the client's handshake is
# done. They carry the acknowledgment number, the window and the echo of the client's ACK.
. "$(dirname "$0")/lib.sh"
need tcpdump tcpdump
need nft nftables

routed
ip netns exec "$ROUTER" nft -f - <<'EOF'
table inet lab {
    chain arriving {
        type filter hook prerouting priority raw; policy accept;
        tcp dport 80 tcp flags syn notrack
    }
    chain through {
        type filter hook forward priority filter; policy accept;
        tcp dport 80 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
        ct state invalid drop
    }
}
EOF
ip netns exec "$ROUTER" sysctl -q net.netfilter.nf_conntrack_tcp_loose=0
background ip netns exec "$SERVER" python3 -m http.server 80 --bind ::
until ip netns exec "$SERVER" ss -Hltn | grep -q ':80 '; do sleep 0.1; done

for timestamps in 1 0; do
    ip netns exec "$CLIENT" sysctl -q net.ipv4.tcp_timestamps=$timestamps
    listen wire ip netns exec "$SERVER"
    for host in 198.51.100.1 198.51.100.1 2001:db8:1::1; do
        ip netns exec "$CLIENT" timeout 5 bash -c "
            exec 3<>/dev/tcp/$host/80 && echo 'GET / HTTP/1.0' >&3 && echo >&3 && head -1 <&3" \
            >>"$WORK/log" 2>&1 || true
    done
    heard
    rows SYNPROXY "SYNPROXY of Linux $(uname -r), tcp_timestamps=$timestamps"
done
