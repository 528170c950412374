#!/usr/bin/env bash
# suite.sh TREE MODULES: every test that needs an nginx, with the nginx of a tree.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

eval "$(build/env.sh "$1" "$2")"
note "== $("$TEST_NGINX_BINARY" -v 2>&1)"
failed=0
prove t/*.t || failed=1
LAB=quick python3 -m unittest discover -t . -s t || failed=1
exit $failed
