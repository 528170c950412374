#!/usr/bin/env bash
# Records SYNs that Debian's Linux kernels send one after another, less than a minute after they
# were booted in QEMU: what their timestamps say of how long they have been up.
# SUITES="bullseye trixie" clocks.sh takes only these suites' kernels.
#
# A row is what sent the SYN, its time in milliseconds, and the SYN in hex.
. "$(dirname "$0")/lib.sh"
. "$HERE/qemu.sh"

init() {
    network
    cat <<'EOF'
for _ in 1 2 3 4 5 6; do
    nc -w 1 10.0.2.2 2001 </dev/null 2>/dev/null
    sleep 1.1
done
poweroff -f
EOF
}

for suite in ${SUITES:-bullseye bookworm trixie sid}; do
    boot "$suite"
    python3 "$HERE/rows.py" --times "Linux $RELEASE" <"$WORK/pcap"
done
