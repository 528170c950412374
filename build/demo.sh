#!/usr/bin/env bash
# demo.sh TREE MODULES: starts nginx with nginx-conf/demo.conf, asks it once and shows the answer.
# With KEEP=1 it is left running, for a look at the page.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly PREFIX=$PWD/objs/demo

main() {
    eval "$(build/env.sh "$1" "$2")"
    local port tls user=()
    stop
    port=$(free 8080)
    tls=$(free 8443)
    mkdir -p "$PREFIX/logs" "$PREFIX/modules"
    rm -f "$PREFIX/demo_tls.conf"
    ln -sfn "$PWD/nginx-conf/demo" "$PREFIX/demo"
    ln -sf "$PWD/$2/ngx_http_tcpfp_module.so" "$PREFIX/modules/"
    ln -sf "$PWD/nginx-conf/clients_zone.conf" "$PREFIX/"
    sed "s/:8080/:$port/; s,/var/www/tcpfp,demo,; $(ipv6 || echo '/\[::1\]/d')" \
        nginx-conf/demo.conf >"$PREFIX/demo.conf"
    # As short as can be; folders for long bodies are here, so that no rights elsewhere are needed.
    cat >"$PREFIX/nginx.conf" <<EOF
load_module modules/ngx_http_tcpfp_module.so;
pid nginx.pid;
error_log logs/error.log;
events {}
http {
    client_body_temp_path temp;
    proxy_temp_path temp;
    fastcgi_temp_path temp;
    uwsgi_temp_path temp;
    scgi_temp_path temp;
    include clients_zone.conf;
    include demo.conf;
}
EOF
    ! can_tls || listen_to_tls "$tls"
    # root's nginx would hand the page to a user who may not enter this folder.
    [ "$(id -u)" != 0 ] || user=(-g "user root;")
    "$TEST_NGINX_BINARY" -p "$PREFIX/" -c "$PREFIX/nginx.conf" "${user[@]}"
    note "$("$TEST_NGINX_BINARY" -v 2>&1), on http://127.0.0.1:$port/json"
    ask $port | pretty
    if [ -n "${KEEP-}" ]; then
        note "left running: open http://127.0.0.1:$port/"
        ! can_tls || note "or https://127.0.0.1:$tls/, with a certificate of its own making"
        note "stop it with: kill $(cat "$PREFIX/nginx.pid")"
    else
        stop
        note "as a page in a browser: make demo KEEP=1"
    fi
}

# free PORT: that, or the next that nobody listens on.
free() {
    local port=$1
    while taken $port; do port=$((port + 1)); done
    echo $port
}

can_tls() {
    has openssl && [[ $("$TEST_NGINX_BINARY" -V 2>&1) == *--with-http_ssl_module* ]]
}

# listen_to_tls PORT: HTTPS, and HTTP/2 where nginx has it, with a certificate of our own.
listen_to_tls() {
    local version http2= directive=
    version=$("$TEST_NGINX_BINARY" -V 2>&1)
    if [[ $version == *--with-http_v2_module* ]]; then
        # From 1.25.1 on it is a directive, and the parameter is deprecated.
        if at_least 1.25.1 "$(sed -n 's,^nginx version: .*/\([0-9.]*\).*,\1,p' <<<"$version")"; then
            directive="http2 on;"
        else
            http2=http2
        fi
    fi
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$PREFIX/key.pem" -out "$PREFIX/certificate.pem" 2>"$PREFIX/logs/openssl"
    cat >"$PREFIX/demo_tls.conf" <<EOF
listen 127.0.0.1:$1 ssl $http2;
$directive
ssl_certificate certificate.pem;
ssl_certificate_key key.pem;
EOF
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
        curl -sS "http://127.0.0.1:$1/json"
    else
        exec 3<>"/dev/tcp/127.0.0.1/$1"
        printf 'GET /json HTTP/1.0\r\n\r\n' >&3
        sed '1,/^\r$/d' <&3
    fi
}

# One flat object, a key on each line.
pretty() {
    sed 's/^{/{\n  /; s/,"/,\n  "/g; s/}$/\n}/'
}

main "$@"
