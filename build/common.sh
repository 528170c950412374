# What the scripts of this folder share. To be sourced by bash.

# Debian keeps nginx and tcpdump where only root looks.
PATH=$PATH:/usr/sbin:/sbin

note() {
    echo "$*" >&2
}

die() {
    echo "error: $*" >&2
    exit 1
}
