#!/usr/bin/env bash
# dist.sh: what a release consists of, from what is committed, into objs/dist: the sources, the crate,
# the list of all that the modules and the command are made of (CycloneDX), and their checksums. The
# same commit gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

readonly FOLDER=$PWD/objs/dist
VERSION=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
readonly NAME=ngx-tcpfp-$VERSION

[ -z "$(git status --porcelain)" ] || die "only what is committed comes into a release"
rm -rf "$FOLDER"
mkdir -p "$FOLDER"
git archive --format=tar --prefix="$NAME/" HEAD | gzip -9n >"$FOLDER/$NAME.tar.gz"

# Cargo builds the crate from what is in it: anew, the files in a crate are all of one age.
cargo clean --quiet --package ngx-tcpfp --target-dir target/package
cargo package --quiet --locked --target-dir target/package
cp "target/package/package/$NAME.crate" "$FOLDER"

tar -xzf "$FOLDER/$NAME.tar.gz" -C "$FOLDER"
(
    cd "$FOLDER/$NAME"
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) PATH=$OLDPWD/objs/cyclonedx/bin:$PATH \
        cargo cyclonedx --quiet --format json --features http,stream --override-filename "$NAME.cdx"
    # It names the folder.
    sed "s|file://$PWD#|file://.#|g" "$NAME.cdx.json" >"$FOLDER/$NAME.cdx.json"
)
rm -r "${FOLDER:?}/$NAME"
cd "$FOLDER"
sha256sum "$NAME".* | tee SHA256SUMS
