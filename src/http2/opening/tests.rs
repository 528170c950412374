use proptest::prelude::*;

use super::*;

fn a_frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u32).to_be_bytes();
    [&len[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let pairs =
        pairs.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat());
    a_frame(frame::SETTINGS, 0, 0, &pairs.collect::<Vec<_>>())
}

fn headers(block: &[u8]) -> Vec<u8> {
    a_frame(frame::HEADERS, flag::END_HEADERS, 1, block)
}

/// The preface and frames.
fn connection(frames: &[Vec<u8>]) -> Vec<u8> {
    [&PREFACE[..], &frames.concat()].concat()
}

/// What is told of these bytes, and whether something is acknowledged in them.
fn told(pieces: &[&[u8]]) -> (Option<String>, bool) {
    let mut opening = Opening::default();
    let mut is_acknowledged = false;
    for piece in pieces {
        is_acknowledged |= opening.take(piece);
    }
    (opening.is_whole().then(|| opening.to_string()), is_acknowledged)
}

fn form(bytes: &[u8]) -> Option<String> {
    told(&[bytes]).0
}

/// The order of a first request.
fn order(block: &[u8]) -> Option<String> {
    let form = form(&connection(&[settings(&[]), headers(block)]))?;
    Some(form.strip_prefix("|00|0|").expect("nothing else").to_owned())
}

/// A text, raw.
fn text(text: &[u8]) -> Vec<u8> {
    [&[text.len() as u8], text].concat()
}

const GET: &[u8] = &[0x82, 0x86, 0x84, 0x41, 1, b'a'];

