# Booting Debian's Linux kernels in QEMU. To be sourced after lib.sh, where `init` writes the first
# program that a kernel runs.
# shellcheck shell=bash
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

# initramfs ROOT RELEASE: busybox, the modules of a network card and what `init` writes.
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

# Its network at 10.0.2.15 and fec0::15; 10.0.2.2 and fec0::2 are QEMU, which answers every SYN.
network() {
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
EOF
}

# boot SUITE: its kernel until it ends, with what it sends in $WORK/pcap; RELEASE is its release.
boot() {
    local root=$WORK/$1 kernel
    fetch "$1"
    RELEASE=$(ls "$root/lib/modules")
    kernel=$root/boot/vmlinuz-$RELEASE
    [ -e "$kernel" ] || kernel=$root/lib/modules/$RELEASE/vmlinuz
    initramfs "$root" "$RELEASE" >"$WORK/initramfs"
    # Without KVM, which not every machine has; with memory for the largest default buffers.
    timeout 120 qemu-system-x86_64 -accel tcg -cpu max -m 5G -kernel "$kernel" \
        -initrd "$WORK/initramfs" -append "console=ttyS0 quiet panic=-1" -nographic -no-reboot \
        -netdev user,id=net,ipv4=on,ipv6=on -device virtio-net-pci,netdev=net,romfile= \
        -object filter-dump,id=dump,netdev=net,file="$WORK/pcap" >"$WORK/log" 2>&1 ||
        cat "$WORK/log" >&2
}
