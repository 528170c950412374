# gone.sh [PATTERN]: for build/deb-test.sh: nothing is left of the packages but what fits the pattern,
# and nginx starts as before.
set -euo pipefail

left=$(find /etc /usr /var/lib/nginx /var/log -name '*tcpfp*' -not -name "${1-}")
[ -z "$left" ] || {
    echo "left: $left"
    exit 1
}
nginx -t