#[test]
fn what_clients_send() {
    let recorded = include_str!("../../../t/data/http2_openings.tsv");
    let mut checked = 0;
    for line in recorded.lines().filter(|line| !line.starts_with('#')) {
        let [name, expected, hex] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let bytes = hex::decode(hex).unwrap();
        // As a server reads it: at once, and cut anywhere.
        assert_eq!(form(&bytes).as_deref(), Some(expected), "{name}");
        for at in 0..bytes.len() {
            let (cut, _) = told(&[&bytes[..at], &bytes[at..]]);
            assert_eq!(cut.as_deref(), Some(expected), "{name}, cut at {at}");
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(told(&single).0.as_deref(), Some(expected), "{name}, byte by byte");
        checked += 1;
    }
    assert!(checked >= 14, "{checked} clients");
}

#[test]
fn every_part() {
    let whole = connection(&[
        settings(&[(1, 65_536), (0x0a0a, 7), (4, u32::MAX)]),
        // Of a stream, then of the connection, twice.
        a_frame(frame::WINDOW_UPDATE, 0, 3, &9_u32.to_be_bytes()),
        a_frame(frame::WINDOW_UPDATE, 0, 0, &0x8000_0005_u32.to_be_bytes()),
        a_frame(frame::WINDOW_UPDATE, 0, 0, &6_u32.to_be_bytes()),
        a_frame(frame::PRIORITY, 0, 3, &[0, 0, 0, 0, 200]),
        settings(&[(1, 1)]),
        // PING.
        a_frame(6, 0, 0, &[0; 8]),
        a_frame(frame::PRIORITY, 0, 0x8000_0005, &[0x80, 0, 0, 3, 255]),
        headers(GET),
        a_frame(frame::PRIORITY, 0, 7, &[0; 5]),
    ]);
    let expected = "1:65536;2570:7;4:4294967295|5|3:0:0:201,5:1:3:256|m,s,p,a";
    assert_eq!(form(&whole).as_deref(), Some(expected));
}

#[test]
fn the_order_of_pseudo_headers() {
    let new = |name: &[u8]| [&[0x40][..], &text(name), &text(b"value")].concat();
    let huffman =
        |code: &[u8]| [&[0x10, 0x80 | code.len() as u8][..], code, &text(b"value")].concat();
    // As Python's hpack 4 writes them.
    let coded: [&[u8]; 4] =
        [b"\xb9IS9\xe4", b"\xb8;S9\xec2\x7d\x7f", b"\xb8\x82NZK", b"\xb9X\xd3?"];
    let [m, a, s, p] = coded.map(huffman);
    let long_value = [&[0x44, 0x7f, 0x80, 0x3f][..], &[b'x'; 127 + 63 * 128]].concat();
    let cases: &[(&[u8], Option<&str>)] = &[
        (GET, Some("m,s,p,a")),
        // POST, https and /index.html have places of their own.
        (&[0x83, 0x85, 0x87, 0x81], Some("m,p,s,a")),
        // Literals of each kind, whose names stand in the table.
        (
            &[&[2, 1, b'X'][..], &[0x14, 1, b'/'], &[0x46, 1, b's'], &[0x01, 0]].concat(),
            Some("m,p,s,a"),
        ),
        // New names, as they are and in Huffman's code.
        (
            &[new(b":path"), new(b":authority"), new(b":method"), new(b":scheme")].concat(),
            Some("p,a,m,s"),
        ),
        (&[a, m, p, s].concat(), Some("a,m,p,s")),
        // The dynamic table: the newest is 62.
        (
            &[new(b":path"), new(b":method"), vec![0x80 | 62, 0x80 | 63, 0x7f, 0, 0]].concat(),
            Some("p,m,m,p,p"),
        ),
        // Its size comes first.
        (&[&[0x20, 0x3f, 0xe1, 0x1f][..], GET].concat(), Some("m,s,p,a")),
        // A long value.
        (&[&long_value[..], &[0x82]].concat(), Some("p,m")),
        // Another field ends them: by its place, by its name, by a place that is not there.
        (&[0x82, 0x90, 0x84], Some("m")),
        (&[&[0x82][..], &new(b"accept"), &[0x84]].concat(), Some("m")),
        (&[&[0x82][..], &new(b"a-longer-name"), &[0x84]].concat(), Some("m")),
        (&[&[0x82][..], &new(b":protocol"), &[0x84]].concat(), Some("m")),
        (&[0x82, 0x88, 0x84], Some("m")),
        (&[0x82, 0x80 | 62, 0x84], Some("m")),
        (&[0x82, 0x80, 0x84], Some("m")),
        (&[0x82, 0, 0x80, 0], Some("m")),
        (&[0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x84], Some("m")),
        (&[0x82; 9], Some("m,m,m,m,m,m,m,m")),
        (&[], Some("")),
    ];
    for (block, expected) in cases {
        assert_eq!(order(block).as_deref(), *expected, "{block:x?}");
    }
}

/// Padding and priority stand around a block, and CONTINUATION goes on with it.
#[test]
fn blocks_in_every_frame() {
    let padded = |flags: u8, before: &[u8], after: &[u8]| {
        let payload = [before, GET, after].concat();
        connection(&[
            settings(&[]),
            a_frame(frame::HEADERS, flags | flag::END_HEADERS, 1, &payload),
        ])
    };
    let priority = [0x80, 0, 0, 0, 255];
    let with_both = [&[3][..], &priority].concat();
    for bytes in [
        padded(0, &[], &[]),
        padded(flag::PADDED, &[2], &[0x82, 0x82]),
        padded(flag::PRIORITY, &priority, &[]),
        padded(flag::PADDED | flag::PRIORITY, &with_both, &[0x82; 3]),
    ] {
        assert_eq!(form(&bytes).as_deref(), Some("|00|0|m,s,p,a"));
    }
    for at in 0..=GET.len() {
        let (first, second) = GET.split_at(at);
        let cut = [
            settings(&[]),
            a_frame(frame::HEADERS, 0, 1, first),
            a_frame(frame::CONTINUATION, 0, 1, &[]),
            a_frame(frame::CONTINUATION, flag::END_HEADERS, 1, second),
        ];
        assert_eq!(form(&connection(&cut)).as_deref(), Some("|00|0|m,s,p,a"), "cut at {at}");
        assert_eq!(form(&connection(&cut[..3])), None);
    }
}

#[test]
fn what_is_no_opening() {
    let cases: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r",
        &connection(&[]),
        &connection(&[settings(&[(1, 2)])]),
        // Nothing before the settings, and no reply in their place.
        &connection(&[headers(GET)]),
        &connection(&[a_frame(frame::SETTINGS, flag::ACK, 0, &[]), headers(GET)]),
        // Lengths that are none.
        &connection(&[a_frame(frame::SETTINGS, 0, 0, &[0; 7]), headers(GET)]),
        &connection(&[settings(&[]), a_frame(frame::PRIORITY, 0, 1, &[0; 4]), headers(GET)]),
        &connection(&[settings(&[]), a_frame(frame::WINDOW_UPDATE, 0, 0, &[0; 3]), headers(GET)]),
        &connection(&[settings(&[]), a_frame(frame::HEADERS, flag::PRIORITY, 1, &[0; 4])]),
        // A block that is interrupted, and one that nothing begins.
        &connection(&[settings(&[]), a_frame(frame::HEADERS, 0, 1, &GET[..2]), headers(GET)]),
        &connection(&[settings(&[]), a_frame(frame::CONTINUATION, flag::END_HEADERS, 1, GET)]),
        // More than there is room for.
        &connection(&[settings(&[(1, 1); 41]), headers(GET)]),
        &connection(&[
            settings(&[(1, 1); 39]),
            a_frame(frame::PRIORITY, 0, 1, &[0; 5]),
            headers(GET),
        ]),
    ];
    for bytes in cases {
        assert_eq!(form(bytes), None, "{bytes:x?}");
    }
    let full = connection(&[
        settings(&[(1, 1); 38]),
        a_frame(frame::PRIORITY, 0, 1, &[0; 5]),
        headers(GET),
    ]);
    assert!(form(&full).is_some());
}

