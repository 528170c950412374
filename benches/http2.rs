//! Reading how a client opens HTTP/2, and writing it.

use std::hint::black_box;
use std::time::Duration;

use criterion::{criterion_group, criterion_main, Criterion};
use ngx_tcpfp::http2::Session;
use ngx_tcpfp::text::Text;

/// What a client sent.
macro_rules! recorded {
    ($name:literal) => {
        include_bytes!(concat!("../fuzz/corpus/http2/", $name))
    };
}

fn opening(c: &mut Criterion) {
    let mut text = String::with_capacity(1024);
    for (name, bytes) in
        [("Chromium", &recorded!("chromium")[..]), ("curl", &recorded!("curl-openssl")[..])]
    {
        let mut group = c.benchmark_group(format!("HTTP/2 of {name}"));
        let read = || {
            let mut session = Session::new(false);
            session.received(black_box(bytes), || Duration::ZERO);
            session
        };
        group.bench_function("read", |b| b.iter(read));
        let session = read();
        let opening = session.opening().expect("an opening");
        group.bench_function("write", |b| {
            b.iter(|| {
                text.clear();
                black_box(opening).write_to(&mut text);
                text.len()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, opening);
criterion_main!(benches);
