#!/usr/bin/env bash
# deb.sh: builds the Debian packages in a copy of what is here, for the nginx of this machine, into
# objs/deb. What building needs was looked for by deps.sh: Rust may be none of Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly FOLDER=$PWD/objs/deb

rm -rf "$FOLDER"
mkdir -p "$FOLDER/ngx-tcpfp"
tar -c --exclude=./objs --exclude=./target --exclude=./fuzz/target --exclude=./.git . | tar -xC "$FOLDER/ngx-tcpfp"
(cd "$FOLDER/ngx-tcpfp" && dpkg-buildpackage --build=binary --no-check-builddeps --no-sign) \
    >"$FOLDER/build.log" 2>&1 || die "the packages do not build: see $FOLDER/build.log"
rm -rf "$FOLDER/ngx-tcpfp"
lintian --fail-on error "$FOLDER"/*.changes
ls -l "$FOLDER"/*.deb
