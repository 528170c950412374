//! Reading a ClientHello, and writing JA4.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, Criterion};
use ngx_tcpfp::client_hello::{ClientHello, Room, Transport};
use ngx_tcpfp::signature::{Ja4, Order, Shape};
use ngx_tcpfp::text::Text;

/// What a client sent, without the header of its record.
macro_rules! recorded {
    ($name:literal) => {
        include_bytes!(concat!("../fuzz/corpus/client_hello/", $name)).split_at(5).1
    };
}

fn ja4(c: &mut Criterion) {
    let mut text = String::with_capacity(8192);
    for (name, message) in
        [("Chromium", recorded!("chromium")), ("curl", recorded!("curl-openssl"))]
    {
        let mut group = c.benchmark_group(format!("hello of {name}"));
        let mut room = Room::default();
        group.bench_function("read", |b| {
            b.iter(|| {
                let mut bytes = black_box(message).iter().copied();
                ClientHello::read(&mut bytes, Transport::Tcp, &mut Room::default())
                    .map(|hello| hello.version())
            });
        });
        let hello = ClientHello::read(&mut message.iter().copied(), Transport::Tcp, &mut room)
            .expect("a hello");
        for (name, shape) in [("JA4", Shape::Hashed), ("JA4_r", Shape::Raw)] {
            group.bench_function(name, |b| {
                b.iter(|| {
                    text.clear();
                    Ja4 { hello: black_box(hello), shape, order: Order::Sorted }
                        .write_to(&mut text);
                    text.len()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, ja4);
criterion_main!(benches);
