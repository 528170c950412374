//! Reading a SYN and struct tcp_info, and writing the fields.

use std::hint::black_box;
use std::time::Duration;

use criterion::{criterion_group, criterion_main, Criterion};
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field;
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::Syn;
use ngx_tcpfp::tcp_info::{member, TcpInfo};

/// What a kernel saved, by the name of its file.
macro_rules! captured {
    ($folder:literal / $name:literal) => {
        include_bytes!(concat!("../fuzz/corpus/", $folder, "/", $name))
    };
}

const V4: &[u8] = captured!("syn" / "v4-linux");
const INFO: &[u8] = captured!("tcp_info" / "v4-linux");

fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    for (name, bytes) in [
        ("IPv4", V4),
        ("IPv6", captured!("syn" / "v6-linux")),
        ("IPv6 with four extension headers", captured!("syn" / "raw-every-extension")),
        ("an option past the end", captured!("syn" / "raw-length-past-end")),
        ("forty options", captured!("syn" / "raw-only-nop")),
    ] {
        group.bench_function(name, |b| b.iter(|| Syn::parse(black_box(bytes))));
    }
    group.finish();
}

fn tcp_info(c: &mut Criterion) {
    let info = TcpInfo::new(INFO);
    let mut group = c.benchmark_group("tcp_info");
    group.bench_function("one field", |b| b.iter(|| black_box(info).get(&member::rtt)));
    group.bench_function("handshake round trip", |b| {
        b.iter(|| black_box(info).handshake_rtt(false));
    });
    group.finish();
}

/// A field of a connection whose SYN was parsed and matched before, as text.
fn write(c: &mut Criterion) {
    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database");
    let mut connection = Connection::of_syn(Syn::parse(V4).expect("a SYN"));
    connection.info = Some(TcpInfo::new(INFO));
    connection.accept_time = Some(Duration::from_micros(1_795_231_438_000_010));
    connection.database = Some(&database);

    let mut group = c.benchmark_group("write");
    let mut text = String::with_capacity(8192);
    for name in [
        "syn_status",
        "ttl",
        "src_addr",
        "options",
        "syn",
        "rtt",
        "info_snd_wscale",
        "tcp_info",
        "accept_time",
        "p0f",
        "muonfp",
        "ip_fp",
        "json",
    ] {
        let field = field::find(name.as_bytes()).expect("a field");
        group.bench_function(name, |b| {
            b.iter(|| {
                text.clear();
                field.write(&black_box(&connection).into(), &mut text).expect("a value");
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parse, tcp_info, write);
criterion_main!(benches);
