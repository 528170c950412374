# For build/deb-test.sh: all three packages are installed, beside Debian's own configuration.
set -euo pipefail

# says PATTERN COMMAND...
says() {
    local answer
    answer=$("${@:2}" 2>&1)
    echo "== ${*:2}: $answer"
    [[ $answer =~ $1 ]]
}

ip link set lo up
cat >/etc/nginx/conf.d/ttl.conf <<'END'
server { listen 8090; return 200 "ttl=$tcpfp_ttl family=$tcpfp_family"; }
END
# Behind the modules, which load in the order of their files' names.
cat >/etc/nginx/modules-enabled/90-stream.conf <<'END'
stream { server { listen 8091; return "ttl=$tcpfp_ttl family=$tcpfp_family"; } }
END
# A recipe of the documentation, as it is.
cp /usr/share/doc/tcpfp/nginx-conf/json_log.conf /etc/nginx/conf.d/
nginx -t
nginx
says '^ttl=64 family=Linux$' curl -s http://127.0.0.1:8090/
says '^ttl=64 family=Linux$' curl -s --http0.9 http://127.0.0.1:8091/
curl -s -o /dev/null http://127.0.0.1:8081/
says '"ttl":64,' cut -c -300 /var/log/nginx/access-json.log
nginx -s stop
rm /etc/nginx/conf.d/{ttl,json_log}.conf /etc/nginx/modules-enabled/90-stream.conf

says '^tcpfp [0-9.]+$' tcpfp --version
syn=4500003c1a2b4000330600000a0000010a000002c00101bb000012340000000 # cut short
says '"error"' bash -c 'echo "$0" | tcpfp classify || true' "$syn"
says '--p0f-exact' bash -c 'man tcpfp-classify | cat'
for page in tcpfp tcpfp-classify tcpfp-check; do man --where "$page"; done
says '^classify$' bash -c '
    . /usr/share/bash-completion/completions/tcpfp
    COMP_WORDS=(tcpfp cl) COMP_CWORD=1
    _tcpfp tcpfp cl tcpfp
    echo "${COMPREPLY[@]}"'
says '--tunnels' fish --no-config -c 'complete -C "tcpfp classify --tun"'
zsh -n /usr/share/zsh/vendor-completions/_tcpfp
