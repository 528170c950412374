#!/usr/bin/env bash
# fuzz.sh SECONDS: each fuzz target for so long, on stable Rust: cargo-fuzz wants a nightly one, and
# does no more than these flags. What is found goes to fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/../fuzz"

host=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
cargo build --release --features libfuzzer --target "$host"

for target in fuzz_targets/*.rs; do
    name=$(basename "$target" .rs)
    mkdir -p "artifacts/$name" "target/corpus/$name"
    seeds=(target/corpus/"$name")
    if [ -d "corpus/$name" ]; then
        seeds+=(corpus/"$name")
    fi
    echo "== $name"
    "target/$host/release/$name" -max_total_time="$1" -timeout=10 -print_final_stats=1 \
        -artifact_prefix="artifacts/$name/" "${seeds[@]}" 2>&1 | tail -n 12
done
