use proptest::prelude::*;

use super::*;

const PAGE: &str = include_str!("../../docs/syn-tlv.md");
const RECORDED: &str = include_str!("../../t/data/captures/linux-6.18.tsv");

/// What a value is taken for: a SYN in hex, `none`, or `error`.
fn taken(value: &[u8]) -> String {
    let mut memory = vec![0; value.len()];
    match syn(value, |len| Some(&mut memory[..len])) {
        Ok(Some(syn)) => hex::encode(syn.bytes()),
        Ok(None) => "none".to_owned(),
        Err(_) => "error".to_owned(),
    }
}

/// The lines of the page's blocks of this kind, in groups.
fn vectors(kind: &str) -> Vec<Vec<&'static str>> {
    let blocks = PAGE.split(&format!("\n```{kind}\n")).skip(1).collect::<Vec<_>>();
    let blocks = blocks.into_iter().map(|rest| rest.split_once("\n```\n").unwrap().0);
    blocks.flat_map(|block| block.split("\n\n")).map(|group| group.lines().collect()).collect()
}

#[test]
fn the_pages_values() {
    let vectors = vectors("values");
    for lines in &vectors {
        let [about, value, expected] = lines[..] else { panic!("three lines: {lines:?}") };
        let bytes = match about.split_once(':').unwrap().0 {
            "text" => value.trim_matches('"').as_bytes().to_vec(),
            "bytes" => hex::decode(value).unwrap(),
            other => panic!("{other}"),
        };
        assert_eq!(taken(&bytes), expected, "{about}");
    }
    assert!(vectors.len() >= 12, "{} values", vectors.len());
}

#[test]
fn the_pages_headers() {
    let vectors = vectors("headers");
    for lines in &vectors {
        let [addresses, syn, rtt, expected] = lines[..] else { panic!("four lines: {lines:?}") };
        let addresses = addresses.split_once(" -> ");
        let addresses = addresses.map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()));
        let syn = hex::decode(syn.strip_prefix("syn ").unwrap_or_default()).unwrap();
        let rtt = rtt.strip_prefix("rtt ").map(|rtt| rtt.parse().unwrap());
        let header = ProxyHeader { addresses, syn: &syn, rtt };
        let mut memory = vec![0; header.room()];
        assert_eq!(hex::encode(header.write(&mut memory).unwrap()), expected);
    }
    assert!(vectors.len() >= 4, "{} headers", vectors.len());
}

/// Every SYN that was recorded, as the kernel has saved it.
fn recorded() -> impl Iterator<Item = Vec<u8>> {
    let rows = RECORDED.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| hex::decode(row.rsplit('\t').next().unwrap()).unwrap())
}

#[test]
fn recorded_syns_in_every_encoding() {
    let mut tried = 0;
    for bytes in recorded() {
        let hex = hex::encode(&bytes);
        assert_eq!(taken(&bytes), hex);
        assert_eq!(taken(hex.as_bytes()), hex);
        assert_eq!(taken(hex.to_uppercase().as_bytes()), hex);
        // Cut anywhere, doubled, or with something before or behind, it is none.
        for len in 1..bytes.len() {
            assert_eq!(taken(&bytes[..len]), "error");
        }
        for len in 1..hex.len() {
            assert_eq!(taken(&hex.as_bytes()[..len]), "error");
        }
        for value in [
            [&bytes[..], &bytes].concat(),
            [&bytes[..], b"\0"].concat(),
            [b"\0", &bytes[..]].concat(),
            format!("{hex}{hex}").into_bytes(),
            format!("{hex}, {hex}").into_bytes(),
            format!("{hex} ").into_bytes(),
            format!("0x{hex}").into_bytes(),
        ] {
            assert_eq!(taken(&value), "error", "{value:?}");
        }
        tried += 1;
    }
    assert!(tried > 50, "{tried} SYNs");
}

