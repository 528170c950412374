#!/usr/bin/env bash
# platforms.sh RELEASE...: does what a user does on a fresh Debian of each release, in a chroot under
# objs/platforms: clones what is committed here, `make demo`, then the tests of t and of the library.
# Writes a table, and what everything said beside the chroots.
#
# A chroot reaches Debian's packages and crates.io as this machine does.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly FOLDER=$PWD/objs/platforms
# Where nginx's workers, who are not root, may look.
readonly CLONE=/srv/ngx-tcpfp

main() {
    [ "$(id -u)" = 0 ] || die "a chroot needs root"
    build/deps.sh install platforms
    mkdir -p "$FOLDER"
    local release rows=()
    for release; do
        choose "$release"
        note "== Debian $release: see $LOG"
        rows+=("$(row)")
        note "${rows[-1]}"
    done
    echo "| Debian | nginx | Rust | \`make demo\` | \`prove t\` | the library's tests |"
    echo "|---|---|---|---|---|---|"
    printf '%s\n' "${rows[@]}"
    [[ ${rows[*]} != *FAILED* ]]
}

# choose RELEASE: the one that all below is about.
choose() {
    RELEASE=$1 ROOT=$FOLDER/$1 LOG=$FOLDER/$1.log
    : >"$LOG"
}

row() {
    local made demo tests=- unit=-
    made=$(timed machine)
    [[ $made != FAILED* ]] || {
        echo "| $RELEASE | - | - | no machine: $made | - | - |"
        return
    }
    demo=$(timed demo)
    if [[ $demo != FAILED* ]]; then
        tests=$(timed inside 'build/deps.sh install tests && build/deps.sh install test_nginx &&
            eval "$(make -s env)" && prove t/*.t')
        unit=$(timed inside 'make unit')
    fi
    echo "| $RELEASE | $(inside 'nginx -v 2>&1 | cut -d/ -f2')" \
        "| $(inside 'rustc --version | cut -d" " -f2'), $(inside 'dpkg -S "$(realpath "$(command -v rustc)")" | cut -d: -f1')" \
        "| $demo | $tests | $unit |"
}

# timed COMMAND...: how long it took, and whether it failed.
timed() {
    local start=$SECONDS failed="FAILED after "
    if (set -e; "$@") >>"$LOG" 2>&1; then failed=; fi
    echo "$failed$((SECONDS - start)) s"
}

# As small as Debian can be, with what README asks for.
machine() {
    apt-config dump | grep -E '^Acquire::(https?|Check)' >"$FOLDER/apt.conf" || true
    rm -rf --one-file-system "$ROOT" &&
        mmdebstrap --quiet --variant=minbase --include=ca-certificates,make \
            --aptopt="$FOLDER/apt.conf" "$RELEASE" "$ROOT" - <<<"$(sources)" &&
        git clone --quiet . "$ROOT$CLONE" &&
        the_way_out
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

# With another apt at work when it begins, as on a machine that has just started.
demo() {
    inside '
        perl -MFcntl -e "
            for (qw(/var/lib/apt/lists/lock /var/lib/dpkg/lock-frontend)) {
                open my \$lock, q(>>), \$_ or die; push @locks, \$lock;
                my \$all = pack q(s s x4 q q i), F_WRLCK, 0, 0, 0, 0;
                fcntl(\$lock, F_SETLK, \$all) or die;
            }
            sleep 10" &
        sleep 1
        make demo 2>&1 | tee /tmp/demo
        grep -q "another apt is at work" /tmp/demo && grep -q "\"ttl\":64" /tmp/demo'
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

main "$@"
