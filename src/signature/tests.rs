mod pages;

use std::collections::BTreeMap;

use super::*;
use crate::signature::p0f::{Observed, Rules};
use crate::syn::Syn;

/// A SYN of IPv4 with this window and these options.
fn packet(window: u16, options: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 40];
    (packet[0], packet[8], packet[9], packet[33]) = (0x45, 64, 6, 2);
    packet[34..36].copy_from_slice(&window.to_be_bytes());
    packet.extend_from_slice(options);
    packet[32] = (((20 + options.len()) / 4) << 4) as u8;
    packet[3] = packet.len() as u8;
    packet
}

const LINUX: &[u8] = &[2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 8];
const WINDOWS: &[u8] = &[2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2];
const MACOS: &[u8] = &[2, 4, 5, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 4, 2, 0, 0];

#[test]
fn muonfp() {
    let cases: &[(u16, &[u8], &str)] = &[
        (26847, LINUX, "26847:2-4-8-1-3:1460:8"),
        (64240, WINDOWS, "64240:2-1-3-1-1-4:1460:8"),
        (65535, MACOS, "65535:2-1-3-1-1-8-4-0:1460:6"),
        (1024, &[], "1024:::"),
        (1024, &[3, 3, 0, 1], "1024:3-1::0"),
    ];
    for (window, options, expected) in cases {
        let packet = packet(*window, options);
        assert_eq!(MuonFp::of(&Syn::parse(&packet).unwrap()).unwrap().to_string(), *expected);
    }
}

/// Columns: a SYN, and HAProxy's answers in modes 0 to 7.
#[test]
fn ip_fp_equals_haproxys() {
    let vectors = include_str!("tests/haproxy.txt").lines().filter(|line| !line.starts_with('#'));
    let mut checked = 0;
    for vector in vectors {
        let mut columns = vector.split(' ');
        let bytes = hex::decode(columns.next().unwrap()).unwrap();
        let syn = Syn::parse(&bytes).unwrap();
        for (mode, expected) in columns.enumerate() {
            let fingerprint = IpFp::of(&syn, mode as u8).unwrap();
            assert_eq!(fingerprint.to_string(), expected, "mode {mode}: {vector}");
            checked += 1;
        }
    }
    assert!(checked >= 800, "{checked} fingerprints");
}

#[test]
fn a_truncated_syn_has_no_fingerprint() {
    let whole = packet(1024, LINUX);
    for len in 20..40 {
        let syn = Syn::parse(&whole[..len]).unwrap();
        assert_eq!(MuonFp::of(&syn).is_some(), len >= 36);
        assert_eq!(IpFp::of(&syn, 7).is_some(), len >= 36);
    }
}

#[cfg(feature = "ja4t")]
#[test]
fn ja4t() {
    let cases: &[(u16, &[u8], &str)] = &[
        (64240, WINDOWS, "64240_2-1-3-1-1-4_1460_8"),
        (65535, MACOS, "65535_2-1-3-1-1-8-4-0-0_1460_6"),
        (65535, &[], "65535_00_00_00"),
        (1024, &[2, 4, 5, 0xb4], "1024_2_1460_00"),
        (1024, &[2, 4, 0, 7, 3, 3, 0, 1], "1024_2-3-1_07_00"),
        (1024, &[2, 4, 5, 0xb4, 2, 4, 5, 0], "1024_2-2_1280_00"),
        // Rubbish behind end-of-list is no padding.
        (1024, &[2, 4, 5, 0xb4, 0, 0, 7, 0], "1024_2-0-0_1460_00"),
        // Zeroes of a timestamp are no end-of-list.
        (1, &[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0], "1_1-1-8_00_00"),
    ];
    for (window, options, expected) in cases {
        let packet = packet(*window, options);
        assert_eq!(Ja4t::of(&Syn::parse(&packet).unwrap()).unwrap().to_string(), *expected);
    }
}

/// Whatever a path makes of it, and whatever an application adds, a system's SYN is one text.
#[test]
fn the_stack_of_one_system_is_one_text() {
    let captured = include_str!("../../t/data/captures/linux-6.18.tsv");
    let settings =
        ["defaults", "ip_no_pmtu_disc=1", "tcp_ecn=1", "Fast Open", "MPTCP", "TCP_MAXSEG 1000"];
    let mut texts = BTreeMap::new();
    for line in captured.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split('\t').collect();
        if settings.iter().any(|setting| columns[1].ends_with(&format!(", {setting}"))) {
            *texts.entry(stack(&hex::decode(columns[2]).unwrap())).or_insert(0) += 1;
        }
    }
    let (text, count) = texts.pop_first().unwrap();
    assert_eq!((texts, &text[..]), (BTreeMap::new(), "64:mss*,10:mss,sok,ts,nop,ws:/-/-"));
    assert!(count >= 24, "{count}");
}

fn stack(packet: &[u8]) -> String {
    let observed = Observed::of(&Syn::parse(packet).unwrap(), Rules::Corrected).unwrap();
    Stack { observed: Some(&observed), hello: None, http2: None }.to_string()
}

#[test]
fn the_stacks_of_others() {
    let cases: &[(u16, &[u8], &str)] = &[
        (64240, LINUX, "64:mss*,8:mss,sok,ts,nop,ws:seq-"),
        (64240, WINDOWS, "64:mss*,8:mss,nop,ws,nop,nop,sok:seq-"),
        (65535, WINDOWS, "64:65535,8:mss,nop,ws,nop,nop,sok:seq-"),
        (29200, WINDOWS, "64:mss*20,8:mss,nop,ws,nop,nop,sok:seq-"),
        (8192, WINDOWS, "64:8192,8:mss,nop,ws,nop,nop,sok:seq-"),
        (65535, MACOS, "64:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:seq-"),
        (1024, &[], "64:1024,0::seq-"),
        // A router has put a smaller segment size in.
        (64240, &[2, 4, 5, 0x78, 1, 3, 3, 8, 1, 1, 4, 2], "64:mss*,8:mss,nop,ws,nop,nop,sok:seq-"),
    ];
    for (window, options, expected) in cases {
        assert_eq!(stack(&packet(*window, options)), format!("{expected}/-/-"));
    }
    assert_eq!(Stack { observed: None, hello: None, http2: None }.to_string(), "-/-/-");
}
