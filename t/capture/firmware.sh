#!/usr/bin/env bash
# Records the SYNs of network boot firmware in QEMU: iPXE and UEFI (EDK II), which fetch by HTTP.
. "$(dirname "$0")/lib.sh"
need qemu-system-x86_64 qemu-system-x86 ipxe-qemu
need dnsmasq dnsmasq-base
need tcpdump tcpdump
OVMF=/usr/share/OVMF
[ -e $OVMF/OVMF_CODE.fd ] || { echo "error: OVMF is missing: apt-get install ovmf" >&2; exit 1; }

# The server hands out addresses and the URL on a tap.
ip netns add "$SERVER"
ip -n "$SERVER" link set lo up
ip -n "$SERVER" tuntap add tap0 mode tap
address "$SERVER" 192.0.2.1/24 2001:db8::1/64 tap0
background ip netns exec "$SERVER" dnsmasq --no-daemon --port=0 --interface=tap0 --bind-interfaces \
    --leasefile-ro --dhcp-range=192.0.2.10,192.0.2.20 --dhcp-vendorclass=set:uefi,HTTPClient \
    --dhcp-option-force=tag:uefi,60,HTTPClient --dhcp-boot=http://192.0.2.1:8080/boot \
    --enable-ra --dhcp-range=2001:db8::10,2001:db8::20,64 \
    --dhcp-option=option6:bootfile-url,'http://[2001:db8::1]:8080/boot' \
    --dhcp-option=option6:16,00:00:ab:11:00:0a:48:54:54:50:43:6c:69:65:6e:74

# boot NAME ORIGIN SECONDS OPTION... : no KVM, not every machine has it.
boot() {
    listen tap0 ip netns exec "$SERVER"
    timeout "$3" ip netns exec "$SERVER" qemu-system-x86_64 -accel tcg -m 512 -nographic \
        -netdev tap,id=net,ifname=tap0,script=no,downscript=no "${@:4}" >"$WORK/log" 2>&1 || true
    heard
    rows "$1" "$2"
}

boot iPXE "iPXE $(version ipxe-qemu)" 30 -boot n -device virtio-net-pci,netdev=net

cp $OVMF/OVMF_VARS.fd "$WORK/variables"
# Over IPv4 and Ethernet it sends what ZMap does, of which there is more.
boot ZMap "OVMF $(version ovmf)" 200 -device virtio-net-pci,netdev=net,romfile= \
    -drive if=pflash,format=raw,readonly=on,file=$OVMF/OVMF_CODE.fd \
    -drive if=pflash,format=raw,file="$WORK/variables" \
    -fw_cfg name=opt/org.tianocore/IPv4PXESupport,string=no \
    -fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=no
