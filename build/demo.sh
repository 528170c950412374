#!/usr/bin/env bash
# demo.sh TREE MODULES: starts nginx on nginx-conf/demo.conf, asks it once and shows the answer.
# With KEEP=1 it is left running.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly PREFIX=$PWD/objs/demo

main() {
    eval "$(build/env.sh "$1" "$2")"
    local port=8080
    stop
    while taken $port; do port=$((port + 1)); done
    mkdir -p "$PREFIX/logs" "$PREFIX/modules"
    ln -sf "$PWD/$2/ngx_http_tcpfp_module.so" "$PREFIX/modules/"
    sed "s/:8080/:$port/; $(ipv6 || echo '/\[::1\]/d')" nginx-conf/demo.conf >"$PREFIX/nginx.conf"
    "$TEST_NGINX_BINARY" -p "$PREFIX/" -c "$PREFIX/nginx.conf"
    note "$("$TEST_NGINX_BINARY" -v 2>&1), on http://127.0.0.1:$port/"
    ask $port | pretty
    if [ -n "${KEEP-}" ]; then
        note "left running: curl http://127.0.0.1:$port/; stop it with: kill $(cat "$PREFIX/nginx.pid")"
    else
        stop
    fi
}

# The nginx of this demo, or of one before that was left running.
stop() {
    local pid
    pid=$(cat "$PREFIX/nginx.pid" 2>/dev/null) || return 0
    ! grep -qs "nginx: master process" "/proc/$pid/cmdline" || kill "$pid"
    while [ -d "/proc/$pid" ]; do sleep 0.05; done
}

# Whether this machine has IPv6 on its loopback.
ipv6() {
    grep -qs '^0*1 .* lo$' /proc/net/if_inet6
}

taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

ask() {
    if has curl; then
        curl -sS "http://127.0.0.1:$1/"
    else
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET / HTTP/1.0\r\n\r\n' >&3
        sed '1,/^\r$/d' <&3
    fi
}

# One flat object, a key on each line.
pretty() {
    sed 's/^{/{\n  /; s/,"/,\n  "/g; s/}$/\n}/'
}

main "$@"
