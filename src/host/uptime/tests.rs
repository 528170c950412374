use proptest::prelude::*;

use super::*;
use crate::connection::Connection;
use crate::database::Database;
use crate::host::tests::{database, seen};
use crate::host::{Event, Seen};
use crate::syn::Syn;

/// Where TSval is in the SYN of `seen`.
const TSVAL: usize = 48;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// Everything is that system.
fn everything_is(label: &str, rules: Rules) -> Database {
    let layouts = ["mss,sok,ts,nop,ws", "mss,nop,ws,nop,nop,ts"];
    let sigs = layouts.map(|layout| format!("sig = *:64:0:*:*,*:{layout}:df,id+:0\n"));
    database(&format!("label = {label}\n{}", sigs.concat()), rules)
}

/// The uptime after each of some SYNs, told by milliseconds and TSval.
fn uptimes(database: &Database, syns: &[(u64, u32)]) -> Vec<Option<u32>> {
    let mut record = Record::default();
    let after = |&(millis, tsval): &(u64, u32)| {
        let seen = seen(&[(TSVAL, &tsval.to_be_bytes())], millis, Some(database));
        record.see(&seen, Some(database));
        assert_eq!(record.uptime().is_some(), record.uptime_mod().is_some());
        record.uptime()
    };
    syns.iter().map(after).collect()
}

/// SYNs at some times, of a clock with so many ticks a second that begins at a value.
fn clock(frequency: u64, start: u32, times: &[u64]) -> Vec<(u64, u32)> {
    let tsval = |millis| start.wrapping_add((millis * frequency / 1000) as u32);
    times.iter().map(|&millis| (millis, tsval(millis))).collect()
}

