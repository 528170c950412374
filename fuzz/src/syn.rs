//! Any bytes as a saved SYN.

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::syn::{flag, Syn, Tcp};

use crate::fields;

pub fn check(bytes: &[u8]) {
    let strict = Syn::parse_strict(bytes);
    match Syn::parse(bytes) {
        Ok(syn) => {
            check_fields(bytes, syn);
            check_truncations(bytes, syn);
        }
        Err(error) => assert_eq!(strict.err(), Some(error)),
    }
    if let Ok(syn) = strict {
        let flags = syn.tcp().and_then(|tcp| tcp.flags());
        assert_eq!(flags.map(|flags| flags & flag::HANDSHAKE), Some(flag::SYN));
    }
}

/// A SYN's fields, and what they must be to each other.
fn check_fields(bytes: &[u8], syn: Syn<'_>) {
    assert!(bytes.starts_with(syn.bytes()));
    let values = fields::check(Connection::of_syn(syn), &[]);
    assert_eq!(values["syn"], hex::encode(syn.bytes()));

    let kinds = values.get("options").map_or(0, |kinds| kinds.split(',').count());
    assert!(kinds <= 40, "{kinds} options");
    if let Some(tcp) = syn.tcp() {
        assert!(tcp.header_len() <= 60);
        assert!(tcp.options().iter().count() <= 40);
    }
    for (name, separators) in [("muonfp", 3), ("p0f", 7)] {
        let text = values.get(name).map(String::as_str);
        assert!(text.is_none_or(|text| text.matches(':').count() == separators), "{text:?}");
    }
    assert!(values.get("ip_fp").is_none_or(|text| text.len() == 16));

    // Without the payload it is still the same SYN.
    let again = Syn::parse(syn.bytes()).expect("it was one");
    assert_eq!(fields::check(Connection::of_syn(again), &[]), values);
}

/// What a truncated SYN still has is what the whole one has in its place.
fn check_truncations(bytes: &[u8], syn: Syn<'_>) {
    for len in 0..bytes.len() {
        let Ok(short) = Syn::parse(&bytes[..len]) else { continue };
        assert_eq!(short.ip().ttl(), syn.ip().ttl());
        assert_eq!(short.ip().source(), syn.ip().source());
        assert!(syn.ip().options().starts_with(short.ip().options()));
        let Some(short) = short.tcp() else { continue };
        let whole = syn.tcp().expect("more bytes give more");
        let numbers = |tcp: &Tcp<'_>| {
            [tcp.source_port(), tcp.destination_port(), tcp.flags(), tcp.window(), tcp.checksum()]
        };
        for (short, whole) in numbers(short).into_iter().zip(numbers(whole)) {
            assert!(short.is_none() || short == whole);
        }
        assert!(whole.options().bytes.starts_with(short.options().bytes));
    }
}
