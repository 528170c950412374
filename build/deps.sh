#!/usr/bin/env bash
# What the project needs of the machine, and the Debian packages that bring it.
#
#   deps.sh check GROUP...     fails with one line that names the packages if something is missing
#   deps.sh install GROUP...   installs what is missing by apt, or says what to install
#   deps.sh offers GROUP...    succeeds if apt could install what is missing, as far as it knows
#
# Groups: build, libraries, server, tests, test_nginx, browser, pip, playwright, chdb, fuzz, lab,
# platforms, debian.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

# Debian asks this program whether to start a service.
readonly POLICY=/usr/sbin/policy-rc.d
# The services that packages bring.
declare -rA UNITS=(
    [dante-server]=danted.service
    [fcgiwrap]="fcgiwrap.service fcgiwrap.socket"
    [haproxy]=haproxy.service
    [nginx]=nginx.service
    [openssh-server]="ssh.service ssh.socket"
    [openvpn]=openvpn.service
    [prometheus]=prometheus.service
    [rsyslog-relp]="rsyslog.service syslog.socket"
    [tinyproxy]=tinyproxy.service
)

# What is missing: the packages, and what each is for.
PACKAGES=()
declare -A THINGS=() IS_WISH=()

main() {
    readonly ACTION=$1
    shift
    local group
    for group; do "need_$group"; done
    [ ${#PACKAGES[@]} -eq 0 ] || "$ACTION"
}

# --- the groups

need_build() {
    need_rust
    need gcc "a C compiler" has cc
    need libc6-dev "the C library's headers" header stdio.h
    need libclang-dev "libclang" libclang
}

# Where Rust is too old, the user chooses what takes its place.
need_rust() {
    local wanted found suffix
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    found=$(rustc --version 2>/dev/null | cut -d' ' -f2) || found=
    if [ -z "$found" ] || ! has cargo; then
        ! has rustup || die "Rust is missing: run rustup toolchain install stable"
        # A fresh machine has no list of packages yet.
        [ "$ACTION" != install ] || ! can_install || update_lists
        suffix=$(rust_of_apt "$wanted") ||
            die "cargo is missing: install Rust $wanted or later, with rustup"
        need "cargo$suffix" "cargo" has cargo
        need "rustc$suffix" "rustc" has rustc
    elif ! at_least "$wanted" "$found"; then
        ! has rustup || die "Rust $found is older than $wanted: run rustup update"
        suffix=$(rust_of_apt "$wanted") ||
            die "Rust $found is older than $wanted: install a newer one with rustup"
        die "Rust $found is older than $wanted: install cargo$suffix rustc$suffix in its place"
    fi
}

# rust_of_apt VERSION: what follows "rustc" in the name of apt's package that is new enough. In
# Debian's older releases that is the Rust which its browsers are built with.
rust_of_apt() {
    local suffix version
    has apt-cache || return
    for suffix in "" -web; do
        version=$(apt-cache policy "rustc$suffix" | sed -n 's/^  Candidate: \([0-9.]*\).*/\1/p')
        ! at_least "$1" "${version:-0}" || {
            echo "$suffix"
            return
        }
    done
    return 1
}

# What nginx itself is built with.
need_libraries() {
    need libssl-dev "OpenSSL's headers" header openssl/ssl.h
    need libpcre2-dev "PCRE2's headers" header pcre2.h -DPCRE2_CODE_UNIT_WIDTH=8
    need zlib1g-dev "zlib's headers" header zlib.h
}

need_server() {
    need nginx "nginx" has nginx
    need nginx-dev "nginx's headers" [ -x "$NGINX_HEADERS/configure" ]
    need libnginx-mod-stream "nginx's stream module" has_stream
}

need_tests() {
    need curl "curl" has curl
    need iproute2 "ip" has ip
    need libipc-run-perl "IPC::Run" perl -MIPC::Run -e 1
    need liblist-moreutils-perl "List::MoreUtils" perl -MList::MoreUtils -e 1
    need libtest-base-perl "Test::Base" perl -MTest::Base -e 1
    need libtest-longstring-perl "Test::LongString" perl -MTest::LongString -e 1
    need libtext-diff-perl "Text::Diff" perl -MText::Diff -e 1
    need libwww-perl "LWP" perl -MLWP::UserAgent -e 1
    need openssl "openssl" has openssl
    need perl "prove" has prove
    need procps "ps" has ps
    need python3 "Python 3" has python3
    need tshark "tshark" has tshark
    wish fcgiwrap "fcgiwrap" has fcgiwrap
    wish gnutls-bin "gnutls-cli" has gnutls-cli
    wish libnginx-mod-http-lua "nginx's Lua" has_module ngx_http_lua_module
    wish libnginx-mod-http-perl "nginx's Perl" has_module ngx_http_perl_module
    wish nftables "nft" has nft
    wish nghttp2-client "nghttp" has nghttp
    wish ngtcp2-client "gtlsclient" has gtlsclient
    wish p0f "p0f" has p0f
    wish prometheus "prometheus" has prometheus
    wish rsyslog-relp "rsyslogd" has_relp
    wish tcpdump "tcpdump" has tcpdump
    wish strace "strace" has strace
    wish valgrind "valgrind" has valgrind
}

# Apart from the rest, because Debian has it only from forky on.
need_test_nginx() {
    need libtest-nginx-perl "Test::Nginx" perl -I"$TEST_NGINX" -MTest::Nginx::Socket -e 1
}

# To look at the demo's page with.
need_browser() {
    need chromium "Chromium" has chromium
}

need_pip() {
    need python3-pip "pip" python3 -m pip --version
}

# What drives it, and looks whether everybody can read the page: from PyPI, Debian has neither.
need_playwright() {
    need playwright "Playwright" env PYTHONPATH="$PLAYWRIGHT" python3 -c \
        'import playwright.sync_api, axe_playwright_python'
}

# ClickHouse's engine, for fleet/: from PyPI, Debian has it not.
need_chdb() {
    need chdb-core "ClickHouse's engine" env PYTHONPATH="$CHDB" python3 -c 'import chdb.session'
}

# What libFuzzer is built with.
need_fuzz() {
    need g++ "a C++ compiler" has c++
}

# The proxies and VPNs between the lab's clients and its server.
need_lab() {
    wish dante-server "danted" has danted
    wish haproxy "haproxy" has haproxy
    wish microsocks "microsocks" has microsocks
    wish openssh-client "ssh" has ssh
    wish openssh-server "sshd" has sshd
    wish openvpn "openvpn" has openvpn
    wish tinyproxy "tinyproxy" has tinyproxy
    wish wireguard-go "wireguard-go" has wireguard-go
    wish wireguard-tools "wg" has wg
}

# What asks two servers by turns, and the other one.
need_versus() {
    need apache2-utils "ab" has ab
    wish haproxy "haproxy" has haproxy
}

# What makes packages of Debian's, and what judges them.
need_debian() {
    need debhelper "debhelper" has dh
    need dpkg-dev "dpkg-buildpackage" has dpkg-buildpackage
    need lintian "lintian" has lintian
}

# What makes a fresh machine.
need_platforms() {
    need mmdebstrap "mmdebstrap" has mmdebstrap
}

# need PACKAGE THING PROBE...: notes the package and what it is for if the probe fails.
need() {
    "${@:3}" >/dev/null 2>&1 || {
        PACKAGES+=("$1")
        THINGS[$1]=$2
    }
}

# wish PACKAGE THING PROBE...: the same, of what only some tests need. They are skipped without it.
wish() {
    IS_WISH[$1]=1
    need "$@"
}

header() {
    echo "#include <$1>" | cc "${@:2}" -E -x c -
}

# The library that bindgen loads, and clang's own headers, which it reads.
libclang() {
    [ -n "${LIBCLANG_PATH-}" ] || {
        some_file /usr/{local/,}lib*/{,*/,*/*/}libclang{,-[0-9]*}.so* &&
            some_file /usr/{local/,}lib*/{,llvm*/lib/}clang/*/include/stddef.h
    }
}

some_file() {
    local file
    for file; do [ ! -f "$file" ] || return 0; done
    return 1
}

has_relp() {
    has rsyslogd && some_file /usr/lib/*/rsyslog/omrelp.so
}

has_stream() {
    # Built in, or a module beside.
    nginx -V 2>&1 | grep -qE -e '--with-stream( |$)' || has_module ngx_stream_module
}

has_module() {
    [ -f "$(nginx_module "$1")" ]
}

# --- the actions

check() {
    die "$(things) missing: install ${PACKAGES[*]} (\`make deps\` does where there is apt)"
}

offers() {
    can_install && is_in_apt "${PACKAGES[@]}"
}

can_install() {
    has apt-get && { [ "$(id -u)" = 0 ] || has sudo; }
}

# Whether apt would install them and take nothing away.
is_in_apt() {
    apt-get -qq --simulate --no-remove install "$@" >/dev/null 2>&1
}

install() {
    if can_install; then update_lists; fi
    forgo_wishes
    [ ${#PACKAGES[@]} -gt 0 ] || return 0
    has apt-get ||
        die "$(things) missing, and no apt: install what Debian calls ${PACKAGES[*]}"
    can_install ||
        die "$(things) missing: have root install ${PACKAGES[*]}"
    local package units=()
    for package in "${PACKAGES[@]}"; do units+=(${UNITS[$package]-}); done
    if [ ${#units[@]} -gt 0 ]; then
        without_start "${units[@]}"
        return
    fi
    case " ${PACKAGES[*]} " in
        " playwright ") pip_install "$PLAYWRIGHT" playwright==1.65.2 axe-playwright-python==0.1.8 ;;
        # What it depends on is for data frames.
        " chdb-core ") pip_install "$CHDB" chdb-core==26.9.0 --no-deps ;;
        " libtest-nginx-perl ") apt_install 2>/dev/null || unpack_test_nginx ;;
        *) apt_install ;;
    esac
}

# Leaves out, with a word, the wishes that nobody can fulfil here.
forgo_wishes() {
    local package packages=()
    for package in "${PACKAGES[@]}"; do
        if [ -n "${IS_WISH[$package]-}" ] && ! { can_install && is_in_apt "$package"; }; then
            note "no package $package to be had: the tests that need ${THINGS[$package]} are skipped"
        else
            packages+=("$package")
        fi
    done
    PACKAGES=("${packages[@]}")
}

# What is missing, as a sentence has it.
things() {
    local package words=
    for package in "${PACKAGES[@]}"; do words+=", ${THINGS[$package]}"; done
    echo "${words:2}"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Never takes another package away, such as an nginx that is not Debian's.
apt_install() {
    note "installing ${PACKAGES[*]}"
    apt_get --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 install "${PACKAGES[@]}"
}

update_lists() {
    [ -z "${LISTS_ARE_NEW-}" ] || return 0
    apt_get update || note "apt-get update failed: going on with the lists of before"
    LISTS_ARE_NEW=1
}

# apt_get ARGUMENT...: waits for whoever else is at it, ten minutes at most. Of apt's locks,
# DPkg::Lock::Timeout waits for one only.
apt_get() {
    local said end=$((SECONDS + 600)) waits=
    until said=$(as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
        apt-get -qq "$@" 2>&1 >/dev/null); do
        [[ $said == *"Could not get lock"* ]] && [ $SECONDS -lt $end ] || {
            note "$said"
            return 1
        }
        [ -n "$waits" ] || note "another apt is at work: waiting for it"
        waits=1
        sleep 2
    done
}

# pip_install FOLDER ARGUMENT...: into a folder here, the machine's own Python stays as it is.
pip_install() {
    note "installing ${*:2}"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --upgrade \
        --target "$@"
}

# without_start UNIT...: Debian starts a server as it installs it, and at each boot. Nobody asked
# for one on port 80, or for a proxy.
without_start() {
    if [ ! -e $POLICY ]; then
        trap 'as_root rm -f $POLICY' EXIT
        printf '#!/bin/sh\ncase " %s " in *" ${1%%%%.*} "*) exit 101 ;; esac\n' "${*%.*}" |
            as_root tee $POLICY >/dev/null
        as_root chmod +x $POLICY
    fi
    apt_install
    if has systemctl; then
        as_root systemctl --quiet disable "$@"
        note "neither started nor enabled: $*"
    fi
}

# From the machine's own source of Debian, at the release that has the package, without a change to
# apt's configuration. It is all Perl and fits any release; a mirror that lags behind will do.
unpack_test_nginx() {
    local codename source keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
    source=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
        'Origin: Debian' "Release: $codename" 'Component: main' | head -n 1)
    [ -n "$source" ] || die "Test::Nginx is missing: install it from CPAN (cpanm Test::Nginx)"
    local apt=$PWD/objs/test-nginx/apt options
    mkdir -p "$apt/lists/partial"
    echo "deb [signed-by=$keyring] $source forky main" >"$apt/sources.list"
    options=(-qq -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o Acquire::Languages=none
        -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false)
    apt-get "${options[@]}" update
    (cd "$apt" && apt-get "${options[@]}" download libtest-nginx-perl)
    dpkg -x "$apt"/libtest-nginx-perl_*.deb objs/test-nginx
    rm -r "$apt"
}

main "$@"