#[test]
fn a_clock_that_counts_from_boot() {
    const OLD: &str = "s:unix:Linux:2.6.x";
    /// Ten days of 250 ticks a second.
    const TEN_DAYS: u32 = 10 * 24 * 3600 * 250;
    let cases: &[(&str, u64, u32, &[u64], &[Option<u32>])] = &[
        // Three SYNs, a second apart at least.
        (OLD, 250, TEN_DAYS, &[0, 1000, 2000], &[None, None, Some(14400)]),
        (OLD, 250, TEN_DAYS, &[0, 999, 1998], &[None, None, None]),
        (OLD, 250, TEN_DAYS, &[0, 1000, 1020, 2020], &[None, None, None, Some(14400)]),
        (OLD, 100, 360_000, &[0, MINUTE, 2 * MINUTE], &[None, None, Some(62)]),
        (OLD, 300, 0x7000_0000, &[0, MINUTE, HOUR], &[None, None, Some(104_451)]),
        // From then on every one that fits, at once or hours later.
        (
            OLD,
            100,
            6000,
            &[0, 1000, 2000, 2001, 20 * HOUR],
            &[None, None, Some(1), Some(1), Some(1201)],
        ),
        // But not where it cannot be told how often the clock began anew meanwhile.
        (OLD, 100, 6000, &[0, 1000, 2000, 27 * HOUR], &[None, None, Some(1), None]),
        // The five minutes before the clock first wraps; and behind.
        (OLD, 100, u32::MAX - 29_000, &[0, 1000, 2000, 291 * 1000], &[None, None, None, Some(0)]),
        // The pace of everyone who adds an offset, and what no kernel has.
        (OLD, 1000, 360_000, &[0, MINUTE, 2 * MINUTE], &[None; 3]),
        (OLD, 200, 360_000, &[0, MINUTE, 2 * MINUTE], &[None; 3]),
        (OLD, 2, 360_000, &[0, MINUTE, 2 * MINUTE], &[None; 3]),
        // Systems of which it is not known, and those that do add one.
        ("s:unix:Linux:3.11 and newer", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:Linux:3.11+", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:Linux:3.11 to 4.19", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:Linux:4.x", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:Linux:4.10", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:Linux:Android", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:Linux:", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("g:unix:Linux:2.4.x-2.6.x", 250, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:win:Windows:7 or 8", 100, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        ("s:unix:OpenBSD:3.x", 100, TEN_DAYS, &[0, 1000, 2000], &[None; 3]),
        // And those that do not.
        (
            "s:unix:Linux:3.x (loopback)",
            250,
            TEN_DAYS,
            &[0, 1000, 2000],
            &[None, None, Some(14400)],
        ),
        (
            "s:unix:Linux:2.6.39 to 3.10",
            250,
            TEN_DAYS,
            &[0, 1000, 2000],
            &[None, None, Some(14400)],
        ),
        ("s:unix:Linux:4.9", 250, TEN_DAYS, &[0, 1000, 2000], &[None, None, Some(14400)]),
    ];
    for (label, frequency, start, times, expected) in cases {
        let database = everything_is(label, Rules::Corrected);
        let got = uptimes(&database, &clock(*frequency, *start, times));
        assert_eq!(got, *expected, "{label}, {frequency} Hz: {times:?}");
    }
}

#[test]
fn a_clock_that_is_not_one() {
    let database = everything_is("s:unix:Linux:2.6.x", Rules::Corrected);
    let times: Vec<_> = (0..40).map(|number| number * 1500).collect();
    // Two machines by turns, one of them so much ahead that each pair alone would be a clock.
    let mut syns = clock(100, 6_000_000, &times);
    for (_, tsval) in syns.iter_mut().skip(1).step_by(2) {
        *tsval += 225;
    }
    assert_eq!(uptimes(&database, &syns), [None; 40]);
    // A known clock that jumps is known no more, until it shows itself anew.
    let mut syns = clock(100, 6_000_000, &[0, 2000, 4000, 6000, 8000, 10_000]);
    for (_, tsval) in &mut syns[3..] {
        *tsval += 6_000_000;
    }
    let expected = [None, None, Some(1000), None, None, Some(2000)];
    assert_eq!(uptimes(&database, &syns), expected);
    // A SYN without timestamps hides it, too.
    syns = clock(100, 6_000_000, &[0, 2000, 4000, 6000]);
    syns[3].1 = 0;
    assert_eq!(uptimes(&database, &syns), [None, None, Some(1000), None]);
}

/// The same in p0f's eyes. t/peer compares many more with p0f itself.
#[test]
fn as_p0f_reads_a_clock() {
    let database = everything_is("s:unix:Linux:3.11 and newer", Rules::AsP0f);
    let cases: &[(u64, &[u64], &[Option<u32>])] = &[
        (1000, &[0, 25], &[None, Some(60)]),
        (1000, &[0, 24], &[None, None]),
        (1000, &[0, 10 * MINUTE], &[None, Some(70)]),
        (1000, &[0, 10 * MINUTE + 1], &[None, None]),
        (1600, &[0, 1000], &[None, None]),
        // 260 is taken for 250, 1040 for 1100.
        (260, &[0, 1000], &[None, Some(240)]),
        (1040, &[0, 1000], &[None, Some(54)]),
        // What is known stays.
        (1000, &[0, 1000, HOUR], &[None, Some(60), Some(60)]),
    ];
    for (frequency, times, expected) in cases {
        let got = uptimes(&database, &clock(*frequency, 3_600_000, times));
        assert_eq!(got, *expected, "{frequency} Hz: {times:?}");
    }
}

/// Debian's kernels, six SYNs each, none of them up for a minute. Whatever they are taken for, no
/// uptime is told; p0f tells days, of those whose offset is that of a pair of addresses.
#[test]
fn recorded_clocks() {
    let rows: Vec<_> = include_str!("../../../t/data/captures/clocks.tsv")
        .lines()
        .map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            (columns[0], columns[1].parse().unwrap(), hex::decode(columns[2]).unwrap())
        })
        .collect();
    let kernels = rows.chunk_by(|(kernel, ..), (other, ..)| kernel == other);
    let mut longest = [0; 2];
    for kernel in kernels {
        for (longest, rules) in longest.iter_mut().zip([Rules::Corrected, Rules::AsP0f]) {
            let database = everything_is("s:unix:Linux:2.6.x", rules);
            let mut record = Record::default();
            for (_, millis, packet) in kernel {
                let mut connection = Connection::of_syn(Syn::parse(packet).unwrap());
                connection.database = Some(&database);
                assert!(connection.label().is_some());
                let seen = Seen::of(&connection, std::time::Duration::from_millis(*millis));
                record.see(&seen, Some(&database));
                *longest = (*longest).max(record.uptime().map_or(0, |minutes| minutes + 1));
            }
            assert_ne!(record.event(), Some(Event::Sharing));
        }
    }
    assert_eq!(longest[0], 0);
    assert!(longest[1] > 24 * 60, "p0f says {} minutes", longest[1]);
}

proptest! {
    /// A random offset for each connection.
    #[test]
    fn random_clocks(syns in prop::collection::vec((0..10 * MINUTE, any::<u32>()), 20)) {
        let database = everything_is("s:unix:Linux:2.6.x", Rules::Corrected);
        let mut now = 0;
        let syns: Vec<_> = syns.into_iter().map(|(gap, tsval)| { now += gap; (now, tsval) }).collect();
        prop_assert_eq!(uptimes(&database, &syns), [None; 20]);
    }
}
