#!/usr/bin/env bash
# env.sh TREE MODULES: which nginx to test and what to load into it, for a shell to eval.
#
#   TEST_NGINX_BINARY         the nginx
#   TEST_NGINX_LOAD_MODULES   the modules in the order in which they must be loaded
#   TEST_NGINX_PANIC_MODULES  the same, of the build that panics when asked to
#   PERL5LIB, PYTHONPATH      with Test::Nginx, and with Playwright and ClickHouse's engine in it
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly TREE=$1 MODULES=$2

main() {
    . "objs/$TREE/nginx.env"
    [ -n "$NGINX_BINARY" ] || die "no nginx was built in $NGINX_BUILD_DIR"
    tell TEST_NGINX_BINARY "$NGINX_BINARY"
    tell TEST_NGINX_LOAD_MODULES "$(modules "$PWD/$MODULES")"
    tell TEST_NGINX_PANIC_MODULES "$(modules "$PWD/objs/$TREE/provoke-panic")"
    tell PERL5LIB "$PWD/$TEST_NGINX${PERL5LIB:+:$PERL5LIB}"
    tell PYTHONPATH "$PWD/$PLAYWRIGHT:$PWD/$CHDB${PYTHONPATH:+:$PYTHONPATH}"
}

modules() {
    echo "$NGINX_STREAM_MODULE $1/ngx_http_tcpfp_module.so $1/ngx_stream_tcpfp_module.so"
}

tell() {
    printf 'export %s=%q\n' "$1" "$2"
}

main
