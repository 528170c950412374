//! The test vectors of docs/fingerprints, read out of the pages themselves.

use std::cell::RefCell;
use std::time::Duration;

use super::p0f::{Observed, Rules};
use super::*;
use crate::client_hello::{ClientHello, Records, Room, Transport};
use crate::http2::{Opening, Session};
use crate::syn::Syn;

/// Where a page's SYNs come from: recordings, and SYNs that p0f and HAProxy were asked about.
const SOURCES: [&str; 9] = [
    include_str!("../../../t/data/captures/firmware.tsv"),
    include_str!("../../../t/data/captures/kernels.tsv"),
    include_str!("../../../t/data/captures/linux-6.18.tsv"),
    include_str!("../../../t/data/captures/stacks.tsv"),
    include_str!("../../../t/data/captures/synproxy.tsv"),
    include_str!("../../../t/data/captures/tools.tsv"),
    include_str!("../../../t/data/captures/tunnels.tsv"),
    include_str!("../p0f/tests/p0f.txt"),
    include_str!("haproxy.txt"),
];

/// Holds every vector of a page against the code. A block is fenced by "```vectors" and `how` its
/// fingerprints were made; a vector is what sent the SYN, the SYN, and its fingerprint.
fn check(page: &str, how: &str, at_least: usize, fingerprint: impl Fn(&Syn<'_>) -> String) {
    let fence = format!("\n```vectors{how}\n");
    let mut checked = 0;
    for (block, _) in page.split(&fence).skip(1).map(|rest| rest.split_once("\n```\n").unwrap()) {
        for vector in block.split("\n\n") {
            let lines: Vec<_> = vector.lines().collect();
            let [origin, syn, expected] = lines[..] else { panic!("three lines: {vector}") };
            let row = match origin {
                "generated" => format!("\n{syn} "),
                recorded => format!("\t{recorded}\t{syn}\n"),
            };
            assert!(SOURCES.iter().any(|source| source.contains(&row)), "no source: {vector}");
            let bytes = hex::decode(syn).unwrap();
            assert_eq!(fingerprint(&Syn::parse(&bytes).unwrap()), expected, "{vector}");
            checked += 1;
        }
    }
    assert!(checked >= at_least, "{checked} vectors{how}");
}

#[test]
fn p0f() {
    let page = include_str!("../../../docs/fingerprints/p0f.md");
    let by = |rules| move |syn: &Syn<'_>| Observed::of(syn, rules).unwrap().to_string();
    check(page, "", 21, by(Rules::Corrected));
    check(page, " --p0f-exact", 2, by(Rules::AsP0f));
}

#[test]
fn muonfp() {
    let page = include_str!("../../../docs/fingerprints/muonfp.md");
    check(page, "", 11, |syn| MuonFp::of(syn).unwrap().to_string());
}

#[test]
fn ip_fp() {
    let page = include_str!("../../../docs/fingerprints/ip_fp.md");
    check(page, "", 15, |syn| IpFp::of(syn, 0).unwrap().to_string());
}

#[test]
fn ja4() {
    let page = include_str!("../../../docs/fingerprints/ja4.md");
    let recorded = include_str!("../../../t/data/client_hellos.tsv");
    let vectors = page.split_once("\n```vectors\n").unwrap().1.split_once("\n```\n").unwrap().0;
    let mut checked = 0;
    for vector in vectors.split("\n\n") {
        let lines: Vec<_> = vector.lines().collect();
        let [origin, hello, expected @ ..] = &lines[..] else { panic!("lines: {vector}") };
        let row = recorded.lines().find(|row| row.split('\t').next() == Some(origin)).unwrap();
        assert!(row.ends_with(hello), "no source: {vector}");
        let mut room = Room::default();
        let message = hex::decode(hello).unwrap();
        let hello = ClientHello::read(&mut message.into_iter(), Transport::Tcp, &mut room).unwrap();
        let forms = [Order::Sorted, Order::Original].into_iter().flat_map(|order| {
            [Shape::Hashed, Shape::Raw].map(|shape| Ja4 { hello, shape, order }.to_string())
        });
        assert_eq!(forms.collect::<Vec<_>>(), expected, "{vector}");
        checked += 1;
    }
    assert!(checked >= 6, "{checked} vectors");
}

#[test]
fn h2() {
    let page = include_str!("../../../docs/fingerprints/h2.md");
    let recorded = include_str!("../../../t/data/http2_openings.tsv");
    let vectors = page.split_once("\n```vectors\n").unwrap().1.split_once("\n```\n").unwrap().0;
    let mut checked = 0;
    for vector in vectors.split("\n\n") {
        let lines: Vec<_> = vector.lines().collect();
        let [origin, bytes, expected] = lines[..] else { panic!("three lines: {vector}") };
        assert!(
            recorded.contains(&format!("\n{origin}\t{expected}\t{bytes}\n")),
            "no source: {vector}"
        );
        let mut opening = Opening::default();
        opening.take(&hex::decode(bytes).unwrap());
        assert!(opening.is_whole());
        assert_eq!(opening.to_string(), expected, "{vector}");
        checked += 1;
    }
    assert!(checked >= 6, "{checked} vectors");
}

/// The last column of a recording of this name.
fn recorded(table: &str, name: &str) -> Option<Vec<u8>> {
    let row = table.lines().find(|row| row.split('\t').next() == Some(name))?;
    Some(hex::decode(row.rsplit('\t').next()?).unwrap())
}

#[test]
fn stack() {
    let page = include_str!("../../../docs/fingerprints/stack.md");
    let hellos = include_str!("../../../t/data/client_hellos.tsv");
    let openings = include_str!("../../../t/data/http2_openings.tsv");
    let vectors = page.split_once("\n```vectors\n").unwrap().1.split_once("\n```\n").unwrap().0;
    let mut checked = 0;
    for vector in vectors.split("\n\n") {
        let lines: Vec<_> = vector.lines().collect();
        let [origin, syn, hello, opening, expected] = lines[..] else { panic!("lines: {vector}") };
        let row = format!("\t{origin}\t{syn}\n");
        assert!(SOURCES.iter().any(|source| source.contains(&row)), "no source: {vector}");
        let syn = hex::decode(syn).unwrap();
        let observed = Observed::of(&Syn::parse(&syn).unwrap(), Rules::Corrected);
        let mut room = Room::default();
        let hello = recorded(hellos, hello).map(|sent| {
            ClientHello::read(&mut Records::new(&sent), Transport::Tcp, &mut room).unwrap()
        });
        let session = recorded(openings, opening).map(|sent| {
            let mut session = Session::new(false);
            session.received(&sent, || Duration::ZERO);
            RefCell::new(session)
        });
        let stack = Stack { observed: observed.as_ref(), hello, http2: session.as_ref() };
        assert_eq!(stack.to_string(), expected, "{vector}");
        checked += 1;
    }
    assert!(checked >= 6, "{checked} vectors");
}

#[cfg(feature = "ja4t")]
#[test]
fn ja4t() {
    let page = include_str!("../../../docs/fingerprints/ja4t.md");
    check(page, "", 8, |syn| Ja4t::of(syn).unwrap().to_string());
}
