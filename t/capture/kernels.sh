#!/usr/bin/env bash
# Records the SYNs of Debian's Linux kernels, booted in QEMU, each under settings of its own.
# SUITES="bullseye trixie" kernels.sh takes only these suites' kernels.
. "$(dirname "$0")/lib.sh"
. "$HERE/qemu.sh"

init() {
    network
    cat <<'EOF'
cd /proc/sys/net
connect() {
    nc -w 1 10.0.2.2 $1 </dev/null 2>/dev/null
    nc -w 1 fec0::2 $1 </dev/null 2>/dev/null
}
connect 2001
echo 0 >ipv4/tcp_timestamps
connect 2002
echo 1 >ipv4/tcp_timestamps
echo 1 >ipv4/tcp_ecn
connect 2003
echo 2 >ipv4/tcp_ecn
echo 262144 >core/rmem_max
echo 524288 1048576 2097152 >ipv4/tcp_rmem
connect 2004
echo 2097152 6291456 16777216 >ipv4/tcp_rmem
connect 2005
poweroff -f
EOF
}

for suite in ${SUITES:-bullseye bookworm trixie sid}; do
    boot "$suite"
    rows Linux "2001=Linux $RELEASE, defaults" "2002=Linux $RELEASE, tcp_timestamps=0" \
        "2003=Linux $RELEASE, tcp_ecn=1" \
        "2004=Linux $RELEASE, Android's tcp_rmem for LTE" \
        "2005=Linux $RELEASE, Android's tcp_rmem for 5G"
done
