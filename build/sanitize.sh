#!/usr/bin/env bash
# sanitize.sh TREE MODULES: the tests of t/*.t with a tree that is made to be watched. Fails, and
# shows every report, if there is one of any process, whatever the tests themselves say.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/common.sh

eval "$(build/env.sh "$1" "$2")"
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
# The workers of a server that root starts are another user's.
chmod 1777 "$reports"
# Behind commas, because Test::Nginx puts the test's name into log_path, and reads up to the next.
export ASAN_OPTIONS=log_path=$reports/report,detect_leaks=1,handle_abort=1,handle_sigill=1
export LSAN_OPTIONS=suppressions=$PWD/build/leaks.supp,print_suppressions=0
failed=0
prove t/*.t || failed=1
for report in "$reports"/*; do
    [ -f "$report" ] || continue
    note "== ${report##*/}"
    cat "$report" >&2
    failed=1
done
exit $failed
