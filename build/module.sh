#!/usr/bin/env bash
# module.sh TREE FEATURES FILE: builds the module of one cargo feature, http or stream, and further
# features behind a comma, for an nginx tree that nginx.sh has prepared.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly TREE=$1 FEATURES=$2 FILE=$3
readonly TARGET=target/$TREE

. "objs/$TREE/nginx.env"
export NGINX_SOURCE_DIR NGINX_BUILD_DIR

# Both modules are libngx_tcpfp.so to cargo, which would take the one for the other: it must find
# none, and nobody else may build until this one is copied.
mkdir -p "$TARGET" "$(dirname "$FILE")"
exec 9>"$TARGET/module.lock"
flock 9
rm -f "$TARGET/release/libngx_tcpfp.so" "$TARGET/release/deps/libngx_tcpfp.so"
cargo rustc --release --lib --crate-type cdylib --no-default-features \
    --features "$FEATURES,export-modules" --target-dir "$TARGET"
# A running nginx may have the old file mapped: it is replaced, never written to.
cp "$TARGET/release/libngx_tcpfp.so" "$FILE.new"
mv "$FILE.new" "$FILE"
