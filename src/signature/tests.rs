mod pages;

use super::*;
use crate::syn::Syn;

/// A SYN of IPv4 with this window and these options.
fn packet(window: u16, options: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 40];
    (packet[0], packet[8], packet[9], packet[33]) = (0x45, 64, 6, 2);
    packet[34..36].copy_from_slice(&window.to_be_bytes());
    packet.extend_from_slice(options);
    packet[32] = (((20 + options.len()) / 4) << 4) as u8;
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
