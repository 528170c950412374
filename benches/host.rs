//! Taking a connection into its host's record.
//!
//! `P0F_FP=/etc/p0f/p0f.fp` names p0f's own database; without it the built-in one is used.

use std::time::Duration;
use std::{env, fs};

use criterion::{criterion_group, criterion_main, Criterion};
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::host::{Record, Seen};
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::Syn;

/// Real SYNs, in the last column.
const RECORDED: &str = include_str!("../t/data/captures/stacks.tsv");

fn seen(packet: &[u8], database: &Database) -> Option<Seen> {
    let mut connection = Connection::of_syn(Syn::parse(packet).ok()?);
    connection.database = Some(database);
    Some(Seen::of(&connection, Duration::ZERO))
}

fn see(c: &mut Criterion) {
    let text = env::var("P0F_FP").ok().and_then(|path| fs::read(path).ok());
    let text = text.unwrap_or_else(|| Database::builtin().to_vec());
    let database = Database::read([("bench", &text[..])], Rules::Corrected);
    let database = database.expect("a sound database");
    let hex = RECORDED.lines().filter_map(|line| line.rsplit('\t').next());
    let packets = hex.filter_map(|hex| hex::decode(hex).ok());
    let all: Vec<_> = packets.filter_map(|packet| seen(&packet, &database)).collect();

    let mut group = c.benchmark_group("see");
    // One machine, and as many as there are stacks, which share and change all the time.
    for (name, mut stacks) in [("one", all[..1].to_vec()), ("many", all)] {
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

criterion_group!(benches, see);
criterion_main!(benches);
