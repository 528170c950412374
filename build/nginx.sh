#!/usr/bin/env bash
# The nginx that the modules are built for: a configured source tree under objs/.
#
#   nginx.sh choose     names the tree to use where nobody asked for one
#   nginx.sh system     the machine's own nginx, by the headers of Debian's nginx-dev
#   nginx.sh vendored   the nginx of the nginx-src crate, built here
#   nginx.sh sanitize   the same, made to be watched: see sanitize.sh
#   nginx.sh custom     the configured tree that NGINX_SOURCE_DIR and NGINX_BUILD_DIR name
#
# Each ends with objs/TREE/nginx.env, which tells the other scripts where everything is. It is
# written only when that changes, so that make rebuilds what depends on it then and not otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

main() {
    case ${1-} in
        choose) choose ;;
        system | vendored | sanitize | custom)
            readonly TREE=$1 DIR=$PWD/objs/$1
            mkdir -p "$DIR"
            exec 9>"$DIR/lock"
            flock 9
            "$1"
            ;;
        *) die "NGINX is system or vendored, not '${1-}'" ;;
    esac
}

choose() {
    if has_system || { [ -z "${DEPS_TRIED-}" ] && build/deps.sh offers server; }; then
        echo system
    else
        echo vendored
    fi
}

# The machine has an nginx and the headers of that very version.
has_system() {
    has nginx && [ -x "$NGINX_HEADERS/configure" ] &&
        [[ $(nginx -v 2>&1) == *"nginx/$(header_version "$NGINX_HEADERS")"* ]]
}

header_version() {
    sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$1/src/core/nginx.h"
}

system() {
    build/deps.sh check server
    has_system || die "$NGINX_HEADERS is of another version than $(nginx -v 2>&1):" \
        "install the nginx-dev that belongs to it, or use NGINX=vendored"
    local key
    key=$(nginx -V 2>&1 | cksum)$(cksum <"$NGINX_HEADERS/src/core/nginx.h")
    if ! is_made "$key"; then
        build/deps.sh check libraries
        local args=() arg
        # nginx gives its arguments quoted for a shell.
        eval "set -- $(nginx -V 2>&1 | sed -n 's/^configure arguments: //p')"
        for arg; do
            case $arg in
                # Modules whose source is not here, and those that want libraries of their own.
                --add-*module=* | --with-*_geoip_module* | --with-*_image_filter_module* | \
                    --with-*_perl_module* | --with-*_xslt_module* | --with-google_perftools_module) ;;
                *) args+=("$arg") ;;
            esac
        done
        configure "$NGINX_HEADERS" ./configure "${args[@]}"
        made "$key"
    fi
    tell "$DIR/src" "$DIR/src/objs" "$(command -v nginx)" "$(nginx_module ngx_stream_module)"
}

vendored() {
    local source key args=(
        "$@"
        --with-compat --with-debug --with-threads --with-pcre
        --with-http_ssl_module --with-http_v2_module --with-http_v3_module
        --with-http_realip_module --with-http_stub_status_module
        --with-http_addition_module --with-http_auth_request_module --with-http_sub_module
        --with-stream --with-stream_ssl_module --with-stream_ssl_preread_module
        --with-stream_realip_module
    )
    source=$(cargo metadata --format-version 1 --features http,vendored |
        grep -o '"manifest_path":"[^"]*/nginx-src[^"/]*/Cargo.toml"' | cut -d'"' -f4)
    source=${source%/Cargo.toml}/nginx
    key="$source ${args[*]}"
    if ! is_made "$key"; then
        build/deps.sh check libraries
        has_system || note "this machine has no nginx with its headers: using the vendored one"
        configure "$source" auto/configure "${args[@]}"
        make -C "$DIR/src" -f objs/Makefile -j"$(nproc)" binary >"$DIR/make.log" 2>&1 ||
            die "nginx does not build: see $DIR/make.log"
        made "$key"
    fi
    cp -u "$DIR/src/objs/nginx" "$DIR/nginx"
    tell "$DIR/src" "$DIR/src/objs" "$DIR/nginx" ""
}

