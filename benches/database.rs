//! Loading databases, matching SYNs against them, and judging their family.
//!
//! `P0F_FP=/etc/p0f/p0f.fp` names p0f's own database; without it the built-in one is used.

use std::fmt::Write;
use std::{env, fs};

use criterion::{criterion_group, criterion_main, BatchSize, Criterion};
use ngx_tcpfp::database::Database;
use ngx_tcpfp::family::Verdict;
use ngx_tcpfp::signature::p0f::{Observed, Rules};
use ngx_tcpfp::syn::Syn;

/// Real SYNs, in the last column.
const RECORDED: &str = include_str!("../t/data/captures/stacks.tsv");

fn recorded() -> Vec<Observed> {
    let hex = RECORDED.lines().filter_map(|line| line.rsplit('\t').next());
    let packets = hex.filter_map(|hex| hex::decode(hex).ok());
    packets
        .filter_map(|packet| Observed::of(&Syn::parse(&packet).ok()?, Rules::Corrected))
        .collect()
}

fn load(text: &str) -> Database {
    Database::read([("bench", text.as_bytes())], Rules::Corrected).expect("a sound database")
}

/// p0f's database or ours, and the same behind 100,000 signatures of the kind that users collect:
/// few layouts and quirks, many windows, sizes and scales.
fn small_and_large() -> (String, String) {
    let small = env::var("P0F_FP").ok().and_then(|path| fs::read_to_string(path).ok());
    let small = small.unwrap_or_else(|| String::from_utf8_lossy(Database::builtin()).into_owned());
    let mut large = "classes = unix\n[tcp:request]\n".to_owned();
    for number in 0..100_000_u32 {
        let layout =
            ["mss,sok,ts,nop,ws", "mss,nop,ws,nop,nop,sok", "mss,nop,ws,nop,nop,ts,sok,eol+1"]
                [number as usize % 3];
        let (ttl, window, scale) =
            ([64, 128, 255][number as usize % 7 % 3], 1024 + number % 60_000, number % 15);
        let mss = 536 + number % 900;
        if number % 100 == 0 {
            let _ = writeln!(large, "label = s:unix:System:{number}");
        }
        let _ = writeln!(large, "sig = 4:{ttl}:0:{mss}:{window},{scale}:{layout}:df,id+:0");
    }
    large += &small;
    (small, large)
}

fn databases(c: &mut Criterion) {
    let seen = recorded();
    let (small, large) = small_and_large();
    let mut group = c.benchmark_group("find");
    for (name, text) in [("small", &small), ("100000", &large)] {
        let database = load(text);
        let mut next = seen.iter().cycle();
        group.bench_function(name, |b| {
            b.iter_batched(
                || next.next().expect("recorded SYNs"),
                |seen| database.find(seen),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
    let mut next = seen.iter().cycle();
    c.bench_function("family", |b| {
        b.iter_batched(
            || next.next().expect("recorded SYNs"),
            |seen| Verdict::of(seen, None),
            BatchSize::SmallInput,
        );
    });
    let mut group = c.benchmark_group("read");
    group.sample_size(10);
    group.bench_function("small", |b| b.iter(|| load(&small)));
    group.bench_function("100000", |b| b.iter(|| load(&large)));
    group.finish();
}

criterion_group!(benches, databases);
criterion_main!(benches);
