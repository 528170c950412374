# What the scripts of this folder share. To be sourced by bash, in the project's folder.

# Debian keeps nginx where only root looks.
PATH=$PATH:/usr/sbin:/sbin

# Where Debian's nginx-dev puts headers, configure and auto/.
readonly NGINX_HEADERS=/usr/share/nginx/src
# Where Test::Nginx is unpacked to if apt has none to install.
readonly TEST_NGINX=objs/test-nginx/usr/share/perl5
# Where Playwright goes.
readonly PLAYWRIGHT=objs/playwright
# Where ClickHouse's engine goes.
readonly CHDB=objs/chdb

has() {
    [ -x "$(command -v "$1")" ]
}

# nginx_module NAME: where the machine's nginx has this module, if it has it as one to load.
nginx_module() {
    echo "$(nginx -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')/$1.so"
}

# at_least WANTED VERSION
at_least() {
    printf '%s\n' "$@" | sort --check=silent --version-sort
}

note() {
    echo "$*" >&2
}

die() {
    echo "error: $*" >&2
    exit 1
}
