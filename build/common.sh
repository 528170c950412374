# What the scripts of this folder share. To be sourced by bash, in the project's folder.

# Debian keeps nginx where only root looks.
PATH=$PATH:/usr/sbin:/sbin

# Where Debian's nginx-dev puts headers, configure and auto/.
readonly NGINX_HEADERS=/usr/share/nginx/src
# Where Test::Nginx is unpacked to if apt has none to install.
readonly TEST_NGINX=objs/test-nginx/usr/share/perl5
# Where Playwright goes.
readonly PLAYWRIGHT=objs/playwright

has() {
    [ -x "$(command -v "$1")" ]
}

# The stream module of the machine's nginx, if it is one to load.
nginx_stream_module() {
    echo "$(nginx -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')/ngx_stream_module.so"
}

note() {
    echo "$*" >&2
}

die() {
    echo "error: $*" >&2
    exit 1
}
