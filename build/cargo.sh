#!/usr/bin/env bash
# cargo.sh TREE ARGUMENT...: cargo with the nginx of a tree that nginx.sh has prepared. Each tree
# has a target folder of its own, or cargo would bind to nginx anew at each change between two.
set -euo pipefail
cd "$(dirname "$0")/.."

. "objs/$1/nginx.env"
export NGINX_SOURCE_DIR NGINX_BUILD_DIR CARGO_TARGET_DIR=target/$1
printf -v BINDGEN_EXTRA_CLANG_ARGS '%s -include %q' "${BINDGEN_EXTRA_CLANG_ARGS-}" "$PWD/build/bindings.h"
export BINDGEN_EXTRA_CLANG_ARGS
exec build/reproducible.sh "${@:2}"
