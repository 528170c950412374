#!/usr/bin/env bash
# platforms.sh RELEASE...: does what a user does on a fresh Debian of each release, in a chroot under
# objs/platforms: clones what is committed here, `make demo`, then the tests of t and of the library.
# Writes a table, and what everything said beside the chroots.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh
. build/chroot.sh

readonly FOLDER=$PWD/objs/platforms

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
    made=$(timed fresh)
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

# With what README asks for.
fresh() {
    machine make && clone
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

main "$@"
