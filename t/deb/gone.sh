# For build/deb-test.sh: nothing is left of the packages, and nginx starts as before.
set -euo pipefail

left=$(find /etc /usr /var/lib/nginx /var/log -name '*tcpfp*' -not -path '/usr/share/man/*/cat*')
[ -z "$left" ] || {
    echo "left: $left"
    exit 1
}
nginx -t
