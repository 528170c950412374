#!/usr/bin/env bash
# module.sh TREE FEATURES FILE: makes the module of the cargo feature http or stream, and further
# features behind a comma, for an nginx tree that nginx.sh has prepared.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly TREE=$1 FEATURES=$2 FILE=$3
readonly RELEASE=target/$TREE/release

# Both modules are libngx_tcpfp.so to cargo: nobody else may build until this one is copied.
mkdir -p "$RELEASE" "$(dirname "$FILE")"
exec 9>"target/$TREE/module.lock"
flock 9
flags=()
if [ "$TREE" = sanitize ]; then
    # Every read and write of our own is watched like nginx's, not those of the standard library and
    # of other crates. Any stable Rust can do that, but says so only when asked in this way.
    export RUSTC_BOOTSTRAP=1
    export CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true
    flags=(-Zsanitizer=address -Cforce-frame-pointers)
fi
build/cargo.sh "$TREE" rustc --release --locked --lib --crate-type cdylib \
    --no-default-features --features "$FEATURES,export-modules" -- "${flags[@]}"
# A running nginx may have the old file mapped: it is replaced, never written to.
cp "$RELEASE/libngx_tcpfp.so" "$FILE.new"
mv "$FILE.new" "$FILE"