#[test]
fn the_longest() {
    // IPv6, and one header of destination options that fills it up.
    let packet = |bytes: usize| {
        let extension = bytes - 40 - 20;
        let mut packet = vec![0; bytes];
        (packet[0], packet[6], packet[40], packet[bytes - 7], packet[bytes - 8]) =
            (0x60, 60, 6, 2, 0x50);
        packet[41] = (extension / 8 - 1) as u8;
        packet
    };
    assert_eq!(taken(&packet(LONGEST - 4)), hex::encode(packet(LONGEST - 4)));
    let long = vec![0x60; LONGEST + 1];
    assert_eq!(syn(&long, |_| panic!("nothing is allocated")).err(), Some(Refused::TooLong));
    let long = vec![b'6'; 2 * LONGEST + 2];
    assert_eq!(syn(&long, |_| panic!("nothing is allocated")).err(), Some(Refused::TooLong));
}

#[test]
fn whose_it_is() {
    let bytes = recorded().next().unwrap();
    let syn = Syn::parse(&bytes).unwrap();
    let (ip, port) = (syn.ip().source(), syn.tcp().unwrap().source_port().unwrap());
    assert!(is_from(&syn, (ip, port).into()));
    assert!(!is_from(&syn, (ip, port ^ 1).into()));
    assert!(!is_from(&syn, ([192, 0, 2, 99], port).into()));
    let std::net::IpAddr::V4(v4) = ip else { panic!("the first is over IPv4") };
    assert!(is_from(&syn, (v4.to_ipv6_mapped(), port).into()));
}

#[test]
fn round_trips() {
    let cases: &[(&str, Option<u64>)] = &[
        ("1", Some(1)),
        ("23456", Some(23_456)),
        ("0023456", Some(23_456)),
        ("4294967295", Some(4_294_967_295)),
        ("4294967296", None),
        ("99999999999999999999999", None),
        ("0", None),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1.5", None),
        ("1, 2", None),
        ("0x10", None),
    ];
    for (value, expected) in cases {
        assert_eq!(rtt(value.as_bytes()), *expected, "{value:?}");
    }
}

#[test]
fn headers_of_version_1() {
    let long = format!("PROXY TCP6 {}\r\n", "f".repeat(94));
    let cases: &[(&str, bool)] = &[
        ("PROXY TCP4 192.0.2.1 198.51.100.1 50000 443\r\n", true),
        ("PROXY UNKNOWN\r\n", true),
        (&long, true),
        (&long.replacen('f', "ff", 1), false),
        ("PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n", false),
        ("PROXY UNKNOWN", false),
        ("GET / HTTP/1.1\r\n", false),
        ("", false),
    ];
    for (bytes, expected) in cases {
        assert_eq!(is_version_1(bytes.as_bytes()), *expected, "{bytes:?}");
    }
}

#[test]
fn a_header_that_does_not_fit() {
    let syn = [0x45; 60];
    let addresses = Some(("192.0.2.1:1".parse().unwrap(), "[2001:db8::1]:2".parse().unwrap()));
    let header = ProxyHeader { addresses, syn: &syn, rtt: Some(u64::MAX) };
    let mut memory = vec![0; header.room()];
    let len = header.write(&mut memory).unwrap().len();
    for short in 0..len {
        assert!(header.write(&mut memory[..short]).is_none(), "{short} of {len}");
    }
    // Longer than the header can say.
    let syn = vec![0x45; 0x8000];
    let header = ProxyHeader { syn: &syn, ..header };
    assert!(header.write(&mut vec![0; header.room()]).is_none());
}

proptest! {
    #[test]
    fn any_bytes(value in prop::collection::vec(any::<u8>(), 0..200)) {
        let result = taken(&value);
        prop_assert_eq!(result == "none", value.is_empty());
    }

    #[test]
    fn any_digits(value in "[0-9a-fA-F]{0,300}") {
        taken(value.as_bytes());
    }

    #[test]
    fn a_header_says_its_length(
        syn in prop::collection::vec(any::<u8>(), 0..200), rtt in any::<Option<u64>>(),
    ) {
        let addresses = Some(("192.0.2.1:1".parse().unwrap(), "192.0.2.2:2".parse().unwrap()));
        let header = ProxyHeader { addresses, syn: &syn, rtt };
        let mut memory = vec![0; header.room()];
        let written = header.write(&mut memory).unwrap();
        let said = u16::from_be_bytes([written[14], written[15]]);
        prop_assert_eq!(written.len(), 16 + usize::from(said));
    }
}