# The vendored one with AddressSanitizer and UndefinedBehaviorSanitizer. The latter lets nginx do
# what it does everywhere: read numbers where they are not aligned, and copy nothing from null. All
# else is trapped, so that AddressSanitizer reports it where it reports the rest. NGX_DEBUG_PALLOC
# makes each allocation from a pool one of its own, so that there is a fence around each.
sanitize() {
    local sanitizers="-fsanitize=address,undefined -fsanitize-undefined-trap-on-error"
    sanitizers+=" -fno-sanitize=alignment,nonnull-attribute"
    vendored --with-cc-opt="-O1 -g -fno-omit-frame-pointer $sanitizers -DNGX_DEBUG_PALLOC=1" \
        --with-ld-opt="$sanitizers"
}

custom() {
    local source=${NGINX_SOURCE_DIR:-$(dirname "$NGINX_BUILD_DIR")}
    local build=${NGINX_BUILD_DIR:-$source/objs}
    [ -f "$source/src/core/nginx.h" ] ||
        die "NGINX_SOURCE_DIR: no src/core/nginx.h in $source: it is no nginx source tree"
    [ -f "$build/ngx_auto_config.h" ] ||
        die "NGINX_BUILD_DIR: no ngx_auto_config.h in $build: run nginx's ./configure there first"
    source=$(realpath "$source")
    build=$(realpath "$build")
    local binary=$build/nginx stream=$build/ngx_stream_module.so
    [ -x "$binary" ] || binary=$build/angie
    [ -x "$binary" ] || binary=
    tell "$source" "$build" "$binary" "$stream"
}

# Whether the tree was made, to its end, of what the key says.
is_made() {
    [ "$(cat "$DIR/key" 2>/dev/null)" = "$1" ]
}

made() {
    echo "$1" >"$DIR/key"
}

# configure SOURCE COMMAND...: in a copy of the source.
configure() {
    rm -rf "$DIR/src" "$DIR/key"
    cp -R --no-preserve=mode "$1" "$DIR/src"
    note "configuring nginx $(header_version "$DIR/src") in objs/$TREE"
    (cd "$DIR/src" && bash "${@:2}" --builddir=objs) >"$DIR/configure.log" 2>&1 ||
        die "nginx's configure failed: $(grep -m 1 error: "$DIR/configure.log") (see $DIR/configure.log)"
}

# modules_path BUILD: where an nginx that is configured so looks for "modules/".
modules_path() {
    local prefix path
    prefix=$(sed -n 's/^#define NGX_PREFIX *"\(.*\)"/\1/p' "$1/ngx_auto_config.h")
    path=$(sed -n 's/^#define NGX_CONFIGURE .*--modules-path=\([^ "]*\).*/\1/p' "$1/ngx_auto_config.h")
    case $path in
        /*) echo "$path" ;;
        *) echo "${prefix%/}/${path:-modules}" ;;
    esac
}

# tell SOURCE BUILD BINARY STREAM_MODULE
tell() {
    local stream=$4
    [ -f "$stream" ] || stream=
    {
        echo "# nginx $(header_version "$1"), configured as $(cksum <"$2/ngx_auto_config.h")"
        printf '%s=%q\n' NGINX_SOURCE_DIR "$1" NGINX_BUILD_DIR "$2" \
            NGINX_BINARY "$3" NGINX_STREAM_MODULE "$stream" NGINX_MODULES_PATH "$(modules_path "$2")"
    } >"$DIR/nginx.env.new"
    if cmp -s "$DIR/nginx.env.new" "$DIR/nginx.env"; then
        rm "$DIR/nginx.env.new"
    else
        mv "$DIR/nginx.env.new" "$DIR/nginx.env"
    fi
}

main "$@"