#[test]
fn the_acknowledgment() {
    let ack = a_frame(frame::SETTINGS, flag::ACK, 0, &[]);
    let post = connection(&[settings(&[]), headers(GET)]);
    let data = a_frame(0, 0, 1, &[1; 5000]);
    let before = connection(&[settings(&[]), ack.clone(), headers(GET)]);
    assert_eq!(told(&[&before]), (Some("|00|0|m,s,p,a".into()), true));
    for at in 0..ack.len() {
        // It is there with the header's last byte, and once.
        let mut opening = Opening::default();
        let mut take = |bytes: &[u8]| opening.take(bytes);
        assert!(!take(&post) && !take(&data) && !take(&ack[..at]));
        assert!(take(&ack[at..]));
        assert!(!take(&data));
    }
    assert!(!told(&[&post, &settings(&[])]).1);
    // What only looks so, inside of another frame.
    assert!(!told(&[&post, &a_frame(0, 0, 1, &ack)]).1);
}

proptest! {
    #[test]
    fn any_pieces_of_any_bytes(
        kinds in prop::collection::vec(
            (0..11_u8, any::<u8>(), any::<u32>(), prop::collection::vec(any::<u8>(), 0..40)), 0..12),
        cuts in prop::collection::vec(0..600_usize, 0..8),
        is_sound in any::<bool>(),
    ) {
        let mut frames = vec![settings(&[(3, 4)])];
        frames.extend(kinds.into_iter().map(|(kind, flags, stream, mut payload)| {
            // What random bytes seldom are.
            match kind {
                frame::PRIORITY if is_sound => payload.resize(5, 1),
                frame::WINDOW_UPDATE if is_sound => payload.resize(4, 1),
                _ => {}
            }
            a_frame(kind, flags, stream, &payload)
        }));
        let bytes = connection(&frames);
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut % bytes.len()).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([bytes.len()]) {
            pieces.push(&bytes[from..cut]);
            from = cut;
        }
        prop_assert_eq!(told(&pieces), told(&[&bytes]));
    }
}
