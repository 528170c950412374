#!/usr/bin/env bash
# Records the SYNs of TCP stacks in userspace: those behind VPN and proxy tools, and those that put
# connections to a virtual machine or a rootless container.
. "$(dirname "$0")/lib.sh"
need gcc gcc libc6-dev
need cargo "cargo (or rustup)"
need go golang-go golang-gvisor-gvisor-dev
need ocproxy ocproxy
need slirp4netns slirp4netns
need pasta passt
need tcpdump tcpdump

GOPATH=/usr/share/gocode GO111MODULE=off GOCACHE=$WORK/go go run "$HERE/gvisor/main.go"

CARGO_TARGET_DIR=$WORK/cargo cargo run --quiet --locked --manifest-path "$HERE/smoltcp/Cargo.toml"

gcc -O1 -I/usr/include/lwip -o "$WORK/lwip" "$HERE/lwip/main.c" -llwip
"$WORK/lwip"

python3 "$HERE/ocproxy.py" "$(version ocproxy)"

# guest: a network namespace that a userspace stack is to serve; its process.
guest() {
    unshare --net sleep 60 &
    GUEST=$!
    PIDS+=("$GUEST")
    sleep 0.3
}

# The guest's side of the stack.
listen_in_guest() {
    listen tap0 nsenter --net --target "$GUEST"
}

connect() {
    timeout 2 bash -c "exec 3<>/dev/tcp/$1/$2 && sleep 0.5" 2>/dev/null || true
}

# libslirp: the port forward of slirp4netns, and of QEMU's -netdev user,hostfwd=.
for mtu in 1500 65520; do
    guest
    background slirp4netns --configure --mtu=$mtu --api-socket "$WORK/slirp" "$GUEST" tap0
    until [ -S "$WORK/slirp" ]; do sleep 0.1; done
    python3 - "$WORK/slirp" <<'EOF'
import json, socket, sys
api = socket.socket(socket.AF_UNIX)
api.connect(sys.argv[1])
api.sendall(json.dumps({"execute": "add_hostfwd", "arguments": {
    "proto": "tcp", "host_addr": "127.0.0.1", "host_port": 18081, "guest_port": 80}}).encode())
api.shutdown(socket.SHUT_WR)
assert b"return" in api.recv(1024)
EOF
    listen_in_guest
    connect 127.0.0.1 18081
    connect 127.0.0.1 18081
    heard
    rows libslirp "libslirp $(version libslirp0), MTU $mtu"
    kill "${PIDS[-2]}" "$GUEST"
    rm -f "$WORK/slirp"
done

# passt: what comes to the host's own address goes to the guest through its tap.
lab 1500
# It ends with its command, which as process 1 of a namespace is deaf to SIGTERM.
background ip netns exec "$SERVER" pasta --config-net -t 18082 -I tap0 --runas 0 -- sleep "9.$$"
until GUEST=$(pgrep -fx "sleep 9.$$"); do sleep 0.1; done
sleep 2
listen_in_guest
for host in 192.0.2.1 2001:db8::1; do
    ip netns exec "$CLIENT" timeout 2 bash -c "exec 3<>/dev/tcp/$host/18082 && sleep 0.5" || true
done
heard
rows passt "passt $(version passt)"
