#!/usr/bin/env bash
# Records the SYNs of this machine's Linux through tunnels: what MSS, and so MTU, each leaves it.
# The first word of a row's origin is the link that the built-in database names.
. "$(dirname "$0")/lib.sh"
need tcpdump tcpdump
need openssl openssl
need openvpn openvpn
need wireguard-go wireguard-go
need wg wireguard-tools

lab 1500
cd "$WORK"

inside() {
    ip netns exec "$1" "${@:2}"
}

# through ORIGIN: a connection through the tunnel, from 10.8.0.2 to 10.8.0.1.
through() {
    listen tunnel ip netns exec "$SERVER"
    inside "$CLIENT" timeout 2 bash -c 'exec 3<>/dev/tcp/10.8.0.1/80' 2>/dev/null || true
    heard
    rows Linux "$1"
}

# openvpn_tunnel NAMESPACE OWN PEER OPTION...
openvpn_tunnel() {
    ip netns exec "$1" openvpn --dev tunnel --dev-type tun --ifconfig "$2" "$3" --port 1194 \
        --cert cert.pem --key key.pem --peer-fingerprint "$FINGERPRINT" --auth SHA1 "${@:4}" \
        >"$1.log" 2>&1 &
    PIDS+=($!)
}

# try_openvpn ORIGIN SERVER_PROTOCOL CLIENT_PROTOCOL OPTION...
try_openvpn() {
    openvpn_tunnel "$SERVER" 10.8.0.1 10.8.0.2 --proto "$2" --tls-server --dh none "${@:4}"
    openvpn_tunnel "$CLIENT" 10.8.0.2 10.8.0.1 --proto "$3" --tls-client --remote 192.0.2.1 "${@:4}"
    until grep -q 'Initialization Sequence Completed' "$CLIENT.log"; do sleep 0.1; done
    sleep 0.5
    through "$1"
    kill "${PIDS[-2]}" "${PIDS[-3]}"
    wait "${PIDS[-2]}" "${PIDS[-3]}" 2>/dev/null || true
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=lab 2>/dev/null
FINGERPRINT=$(openssl x509 -in cert.pem -noout -fingerprint -sha256 | sed 's/.*=//')
OPENVPN="OpenVPN $(version openvpn)"
try_openvpn "$OPENVPN, UDP, AES-256-GCM" udp udp --data-ciphers AES-256-GCM
try_openvpn "$OPENVPN, UDP, AES-256-CBC" udp udp --data-ciphers AES-256-CBC
try_openvpn "$OPENVPN, TCP, AES-256-GCM" tcp-server tcp-client --data-ciphers AES-256-GCM
try_openvpn "$OPENVPN, TCP, AES-256-CBC" tcp-server tcp-client --data-ciphers AES-256-CBC
# The default of OpenVPN up to 2.5.
OLD="$OPENVPN, mssfix 1450 as up to 2.5"
try_openvpn "$OLD, UDP, AES-256-GCM" udp udp --data-ciphers AES-256-GCM --mssfix 1450
try_openvpn "$OLD, UDP, AES-256-CBC" udp udp --data-ciphers AES-256-CBC --mssfix 1450

# wireguard NAMESPACE INTERFACE OWN PEER_NAMESPACE PEER: its control socket is named after the
# interface, namespaces or not.
wireguard() {
    # It goes into the background by itself.
    inside "$1" wireguard-go "$2" >/dev/null 2>&1
    mapfile -t -O "${#PIDS[@]}" PIDS < <(ip netns pids "$1")
    wg set "$2" listen-port 51820 private-key "$1.key" \
        peer "$(cat "$4.pub")" endpoint "$5:51820" allowed-ips 10.8.0.0/24
    ip -n "$1" addr add "$3/24" dev "$2"
    ip -n "$1" link set "$2" up
}

for side in "$CLIENT" "$SERVER"; do
    (umask 077 && wg genkey >"$side.key")
    wg pubkey <"$side.key" >"$side.pub"
done
wireguard "$CLIENT" near 10.8.0.2 "$SERVER" 192.0.2.1
wireguard "$SERVER" tunnel 10.8.0.1 "$CLIENT" 192.0.2.2
through "WireGuard, wireguard-go $(version wireguard-go)"
ip -n "$CLIENT" link delete near
ip -n "$SERVER" link delete tunnel

ip -n "$CLIENT" link add tunnel type vxlan id 7 remote 192.0.2.1 dev wire dstport 4789
ip -n "$SERVER" link add tunnel type vxlan id 7 remote 192.0.2.2 dev wire dstport 4789
address "$CLIENT" 10.8.0.2/24 2001:db8:8::2/64 tunnel
address "$SERVER" 10.8.0.1/24 2001:db8:8::1/64 tunnel
through "VXLAN of Linux $(uname -r)"
