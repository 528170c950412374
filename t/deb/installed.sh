# For build/deb-test.sh: all three packages are installed, beside Debian's own configuration.
set -euo pipefail

# says PATTERN COMMAND...
says() {
    local answer
    answer=$("${@:2}" 2>&1)
    echo "== ${*:2}: ${answer%%$'\n'*}"
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
says '^ttl=64 family=Linux$' bash -c 'cat </dev/tcp/127.0.0.1/8091'
curl -s -o /dev/null http://127.0.0.1:8081/
says '"ttl":64,' cut -c -300 /var/log/nginx/access-json.log
nginx -s stop
rm /etc/nginx/conf.d/{ttl,json_log}.conf /etc/nginx/modules-enabled/90-stream.conf

says '^tcpfp [0-9.]+$' tcpfp --version
# Of Linux, over loopback.
syn=4500003c4e9840004006ee217f0000017f000001cb8a6f2d0df157bd00000000
syn+=a002ffd7fe3000000204ffd70402080a4054a37d000000000103030a
says '"family":"Linux"' tcpfp classify <(echo "$syn")
says '--p0f-exact' bash -c 'man tcpfp-classify | cat'
for page in tcpfp tcpfp-classify tcpfp-check; do man --where "$page"; done
says '^classify$' bash -c '
    . /usr/share/bash-completion/completions/tcpfp
    COMP_WORDS=(tcpfp cl) COMP_CWORD=1
    _tcpfp tcpfp cl tcpfp
    echo "${COMPREPLY[@]}"'
says '--tunnels' fish -c 'complete -C "tcpfp classify --tun"'
zsh -n /usr/share/zsh/vendor-completions/_tcpfp
