use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;

use super::stored::StoredSyn;
use zerocopy::{FromBytes, IntoBytes};

use super::*;
use crate::connection::Identity;
use crate::database::Database;
use crate::field;
use crate::json::Object;
use crate::signature::p0f::{Observed, Rules};
use crate::syn::Syn;

/// Linux 6.18 over loopback: `4:64+0:0:65495:mss*1,10:mss,sok,ts,nop,ws:df,id+:0`.
const SYN: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";
/// Where its bytes are.
const TOS: usize = 1;
const TTL: usize = 8;
const PORT: usize = 20;
const DATA_OFFSET: usize = 32;
const WINDOW: usize = 34;
const URGENT: usize = 39;
const MSS: usize = 42;
const TSVAL: usize = 48;
const SCALE: usize = 59;

const START: u64 = 1_500_000_000_000;

pub(super) fn database(text: &str, rules: Rules) -> Database {
    let text = format!("classes = win,unix\n[tcp:request]\n{text}");
    Database::read([("test", text.as_bytes())], rules).unwrap()
}

/// The record as an object.
fn json(host: &Host<'_>) -> String {
    let mut json = String::new();
    field::write_host(host, Object::new(&mut json));
    json
}

/// The SYN with some bytes changed, after so many milliseconds.
pub(super) fn seen<'d>(
    changes: &[(usize, &[u8])],
    millis: u64,
    database: Option<&'d Database>,
) -> Seen<'d> {
    let mut packet = hex::decode(SYN).unwrap();
    for (at, bytes) in changes {
        packet[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    let rules = database.map_or(Rules::default(), Database::rules);
    let observed = Observed::of(&Syn::parse(&packet).unwrap(), rules);
    Seen {
        time: Duration::from_millis(START + millis),
        identity: observed.map(|observed| Identity::of(observed, database)),
    }
}

/// By the window scale: 10 and 11 are versions of one system, 12 is another; 13 is a tool that runs
/// on neither version, 14 one that does; the rest is unknown. The first has three signatures.
static SYSTEMS: LazyLock<Database> = LazyLock::new(|| {
    let mut text = String::new();
    for (label, scales) in [
        ("s:unix:A:1", &[10, 7][..]),
        ("s:unix:a:2", &[11]),
        ("s:win:B:", &[12]),
        ("s:!:T:\nsys = @win", &[13]),
        ("s:!:U:\nsys = C,a", &[14]),
    ] {
        text += &format!("label = {label}\n");
        for scale in scales {
            text += &format!("sig = *:64:0:*:*,{scale}:mss,sok,?253,nop,ws:df,id+:0\n");
        }
    }
    text += "label = s:unix:A:\nsig = *:64:0:*:*,10:mss,sok,ts,nop,ws:df,id+:0\n";
    database(&text, Rules::AsP0f)
});

type Changes<'a> = &'a [(usize, &'a [u8])];

/// Scores and reasons of some SYNs, a second apart, each with these changes.
fn score(syns: &[Changes]) -> String {
    let mut record = Record::default();
    for (number, changes) in syns.iter().enumerate() {
        record.see(&seen(changes, 1000 * number as u64, Some(&SYSTEMS)), Some(&SYSTEMS));
    }
    format!("{} {}", record.score(), record.reasons()).trim_end().to_owned()
}

/// What applications ask for changes from connection to connection of one machine.
#[test]
fn fast_open_is_no_change() {
    let known = "label = s:unix:A:\nsig = *:64:0:*:*,10:mss,sok,ts,nop,ws:df,id+:0\n";
    let other = "label = s:unix:B:\nsig = *:64:0:*:*,10:mss:df,id+:0\n";
    for (text, rules, expected) in [
        (known, Rules::Corrected, "0"),
        (other, Rules::Corrected, "0"),
        (known, Rules::AsP0f, "1 sig_diff x_known"),
        (other, Rules::AsP0f, "0 sig_diff"),
    ] {
        let database = database(text, rules);
        let mut record = Record::default();
        // Neither, the experiment's, the standard's, Multipath TCP.
        for (options, millis) in ["", "fe04f989", "", "22020101", "1e040081"].iter().zip(0..) {
            let options = hex::decode(options).unwrap();
            let mut packet = hex::decode(SYN).unwrap();
            packet[3] += options.len() as u8;
            packet[32] += (options.len() as u8 / 4) << 4;
            packet.extend_from_slice(&options);
            let observed = Observed::of(&Syn::parse(&packet).unwrap(), rules).unwrap();
            let identity = Some(Identity::of(observed, Some(&database)));
            record.see(
                &Seen { time: Duration::from_millis(START + millis), identity },
                Some(&database),
            );
            if millis == 1 {
                let told = format!("{} {}", record.score(), record.reasons());
                assert_eq!(told.trim_end(), expected, "{text}");
            }
        }
    }
}

/// p0f's rules one by one. t/peer compares many more sequences with p0f itself.
#[test]
fn what_counts() {
    // Without timestamps, so that no clock takes part; with them.
    const T: (usize, &[u8]) = (TSVAL - 2, &[253]);
    const END: (usize, &[u8]) = (TSVAL - 2, &[0]);
    let clock = |ticks: u32| (0x2886_1183_u32 + ticks).to_be_bytes();
    let cases: &[(&[Changes], &str)] = &[
        (&[&[T]], "0"),
        (&[&[T], &[T]], "0"),
        // System, version, signature, allowances.
        (&[&[T], &[T, (SCALE, &[12])]], "8 os_diff"),
        (&[&[T], &[T, (SCALE, &[11])]], "2 os_diff"),
        (&[&[T], &[T, (SCALE, &[7])]], "1 os_diff"),
        (&[&[T], &[T, (TOS, &[1])]], "1 fuzzy"),
        // Unknown.
        (&[&[T], &[T, (URGENT, &[1])]], "3 sig_diff x_known"),
        (&[&[T, (SCALE, &[9])], &[T, (SCALE, &[9]), (URGENT, &[1])]], "2 sig_diff"),
        (&[&[T, (SCALE, &[9])], &[T, (SCALE, &[9]), (TSVAL - 2, &[254])]], "1 sig_diff"),
        (&[&[T, (SCALE, &[9])], &[T, (SCALE, &[8]), (TOS, &[1])]], "0"),
        (&[&[T, (SCALE, &[9])], &[T]], "1 x_known"),
        // Padding behind end-of-list is no part of the layout.
        (&[&[END], &[END, (DATA_OFFSET, &[0x80])]], "0"),
        // Not the previous SYN's system, but that before.
        (&[&[T], &[T, (SCALE, &[9])], &[T, (SCALE, &[12])]], "9 os_diff x_known"),
        // TTL, of a client that is local, near, distant; a hop nearer, two.
        (&[&[T], &[T, (TTL, &[63])]], "4 ttl"),
        (&[&[T, (TTL, &[57])], &[T, (TTL, &[55])]], "1 ttl"),
        (&[&[T, (TTL, &[58])], &[T, (TTL, &[55])]], "4 ttl"),
        (&[&[T, (TTL, &[64])], &[T, (TTL, &[54])]], "0"),
        (&[&[T, (TTL, &[53])], &[T, (TTL, &[54])]], "0"),
        (&[&[T, (TTL, &[52])], &[T, (TTL, &[54])]], "1 ttl"),
        // A TTL says nothing where the system is another.
        (&[&[T], &[T, (SCALE, &[12]), (TTL, &[40])]], "8 os_diff"),
        // Port and MSS.
        (&[&[T, (PORT, &[4, 64])], &[T, (PORT, &[4, 1])]], "0"),
        (&[&[T, (PORT, &[4, 64])], &[T, (PORT, &[4, 0])]], "1 port"),
        (&[&[T], &[T, (MSS, &[5, 180])]], "1 mtu"),
        // A clock that goes on halves the score, one that jumps adds to it.
        (&[&[], &[(TTL, &[60]), (TSVAL, &clock(1500))]], "2 ttl"),
        (&[&[], &[(TTL, &[60]), (TSVAL, &clock(1501))]], "8 tstamp ttl"),
        (&[&[], &[(TSVAL, &clock(1501))]], "0"),
        // Tools, if the system is known.
        (&[&[T], &[T, (SCALE, &[13])]], "4 app_vs_os"),
        (&[&[T], &[T, (SCALE, &[14])]], "0"),
        (&[&[T, (SCALE, &[9])], &[T, (SCALE, &[13])]], "0"),
        // The SYN before a tool's is the previous one for the next.
        (&[&[T], &[T, (SCALE, &[14])], &[T]], "0"),
        // p0f's own probe, by window and MSS.
        (&[&[T], &[T, (SCALE, &[12]), (WINDOW, &[5, 57]), (MSS, &[5, 51])]], "0"),
    ];
    for (number, (syns, expected)) in cases.iter().enumerate() {
        assert_eq!(score(syns), *expected, "case {number}: {syns:?}");
    }
}

/// How many SYNs of a score, with so many others between them, are still of one machine.
#[test]
fn when_an_address_is_shared() {
    const T: (usize, &[u8]) = (TSVAL - 2, &[253]);
    let cases: &[(Changes, Changes, usize, u8)] = &[
        (&[T], &[T, (SCALE, &[12])], 2, 8),
        (&[T], &[T, (TTL, &[60])], 4, 4),
        (&[T], &[T, (SCALE, &[11])], 6, 2),
        (&[T], &[T, (MSS, &[5, 180])], 8, 1),
    ];
    for (first, second, most, score) in cases {
        let mut record = Record::default();
        let mut sharings = Vec::new();
        for number in 0..60 {
            let changes = if number % 2 == 0 { first } else { second };
            record.see(&seen(changes, 1000 * number, Some(&SYSTEMS)), Some(&SYSTEMS));
            assert_eq!(record.score(), if number == 0 { 0 } else { *score });
            let change = (number > 0 && *score > 1).then_some(Event::Change);
            match record.event() {
                Some(Event::Sharing) => sharings.push(number),
                event => assert_eq!(event, change, "SYN {number}"),
            }
        }
        // It takes one more each time, and all begins anew.
        let expected: Vec<_> = (1..60).filter(|number| number % (*most as u64 + 1) == 0).collect();
        assert_eq!(sharings, expected, "score {score}");
    }
}

/// What p0f takes for several: one machine that draws its ports and where its timestamps begin.
#[test]
fn ports_and_timestamps_alone_are_no_sign() {
    let shared = |rules, other_mss: &'static [u8]| {
        let database =
            database("label = s:unix:A:\nsig = *:64:0:*:*,10:mss,sok,ts,nop,ws:df,id+:0\n", rules);
        let mut record = Record::default();
        for number in 0..100_u64 {
            let (port, tsval): (&[u8], &[u8]) =
                if number % 2 == 0 { (&[200], &[90]) } else { (&[100], &[10]) };
            let mss = if number % 2 == 0 { &[5, 180] } else { other_mss };
            let changes = [(PORT, port), (TSVAL, tsval), (MSS, mss)];
            record.see(&seen(&changes, 1000 * number, Some(&database)), Some(&database));
        }
        (record.last_nat().is_some(), record.score(), record.reasons().to_string())
    };
    assert_eq!(shared(Rules::Corrected, &[5, 180]), (false, 0, String::new()));
    assert!(shared(Rules::AsP0f, &[5, 180]).0);
    // Beside another sign, ports count.
    assert_eq!(shared(Rules::Corrected, &[5, 160]), (true, 2, "port mtu".to_owned()));
}

#[test]
fn old_scores_are_forgotten() {
    const T: (usize, &[u8]) = (TSVAL - 2, &[253]);
    for (between, shared) in [(14, true), (15, false)] {
        let mut record = Record::default();
        // Three times another system, and back after a while: a score of 8 each.
        let mut number = 0;
        let mut is_shared = false;
        for scale in [10, 12, 10, 12] {
            for _ in 0..=between {
                let seen = seen(&[T, (SCALE, &[scale])], 1000 * number, Some(&SYSTEMS));
                record.see(&seen, Some(&SYSTEMS));
                is_shared |= record.event() == Some(Event::Sharing);
                number += 1;
            }
        }
        assert_eq!(is_shared, shared, "{between} between");
    }
}

#[test]
fn what_is_told() {
    const T: (usize, &[u8]) = (TSVAL - 2, &[253]);
    let mut record = Record::default();
    assert!(record.is_new());
    for (number, scale) in [10, 12, 10, 12].into_iter().enumerate() {
        let changes: Changes = &[T, (SCALE, &[scale])];
        record.see(&seen(changes, 1500 * number as u64, Some(&SYSTEMS)), Some(&SYSTEMS));
    }
    assert!(!record.is_new());
    let now = (START / 1000) as u32 + 4 + 7200;
    let mut host = Host::new(record, now, 7200, Some(&SYSTEMS));
    host.address = Some("127.0.0.1".parse().unwrap());
    host.last_seen = Some(record.last_seen());
    let object: serde_json::Value = serde_json::from_str(&json(&host)).unwrap();
    let expected = serde_json::json!({
        "address": "127.0.0.1",
        "first_seen": 1_500_000_000, "last_seen": 1_500_000_004, "conn_count": 4,
        "nat": 1, "nat_time": 1_500_000_004, "change_time": 1_500_000_003,
        "score": 8, "reasons": "os_diff", "event": "ip sharing",
        "p0f": "4:64+0:0:65495:mss*1,12:mss,sok,?253,nop,ws:df,id+:0", "os": "B",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&object[key], value, "{key}");
    }
    assert!(object.get("uptime").is_none() && object.get("uptime_mod").is_none());
    assert!(!record.is_shared(now + 1, 7200));
    assert_eq!(record.observed().map(|observed| observed.source_port), Some(0xb50e));
    assert_eq!(record.distance(), Some(0));
}

/// A tool and p0f's probe are connections; so is one of which the SYN is unknown.
#[test]
fn what_is_counted() {
    let mut record = Record::default();
    let unknown = |millis| Seen { time: Duration::from_millis(millis), identity: None };
    record.see(&unknown(5000), None);
    record.see(&unknown(9999), None);
    assert_eq!((record.first_seen(), record.last_seen(), record.connections()), (5, 9, 2));
    assert_eq!((record.observed(), record.distance(), record.score()), (None, None, 0));
    // The third of its numbers.
    let mut full = record;
    full.as_mut_bytes()[8..12].fill(0xff);
    full.see(&unknown(0), None);
    assert_eq!(full.connections(), u32::MAX);
}

#[test]
fn a_syn_is_kept_whole() {
    for line in include_str!("../../t/data/captures/stacks.tsv").lines() {
        let packet = hex::decode(line.rsplit('\t').next().unwrap()).unwrap();
        let observed = Observed::of(&Syn::parse(&packet).unwrap(), Rules::Corrected).unwrap();
        let kept = StoredSyn::of(&observed).observed(observed.tsval, observed.source_port);
        assert_eq!(kept, Some(observed), "{line}");
    }
    assert_eq!(StoredSyn::default().observed(1, 1), None);
}

proptest! {
    /// As shared memory may hold them after a crash.
    #[test]
    fn any_bytes_are_a_record(
        bytes in any::<[[u8; 8]; 19]>(),
        at in 1..60_usize,
        byte: u8,
        millis in 0..u64::MAX - START,
    ) {
        let mut record = Record::read_from_bytes(bytes.as_flattened()).unwrap();
        for database in [Some(&*SYSTEMS), None] {
            let seen = seen(&[(at, &[byte])], millis, database);
            for _ in 0..2 {
                let host = Host::new(record, 0, 0, database);
                serde_json::from_str::<serde_json::Value>(&json(&host)).unwrap();
                record.see(&seen, database);
            }
        }
    }
}
