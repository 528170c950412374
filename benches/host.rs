//! Taking a connection into its host's record, and that record in a table of 64 MB.
//!
//! `P0F_FP=/etc/p0f/p0f.fp` names p0f's own database; without it the built-in one is used.

use std::hint::black_box;
use std::net::IpAddr;
use std::panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe};
use std::time::{Duration, Instant};
use std::{env, fs};

use criterion::{criterion_group, criterion_main, Criterion};
use ngx_tcpfp::connection::Identity;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::host::{Record, Seen, Table};
use ngx_tcpfp::signature::p0f::{Observed, Rules};
use ngx_tcpfp::syn::Syn;
use zerocopy::IntoBytes;

/// Real SYNs, in the last column.
const RECORDED: &str = include_str!("../t/data/captures/stacks.tsv");

/// A database, and real SYNs in its terms.
fn read() -> (Database, Vec<Observed>) {
    let text = env::var("P0F_FP").ok().and_then(|path| fs::read(path).ok());
    let text = text.unwrap_or_else(|| Database::builtin().to_vec());
    let database = Database::read([("bench", &text[..])], Rules::Corrected);
    let database = database.expect("a sound database");
    let hex = RECORDED.lines().filter_map(|line| line.rsplit('\t').next());
    let packets = hex.filter_map(|hex| hex::decode(hex).ok());
    let all = packets
        .filter_map(|packet| Observed::of(&Syn::parse(&packet).ok()?, Rules::Corrected))
        .collect();
    (database, all)
}

/// Connections with these SYNs, as a database sees them.
fn connections<'d>(all: &[Observed], database: &'d Database) -> Vec<Seen<'d>> {
    let seen = |&observed: &Observed| Seen {
        time: Duration::ZERO,
        identity: Some(Identity::of(observed, Some(database))),
    };
    all.iter().map(seen).collect()
}

fn see(c: &mut Criterion) {
    let (database, all) = read();
    let mut group = c.benchmark_group("see");
    // One machine, and as many as there are stacks, which share and change all the time.
    for (name, all) in [("one", &all[..1]), ("many", &all[..])] {
        let mut stacks = connections(all, &database);
        let (mut record, mut at) = (Record::default(), 0);
        let mut time = Duration::from_secs(1_500_000_000);
        group.bench_function(name, |b| {
            b.iter(|| {
                time += Duration::from_millis(700);
                at = (at + 1) % stacks.len();
                stacks[at].time = time;
                record.see(&stacks[at], Some(&database));
            });
        });
    }
    group.finish();
}

/// Words of memory: 64 MB.
const MEMORY: usize = 8 << 20;
/// Clients that a table of it was made by: more than it has room for.
const CLIENTS: u32 = 1_000_000;

fn table(c: &mut Criterion) {
    let (database, all) = read();
    let stacks = connections(&all, &database);
    let mut now = 1_500_000_000_u32;
    let mut memory = vec![0_u64; MEMORY];
    Table::format(memory.as_mut_bytes(), 64, [1, 2]).expect("room");
    let mut visit = |memory: &mut [u64], who: u32| {
        now += 1;
        let mut seen = stacks[who as usize % stacks.len()];
        seen.time = Duration::from_secs(now.into());
        let mut table = Table::open(memory.as_mut_bytes()).expect("a table");
        table.see(address(who), 0, |record| record.see(&seen, Some(&database)))
    };
    for who in 0..CLIENTS {
        visit(&mut memory, who);
    }
    let capacity = Table::open(memory.as_mut_bytes()).expect("a table").capacity() as u32;
    // All numbers below, one after the other and far from it: a prime step.
    let (mut at, step) = (0, 100_003);

    let mut group = c.benchmark_group("table");
    group.bench_function("see, the same client", |b| b.iter(|| visit(&mut memory, CLIENTS - 1)));
    group.bench_function("see, any of those that are known", |b| {
        b.iter(|| {
            at = (at + step) % capacity;
            visit(&mut memory, CLIENTS - 1 - at)
        });
    });
    group.bench_function("find", |b| {
        b.iter(|| {
            at = (at + step) % capacity;
            let table = Table::open(memory.as_mut_bytes()).expect("a table");
            table.find(address(CLIENTS - 1 - at), 0)
        });
    });
    let mut new = CLIENTS;
    group.bench_function("see, a new client in place of the oldest", |b| {
        b.iter(|| {
            new += 1;
            visit(&mut memory, new)
        });
    });
    set_hook(Box::new(|_| ()));
    group.sample_size(10);
    group.bench_function("repair", |b| {
        b.iter_custom(|times| {
            let once = |_| {
                die(&mut memory, address(new));
                let start = Instant::now();
                black_box(Table::open(memory.as_mut_bytes()).expect("a table").clients());
                start.elapsed()
            };
            (0..times).map(once).sum()
        });
    });
    group.finish();
    let _ = take_hook();
}

/// Leaves a change half done.
fn die(memory: &mut [u64], address: IpAddr) {
    let died = catch_unwind(AssertUnwindSafe(|| {
        let mut table = Table::open(memory.as_mut_bytes()).expect("a table");
        table.see(address, 0, |_| panic!("as if killed"));
    }));
    assert!(died.is_err());
}

fn address(who: u32) -> IpAddr {
    who.to_be_bytes().into()
}

criterion_group!(benches, see, table);
criterion_main!(benches);
