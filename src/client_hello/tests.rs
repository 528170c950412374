use proptest::prelude::*;

use super::*;
use crate::signature::{Ja4, Order, Shape};

/// A vector (RFC 8446, 3.4) whose length takes so many bytes.
fn vector(width: usize, bytes: &[u8]) -> Vec<u8> {
    [&bytes.len().to_be_bytes()[size_of::<usize>() - width..], bytes].concat()
}

fn codes(codes: &[u16]) -> Vec<u8> {
    codes.iter().flat_map(|code| code.to_be_bytes()).collect()
}

fn an_extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector(2, data)].concat()
}

fn alpn(names: &[&[u8]]) -> Vec<u8> {
    let names: Vec<_> = names.iter().flat_map(|name| vector(1, name)).collect();
    an_extension(extension::ALPN, &vector(2, &names))
}

fn versions(versions: &[u16]) -> Vec<u8> {
    an_extension(extension::SUPPORTED_VERSIONS, &vector(1, &codes(versions)))
}

fn algorithms(algorithms: &[u16]) -> Vec<u8> {
    an_extension(extension::SIGNATURE_ALGORITHMS, &vector(2, &codes(algorithms)))
}

fn server_name() -> Vec<u8> {
    an_extension(extension::SERVER_NAME, &vector(2, b"\0\0\x09localhost"))
}

/// A message; `None` for extensions leaves out even their length.
fn message(version: u16, ciphers: &[u16], extensions: Option<&[Vec<u8>]>) -> Vec<u8> {
    let extensions = extensions.map(|extensions| vector(2, &extensions.concat()));
    let body = [
        &version.to_be_bytes()[..],
        &[7; 32],
        &vector(1, &[8; 32]),
        &vector(2, &codes(ciphers)),
        &vector(1, &[0]),
        &extensions.unwrap_or_default(),
    ];
    [&[CLIENT_HELLO][..], &vector(3, &body.concat())].concat()
}

/// In records of at most so many bytes.
fn records(message: &[u8], most: usize) -> Vec<u8> {
    let record = |part| [&[22, 3, 1][..], &vector(2, part)].concat();
    message.chunks(most).flat_map(record).collect()
}

/// JA4, JA4_r, JA4_o and JA4_ro.
fn forms(bytes: &mut impl Iterator<Item = u8>) -> Option<[String; 4]> {
    let mut room = Room::default();
    let hello = ClientHello::read(bytes, Transport::Tcp, &mut room)?;
    assert_eq!(ClientHello::kept(hello.bytes()), Some(hello));
    let orders = [Order::Sorted, Order::Original];
    let of =
        |order| [Shape::Hashed, Shape::Raw].map(|shape| Ja4 { hello, shape, order }.to_string());
    let [[ja4, ja4_r], [ja4_o, ja4_ro]] = orders.map(of);
    Some([ja4, ja4_r, ja4_o, ja4_ro])
}

fn of_message(message: &[u8]) -> Option<[String; 4]> {
    forms(&mut message.iter().copied())
}

fn ja4(version: u16, ciphers: &[u16], extensions: Option<&[Vec<u8>]>) -> String {
    let [ja4, ..] = of_message(&message(version, ciphers, extensions)).unwrap();
    ja4
}

const CHROME: [u16; 16] = [
    0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
    0x009c, 0x009d, 0x002f, 0x0035,
];

/// A hello with these extensions, most of them empty.
fn chrome(order: &[u16], schemes: &[u16]) -> Vec<u8> {
    let made = order.iter().map(|&kind| match kind {
        extension::SERVER_NAME => server_name(),
        extension::ALPN => alpn(&[b"h2", b"http/1.1"]),
        extension::SUPPORTED_VERSIONS => versions(&[0x9a9a, 0x0304, 0x0303]),
        extension::SIGNATURE_ALGORITHMS => algorithms(schemes),
        _ => an_extension(kind, b""),
    });
    message(0x0303, &CHROME, Some(&made.collect::<Vec<_>>()))
}

