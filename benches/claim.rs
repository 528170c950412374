//! What a request costs that asks who its client is and whether it lies.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, BatchSize, Criterion};
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Facts};
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::Syn;

const SYN: &[u8] = include_bytes!("../fuzz/corpus/syn/v4-linux");
/// Real ones, in the second column.
const AGENTS: &str = include_str!("../src/claim/tests/agents.txt");

fn claim(c: &mut Criterion) {
    let agents = AGENTS.lines().filter_map(|line| line.split_once('\t'));
    let claims: Vec<_> = agents
        .map(|(_, agent)| Claim { platform: None, user_agent: Some(agent.as_bytes()) })
        .collect();
    let mut group = c.benchmark_group("claim");
    let mut next = claims.iter().cycle();
    group.bench_function("family", |b| {
        b.iter(|| black_box(next.next()).expect("claims").family());
    });

    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database");
    let mut new = Connection::of_syn(Syn::parse(SYN).expect("a SYN"));
    new.database = Some(&database);
    let matched = new.clone();
    matched.identity();
    let judged = matched.clone();
    judged.verdict();
    let fields =
        [b"family" as &[u8], b"os_mismatch"].map(|name| field::find(name).expect("a field"));
    for (name, connection) in [
        ("family and mismatch, of a SYN", &new),
        ("family and mismatch, of a SYN that was matched", &matched),
        ("family and mismatch, of the next request", &judged),
    ] {
        group.bench_function(name, |b| {
            let setup = || (connection.clone(), *next.next().expect("claims"));
            let judge = |(connection, claim): &mut (Connection<'_>, Claim<'_>)| {
                let facts = Facts { claim: Some(*claim), ..Facts::from(&*connection) };
                fields.map(|field| field.read(&facts).is_some())
            };
            b.iter_batched_ref(setup, judge, BatchSize::SmallInput);
        });
    }
    group.finish();
}

criterion_group!(benches, claim);
criterion_main!(benches);
