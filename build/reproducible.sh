#!/usr/bin/env bash
# reproducible.sh ARGUMENT...: cargo, whose output then tells nothing of the folders here: it is the
# same wherever it is built.
set -euo pipefail
cd "$(dirname "$0")/.."

# Between these, a flag may have spaces.
readonly SEPARATOR=$'\x1f'
flags=${RUSTFLAGS-}
flags=${CARGO_ENCODED_RUSTFLAGS-${flags// /$SEPARATOR}}
remap() {
    flags+=${flags:+$SEPARATOR}--remap-path-prefix=$1
}
remap "$PWD=ngx-tcpfp"
remap "${CARGO_HOME:-$HOME/.cargo}=cargo"
[ -z "${CARGO_TARGET_DIR-}" ] || remap "$(realpath -m "$CARGO_TARGET_DIR")=target"
export CARGO_ENCODED_RUSTFLAGS=$flags
exec cargo "$@"