/// The example of JA4's publisher (technical_details/JA4.md): all four forms.
#[test]
fn the_published_example() {
    let hello = chrome(
        &[
            0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
            0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0xfafa, 0x0015,
        ],
        &[0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
    );
    let expected = [
        "t13d1516h2_8daaf6152771_e5627efa2ab1",
        "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
        "t13d1516h2_acb858a92679_18f69afefd3d",
        "t13d1516h2_1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035_001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015_0403,0804,0401,0503,0805,0501,0806,0601",
    ];
    assert_eq!(of_message(&hello).unwrap(), expected);
}

/// Chrome 152 draws a signature algorithm, too: what the publisher's capture of it has to give.
#[test]
fn grease_among_the_signature_algorithms() {
    let order = [
        0xfe0d, 0x0010, 0x0017, 0x0033, 0x44cd, 0xff01, 0x000a, 0x000d, 0x0023, 0x002b, 0x000b,
        0xca34, 0x002d, 0x0000, 0x0005, 0x001b, 0x0012,
    ];
    for grease in [0x0a0a, 0xeaea] {
        let schemes = [
            grease, 0x0904, 0x0905, 0x0906, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806,
            0x0601,
        ];
        let [ja4, _, ja4_o, _] = of_message(&chrome(&order, &schemes)).unwrap();
        assert_eq!(ja4, "t13d1517h2_8daaf6152771_cb7bf5808d99");
        assert_eq!(ja4_o, "t13d1517h2_acb858a92679_88bf22a3e888");
    }
}

#[test]
fn what_clients_send() {
    let recorded = include_str!("../../t/data/client_hellos.tsv");
    let mut checked = 0;
    for line in recorded.lines().filter(|line| !line.starts_with('#')) {
        let [name, ja4, ja4_o, hex] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let bytes = hex::decode(hex).unwrap();
        let forms = forms(&mut Records::new(&bytes)).unwrap();
        assert_eq!([&forms[0], &forms[2]], [ja4, ja4_o], "{name}");
        checked += 1;
    }
    assert!(checked >= 24, "{checked} clients");
}

#[test]
fn alpn_by_two_characters() {
    let cases: &[(&[&[u8]], &str)] = &[
        (&[b"h2", b"http/1.1"], "h2"),
        (&[b"http/1.1"], "h1"),
        (&[b"dot"], "dt"),
        (&[b"x"], "xx"),
        (&[b""], "00"),
        (&[], "00"),
        // The publisher's cases of what is neither letter nor digit.
        (&[b"\xab"], "ab"),
        (&[b"\x20"], "20"),
        (&[b"\xab\xcd"], "ad"),
        (&[b"\x20\x61"], "21"),
        (&[b"\x30\xab"], "3b"),
        (&[b"\x61\x20"], "60"),
        (&[b"\x30\x31\xab\xcd"], "3d"),
        (&[b"\x30\xab\xcd\x31"], "01"),
        (&[b"\x0a\x0a", b"h2"], "0a"),
    ];
    for (names, expected) in cases {
        let ja4 = ja4(0x0303, &[0x1301], Some(&[alpn(names)]));
        assert_eq!(&ja4[8..10], *expected, "{names:?}");
    }
    assert_eq!(&ja4(0x0303, &[0x1301], Some(&[]))[8..10], "00");
}

#[test]
fn the_version() {
    let cases: &[(u16, Option<&[u16]>, &str)] = &[
        (0x0303, Some(&[0x0303, 0x0304]), "13"),
        (0x0303, Some(&[0x7a7a, 0x0302, 0x0301]), "11"),
        (0x0303, None, "12"),
        (0x0302, None, "11"),
        (0x0301, None, "10"),
        (0x0300, None, "s3"),
        (0x0002, None, "s2"),
        (0x0305, None, "00"),
        // A draft of TLS 1.3, by a number above its own.
        (0x0303, Some(&[0x7f1c, 0x0304]), "00"),
        // Nothing is offered but what nobody knows.
        (0x0303, Some(&[0x0a0a]), "12"),
    ];
    for (legacy, supported, expected) in cases {
        let extensions: Vec<_> = supported.iter().map(|offered| versions(offered)).collect();
        assert_eq!(&ja4(*legacy, &[0x1301], Some(&extensions))[1..3], *expected, "{legacy:x}");
    }
}

#[test]
fn what_is_not_there() {
    const ZEROES: &str = "000000000000";
    assert_eq!(ja4(0x0301, &[], None), format!("t10i000000_{ZEROES}_{ZEROES}"));
    let named = message(0x0303, &[0x0a0a], Some(&[server_name(), alpn(&[b"h2"])]));
    let [ja4, ja4_r, ja4_o, ja4_ro] = of_message(&named).unwrap();
    assert_eq!(ja4, format!("t12d0002h2_{ZEROES}_{ZEROES}"));
    assert_eq!(ja4_r, "t12d0002h2__");
    assert!(ja4_o.starts_with(&format!("t12d0002h2_{ZEROES}_")) && !ja4_o.ends_with(ZEROES));
    assert_eq!(ja4_ro, "t12d0002h2__0000,0010");
    // An extension for them, and none in it.
    let [_, ja4_r, ..] = of_message(&message(0x0303, &[1], Some(&[algorithms(&[])]))).unwrap();
    assert_eq!(ja4_r, "t12i010100_0001_000d");
}

/// Counts end at 99, lists do not; where they do, no client is.
#[test]
fn many_of_each() {
    let ciphers: Vec<u16> = (0..150).collect();
    let extensions: Vec<_> = (1000..1120).map(|kind| an_extension(kind, b"")).collect();
    let whole = of_message(&message(0x0303, &ciphers, Some(&extensions))).unwrap();
    assert!(whole[0].starts_with("t12i999900_"));
    assert!(whole[1].contains(",0095_03e8,") && whole[1].ends_with(",045f"));

    // Signature algorithms wait at the end of the room: with one place between, with none, and with
    // one too few.
    let full = |ciphers: usize| {
        let schemes: Vec<u16> = (0x1000..0x1000 + CODES as u16 - 11).collect();
        of_message(&message(0x0303, &vec![1; ciphers], Some(&[algorithms(&schemes)])))
    };
    for ciphers in [9, 10] {
        let raw = &full(ciphers).unwrap()[3];
        assert!(raw.contains("0001_000d_1000,1001,1002,") && raw.ends_with(",13f3,13f4"), "{raw}");
    }
    assert_eq!(full(11), None);
}

#[test]
fn cut_and_contradictory_hellos_are_none() {
    let whole = chrome(&[0x0000, 0x002b, 0x000d, 0x0010, 0x0015], &[0x0403]);
    for len in 0..whole.len() {
        assert_eq!(of_message(&whole[..len]), None, "{len} bytes");
    }
    assert!(of_message(&whole).is_some());
    // What follows the message is not its.
    assert_eq!(of_message(&[&whole[..], b"more"].concat()), of_message(&whole));
    let broken: &[Vec<u8>] = &[
        an_extension(extension::ALPN, b""),
        an_extension(extension::ALPN, &[0, 3, 3, b'h', b'2']),
        an_extension(extension::ALPN, &[0, 9, 2, b'h', b'2']),
        an_extension(extension::SUPPORTED_VERSIONS, &[3, 3, 4, 3]),
        an_extension(extension::SUPPORTED_VERSIONS, &[4, 3, 4]),
        an_extension(extension::SIGNATURE_ALGORITHMS, &[0, 3, 4, 3, 4]),
        an_extension(extension::SIGNATURE_ALGORITHMS, &[0]),
        vec![0, 5, 0, 1],
        vec![0],
    ];
    for extension in broken {
        let extensions = Some(std::slice::from_ref(extension));
        assert_eq!(of_message(&message(0x0303, &[0x1301], extensions)), None, "{extension:?}");
    }
    let mut server_hello = whole;
    server_hello[0] = 2;
    assert_eq!(of_message(&server_hello), None);
}

#[test]
fn records_of_every_size() {
    // With a post-quantum key and padding; and one that four records must carry.
    for padding in [1216, 60_000] {
        let hello = message(
            0x0303,
            &CHROME,
            Some(&[an_extension(51, &vec![5; padding]), server_name(), algorithms(&[0x0403])]),
        );
        let expected = of_message(&hello);
        assert!(expected.is_some());
        for most in [1, 2, 3, 4, 5, 17, 64, 1000, 1 << 14] {
            let bytes = records(&hello, most);
            assert_eq!(forms(&mut Records::new(&bytes)), expected, "{most} a record");
            assert_eq!(forms(&mut Records::new(&bytes[..bytes.len() - 1])), None);
        }
        // An alert between, a record without content, and another protocol.
        let first = records(&hello[..100], 100);
        let second = records(&hello[100..], 1 << 14);
        let between = |record: &[u8]| [&first, record, &second].concat();
        assert_eq!(forms(&mut Records::new(&between(&[21, 3, 1, 0, 2, 1, 0]))), None);
        assert_eq!(forms(&mut Records::new(&between(&[22, 3, 1, 0, 0]))), expected);
    }
    assert_eq!(forms(&mut Records::new(b"GET / HTTP/1.1\r\n\r\n")), None);
    assert_eq!(forms(&mut Records::new(b"")), None);
}

#[test]
fn what_it_came_by_is_its_first_letter() {
    let hello = chrome(&[0x002b, 0x000d], &[0x0403]);
    let [over_tcp, ..] = of_message(&hello).unwrap();
    for (transport, letter) in [(Transport::Tcp, 't'), (Transport::Quic, 'q')] {
        let mut room = Room::default();
        let hello = ClientHello::read(&mut hello.iter().copied(), transport, &mut room).unwrap();
        let hello = ClientHello::kept(hello.bytes()).unwrap();
        assert_eq!(hello.transport(), transport);
        let ja4 = Ja4 { hello, shape: Shape::Hashed, order: Order::Sorted }.to_string();
        assert_eq!(ja4, format!("{letter}{}", &over_tcp[1..]));
    }
}

#[test]
fn only_what_was_kept_is_taken_again() {
    let mut room = Room::default();
    let hello = chrome(&[0x002b, 0x000d], &[0x0403]);
    let hello = ClientHello::read(&mut hello.iter().copied(), Transport::Tcp, &mut room).unwrap();
    let bytes = hello.bytes();
    assert!(bytes.len() < 60, "{} bytes", bytes.len());
    for len in 0..bytes.len() {
        assert_eq!(ClientHello::kept(&bytes[..len]), None);
    }
    assert_eq!(ClientHello::kept(&[bytes, b"x"].concat()), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..3_u8,
    ) {
        // Most would end at their first byte.
        let bytes = match kind {
            0 => bytes,
            1 => [&[CLIENT_HELLO][..], &vector(3, &bytes)].concat(),
            _ => message(0x0303, &[1, 2], Some(&[bytes])),
        };
        let of_records = forms(&mut Records::new(&records(&bytes, 50)));
        prop_assert_eq!(of_records, of_message(&bytes));
        forms(&mut Records::new(&bytes));
        let _ = ClientHello::kept(&bytes);
    }

    #[test]
    fn the_order_is_the_only_difference(
        mut ciphers in prop::collection::vec(any::<u16>(), 0..200),
        mut kinds in prop::collection::vec(100..u16::MAX, 0..100),
        schemes in prop::collection::vec(any::<u16>(), 0..30),
    ) {
        let of = |ciphers: &[u16], kinds: &[u16]| {
            let mut extensions: Vec<_> =
                kinds.iter().map(|&kind| an_extension(kind, b"data")).collect();
            extensions.insert(kinds.len() / 2, algorithms(&schemes));
            of_message(&message(0x0303, ciphers, Some(&extensions))).unwrap()
        };
        let [ja4, ja4_r, ..] = of(&ciphers, &kinds);
        ciphers.reverse();
        kinds.reverse();
        let other = of(&ciphers, &kinds);
        prop_assert_eq!(&other[0], &ja4);
        prop_assert_eq!(&other[1], &ja4_r);
        ciphers.sort_unstable();
        kinds.sort_unstable();
        let [_, _, ja4_o, ja4_ro] = of(&ciphers, &[]);
        let [ja4, ja4_r, ..] = of(&ciphers, &[]);
        prop_assert_eq!((ja4_o, ja4_ro), (ja4, ja4_r));
    }
}
