//! What a request costs that asks who its client is and whether it lies.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, Criterion};
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Source};
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
    let mut connection = Connection::of_syn(Syn::parse(SYN).expect("a SYN"));
    connection.database = Some(&database);
    // Kept with the connection: what each of its requests finds.
    connection.identity();
    let read = |connection: &Connection<'_>, claim, name: &str| {
        let field = field::find(name.as_bytes()).expect("a field");
        let source = Source { claim: Some(claim), ..connection.into() };
        field.read(source, |_| None).is_some()
    };
    group.bench_function("mismatch, of a request", |b| {
        b.iter(|| read(black_box(&connection), *next.next().expect("claims"), "os_mismatch"));
    });
    group.finish();
}

criterion_group!(benches, claim);
criterion_main!(benches);
