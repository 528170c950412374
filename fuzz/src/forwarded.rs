//! Any bytes as what a proxy hands on: a SYN, a round trip.

use std::net::SocketAddr;

use ngx_tcpfp::connection::{Connection, SynStatus};
use ngx_tcpfp::forwarded::{self, ProxyHeader, Refused, LONGEST};
use ngx_tcpfp::syn::Syn;

use crate::fields;

pub fn check(bytes: &[u8]) {
    // As it is, and as the hex of it.
    let digits = hex::encode(bytes);
    let (mut raw, mut decoded) = (vec![0; bytes.len()], vec![0; bytes.len()]);
    let raw = forwarded::syn(bytes, |len| raw.get_mut(..len));
    let decoded = forwarded::syn(digits.as_bytes(), |len| decoded.get_mut(..len));
    match (raw, decoded) {
        (Ok(None), Ok(None)) => assert!(bytes.is_empty()),
        (Ok(Some(syn)), Ok(Some(same))) => {
            assert_eq!((syn.bytes(), same.bytes()), (bytes, bytes));
            check_syn(syn);
        }
        // Digits that are hex themselves.
        (Ok(Some(syn)), Err(_)) => {
            assert!(bytes[0].is_ascii_digit());
            check_syn(syn);
        }
        (Err(reason), Err(_)) => assert!(reason != Refused::NoMemory && !reason.to_string().is_empty()),
        (raw, decoded) => panic!("{raw:?} as bytes, {decoded:?} in hex"),
    }
    if let Some(micros) = forwarded::rtt(bytes) {
        assert!((1..=u64::from(u32::MAX)).contains(&micros));
    }
    check_header(bytes);
}

/// What is taken is a SYN, and a connection with it has all of its fields.
fn check_syn(syn: Syn<'_>) {
    assert!(syn.bytes().len() <= LONGEST);
    assert!(Syn::parse_strict(syn.bytes()).is_ok());
    let port = syn.tcp().and_then(|tcp| tcp.source_port()).expect("a whole TCP header");
    assert!(forwarded::is_from(&syn, SocketAddr::new(syn.ip().source(), port)));
    let hop = Connection::unknown(SynStatus::Missing);
    let values = fields::check(hop.with_forwarded(Ok(syn)), &[]);
    assert_eq!(values["syn_status"], "forwarded");
    assert_eq!(values["syn"], hex::encode(syn.bytes()));
}

/// A header says its length, and fits what it asks for.
fn check_header(syn: &[u8]) {
    let addresses = Some((SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([0; 16], 2))));
    for addresses in [None, addresses] {
        let header = ProxyHeader { addresses, syn, rtt: Some(u64::MAX) };
        let mut memory = vec![0; header.room()];
        match header.write(&mut memory) {
            Some(written) => {
                let said = u16::from_be_bytes([written[14], written[15]]);
                assert_eq!(written.len(), 16 + usize::from(said));
            }
            None => assert!(header.room() > usize::from(u16::MAX)),
        }
    }
}
