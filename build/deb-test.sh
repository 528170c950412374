#!/usr/bin/env bash
# deb-test.sh RELEASE...: `make deb` on a fresh Debian of each release, in a chroot under objs/deb-test,
# and in a second one, where nobody builds, what a user does with the packages: install them, start
# nginx, ask it, remove them, purge them.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh
. build/chroot.sh

readonly FOLDER=$PWD/objs/deb-test
readonly APT="DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends"

main() {
    [ "$(id -u)" = 0 ] || die "a chroot needs root"
    build/deps.sh install platforms
    mkdir -p "$FOLDER"
    for RELEASE; do
        note "== Debian $RELEASE: see $FOLDER/$RELEASE.log"
        # The shell would go on after an error if this stood before `||` itself.
        (build; use) >"$FOLDER/$RELEASE.log" 2>&1 &
        wait $! ||
            die "Debian $RELEASE: $(tail -n 3 "$FOLDER/$RELEASE.log")"
        sed -n 's/^== //p' "$FOLDER/$RELEASE.log"
    done
}

build() {
    ROOT=$FOLDER/$RELEASE-build
    machine make
    clone
    inside 'make deb'
    inside 'cd objs/deb; for file in *.deb; do echo "== $file $(stat -c %s "$file") bytes"; done'
}

use() {
    local packages=$ROOT$CLONE/objs/deb
    ROOT=$FOLDER/$RELEASE-use
    machine curl fish iproute2 man-db zsh
    cp "$packages"/*.deb t/deb/*.sh "$ROOT$CLONE"
    # No service is to start at the ports of this machine.
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
    chmod +x "$ROOT/usr/sbin/policy-rc.d"
    inside 'apt-get -qq update'
    # The modules must not need the command, nor one the other.
    inside "$APT install ./libnginx-mod-http-tcpfp_*.deb && nginx -t"
    inside "$APT install ./libnginx-mod-stream-tcpfp_*.deb && nginx -t"
    inside "$APT install ./tcpfp_*.deb"
    # In a network of its own.
    inside 'unshare --net bash -x installed.sh'
    inside "$APT remove libnginx-mod-http-tcpfp libnginx-mod-stream-tcpfp tcpfp"
    # By these links dh_nginx knows what was enabled.
    inside 'bash -x gone.sh "*.conf.removed"'
    inside 'dpkg --purge libnginx-mod-http-tcpfp libnginx-mod-stream-tcpfp tcpfp && bash -x gone.sh'
    inside '! dpkg-query --show "*tcpfp*"'
}

main "$@"
