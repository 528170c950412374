# Fresh Debians to try things in. To be sourced by bash, in the project's folder.
#
# RELEASE names the release, ROOT its folder. A chroot reaches Debian's packages and crates.io as
# this machine does.

# Where nginx's workers, who are not root, may look.
readonly CLONE=/srv/ngx-tcpfp

# machine PACKAGE...: as small as Debian can be, with these.
machine() {
    local packages=ca-certificates package
    for package; do packages+=,$package; done
    apt-config dump | grep -E '^Acquire::(https?|Check)' >"$ROOT.apt.conf" || true
    rm -rf --one-file-system "$ROOT" &&
        mmdebstrap --quiet --variant=minbase --include="$packages" \
            --aptopt="$ROOT.apt.conf" "$RELEASE" "$ROOT" - <<<"$(sources)" &&
        mkdir -p "$ROOT$CLONE" &&
        the_way_out
}

# What is committed here.
clone() {
    git clone --quiet . "$ROOT$CLONE"
}

# Where this machine has its Debian from.
sources() {
    local debian security
    debian=$(uri Debian)
    security=$(uri Debian-Security)
    echo "deb ${debian:?no source of Debian} $RELEASE main"
    # Debian's testing has neither.
    [ "$RELEASE" = forky ] || {
        echo "deb $debian $RELEASE-updates main"
        [ -z "$security" ] || echo "deb $security $RELEASE-security main"
    }
}

# uri LABEL
uri() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' "Label: $1" \
        'Component: main' | head -n 1
}

# Names, proxies, certificates and registries as here.
the_way_out() {
    cp -L /etc/resolv.conf /etc/hosts "$ROOT/etc/"
    cp -r /usr/local/share/ca-certificates "$ROOT/usr/local/share/" 2>/dev/null || true
    mkdir -p "$ROOT/root/.cargo"
    cp "${CARGO_HOME:-$HOME/.cargo}"/config{,.toml} "$ROOT/root/.cargo/" 2>/dev/null || true
    inside 'update-ca-certificates'
}

# inside COMMANDS: bash does them in the clone; no process and no mount outlives them.
inside() {
    unshare --mount --pid --fork --kill-child bash -c '
        set -e
        mount --rbind /dev "$1/dev"
        mount --rbind /sys "$1/sys"
        mount -t proc proc "$1/proc"
        exec chroot "$1" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            "${@:4}" bash -c "set -eo pipefail; cd $2; $3"' inside "$ROOT" "$CLONE" "$1" $(proxies)
}

proxies() {
    env | grep -iE '^(https?|no)_proxy=' || true
}
