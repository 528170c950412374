#!/usr/bin/env bash
# Records the SYNs of Debian's Linux kernels, booted in QEMU, each under settings of its own.
# SUITES="bullseye trixie" kernels.sh takes only these suites' kernels.
. "$(dirname "$0")/lib.sh"
need qemu-system-x86_64 qemu-system-x86
need busybox busybox-static
need cpio cpio
need modprobe kmod

# apt SUITE COMMAND...: apt-get or apt-cache for another suite than the machine's, leaving no trace.
apt() {
    local state=$WORK/apt/$1
    "$2" -q -o Dir::Etc::sourcelist="$state/sources" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" \
        -o APT::Sandbox::User=root "${@:3}"
}

# fetch SUITE: its cloud kernel, unpacked to $WORK/SUITE.
fetch() {
    local state=$WORK/apt/$1 mirror image
    local -a packages
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$WORK/$1"
    mirror=$(apt-cache policy busybox-static | awk '/^ +[0-9-]+ +http/ { print $2; exit }')
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" \
        >"$state/sources"
    apt "$1" apt-get update >/dev/null
    image=$(depends "$1" linux-image-cloud-amd64 | grep '^linux-image-[0-9]')
    # Newer suites cut a kernel in two.
    mapfile -t packages < <(depends "$1" "$image" | grep -E '^linux-(binary|modules)-[0-9]')
    [ ${#packages[@]} -gt 0 ] || packages=("$image")
    (cd "$state" && apt "$1" apt-get download "${packages[@]}" >/dev/null)
    for deb in "$state"/*.deb; do dpkg-deb -x "$deb" "$WORK/$1"; done
    [ -e "$WORK/$1/lib" ] || ln -s usr/lib "$WORK/$1/lib"
}

depends() {
    apt "$1" apt-cache depends "$2" | sed -n 's/^ *Depends: //p'
}

# initramfs ROOT RELEASE: busybox, the modules of a network card and the init below.
initramfs() {
    local root=$WORK/root module number=10
    rm -rf "$root"
    mkdir -p "$root"/{bin,dev,modules,proc,sys}
    cp "$(command -v busybox)" "$root/bin/busybox"
    depmod -b "$1" "$2" 2>/dev/null
    # In the order that they need each other; what is built in has none.
    for module in virtio_pci virtio_net ipv6; do
        modprobe -d "$1" -S "$2" --show-depends "$module" 2>/dev/null || true
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r module; do
        case $module in
            *.xz) xz -dc "$module" ;;
            *.zst) zstd -dqc "$module" ;;
            *) cat "$module" ;;
        esac >"$root/modules/$((number++)).ko"
    done
    init >"$root/init"
    chmod +x "$root/init"
    (cd "$root" && find . | cpio --quiet -o -H newc | gzip -1)
}

init() {
    cat <<'EOF'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /modules/*; do insmod $module; done
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
ip -6 addr add fec0::15/64 dev eth0
sleep 1
while ip -6 addr show dev eth0 | grep -q tentative; do sleep 1; done
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

# boot SUITE
boot() {
    local root=$WORK/$1 release kernel
    release=$(ls "$root/lib/modules")
    kernel=$root/boot/vmlinuz-$release
    [ -e "$kernel" ] || kernel=$root/lib/modules/$release/vmlinuz
    initramfs "$root" "$release" >"$WORK/initramfs"
    # Without KVM, which not every machine has; with memory for the largest default buffers.
    timeout 120 qemu-system-x86_64 -accel tcg -cpu max -m 5G -kernel "$kernel" \
        -initrd "$WORK/initramfs" -append "console=ttyS0 quiet panic=-1" -nographic -no-reboot \
        -netdev user,id=net,ipv4=on,ipv6=on -device virtio-net-pci,netdev=net,romfile= \
        -object filter-dump,id=dump,netdev=net,file="$WORK/pcap" >"$WORK/log" 2>&1 ||
        cat "$WORK/log" >&2
    rows Linux "2001=Linux $release, defaults" "2002=Linux $release, tcp_timestamps=0" \
        "2003=Linux $release, tcp_ecn=1" \
        "2004=Linux $release, Android's tcp_rmem for LTE" \
        "2005=Linux $release, Android's tcp_rmem for 5G"
}

for suite in ${SUITES:-bullseye bookworm trixie sid}; do
    fetch "$suite"
    boot "$suite"
done
