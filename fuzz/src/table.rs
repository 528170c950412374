//! Any visits to a table of clients, whose memory may be left half written at any of them.

use std::iter;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use ngx_tcpfp::host::{Record, Seen, Table};
use zerocopy::IntoBytes;

/// Words of memory: room for a hundred clients, so that one network can have its share of them.
const MEMORY: usize = 2500;
/// Where the table notes that it is being changed, in words of four bytes: the note, which client's
/// slot, and how often something was found half changed. [`die`] would see it if that moved.
const CHANGING: usize = (Table::FORMAT + 3 * 8 + 5 * 4) / 4;
const CHANGED: usize = CHANGING + 1;
const REPAIRED: usize = CHANGING + 2;
/// Where the slot stands as it was before, with the note's other words, and where slots begin.
const BEFORE: usize = CHANGING + 3;
const SLOTS: usize = BEFORE + SLOT;
const SLOT: usize = (size_of::<Record>() + 16 + 4 * 4) / 4;

#[derive(Arbitrary)]
enum Step<'b> {
    /// Clients come, with numbers that follow, each so many seconds after the other.
    Visits { first: u16, count: u8, seconds: u8, inactive: u16 },
    /// A process dies when it has written some words of what a visit writes, and others not.
    Death { who: u16, is_written: &'b [u8] },
    /// It dies, and whatever is in the memory behind the note.
    Rubbish { changed: u16, first: u32, bytes: &'b [u8] },
}

pub fn check(bytes: &[u8]) {
    let mut memory = vec![0_u64; MEMORY];
    Table::format(memory.as_mut_bytes(), 64, [1, 2]).expect("room");
    let mut now = 1_500_000_000;
    let mut input = Unstructured::new(bytes);
    while !input.is_empty() {
        let Ok(step) = Step::arbitrary(&mut input) else { return };
        match step {
            Step::Visits { first, count, seconds, inactive } => {
                for who in (first..=u16::MAX).take(count.into()) {
                    now += u32::from(seconds);
                    visit(&mut memory, who, now, now - u32::from(inactive));
                }
            }
            Step::Death { who, is_written } => die(&mut memory, who, now, is_written),
            Step::Rubbish { changed, first, bytes } => spoil(&mut memory, changed, first, bytes),
        }
        clients(&mut memory);
    }
}

fn table(memory: &mut [u64]) -> Table<'_> {
    Table::open(memory.as_mut_bytes()).expect("a table")
}

/// Clients of three networks, two of them IPv6.
fn address(who: u16) -> IpAddr {
    let [network, client] = who.to_be_bytes();
    match network % 4 {
        0 => IpAddr::from([192, 0, 2, client]),
        1 => IpAddr::from([198, 51, network, client]),
        kind => Ipv6Addr::from([0x2001, 0xdb8, kind.into(), who, 0, 0, 0, 1]).into(),
    }
}

fn visit(memory: &mut [u64], who: u16, now: u32, since: u32) {
    let mut table = table(memory);
    let before = table.find(address(who), since).map_or(0, |record| record.connections());
    let seen = Seen { time: Duration::from_secs(now.into()), identity: None };
    let Some(record) = table.see(address(who), since, |record| record.see(&seen, None)) else {
        assert!(before == 0 && table.refused() > 0);
        return;
    };
    assert_eq!((record.connections(), record.last_seen()), (before + 1, now));
    assert_eq!(table.find(address(who), since), Some(record));
}

/// All clients with their records; what the table says of itself is true.
fn clients(memory: &mut [u64]) -> Vec<(IpAddr, Record)> {
    let table = table(memory);
    let records = table.records(0..table.capacity()).into_iter().flatten();
    let all: Vec<_> =
        records.map(|(_, address, record)| (address, record.expect("no torn record"))).collect();
    assert_eq!(table.clients(), all.len());
    for (address, record) in &all {
        assert_eq!(table.find(*address, 0), Some(*record), "{address}");
    }
    all
}

/// Whatever was written and in whatever order: there is what was before, or what should be.
fn die(memory: &mut [u64], who: u16, now: u32, is_written: &[u8]) {
    let (mut after, before) = (memory.to_vec(), clients(memory));
    visit(&mut after, who, now, 0);
    let expected = [before, clients(&mut after.clone())];
    let repaired = table(memory).repaired();

    let (memory_words, after) = (words(memory), words(&mut after));
    for (at, (word, new)) in memory_words.iter_mut().zip(&*after).enumerate() {
        let is_note = (CHANGING..SLOTS).contains(&at);
        let byte = is_written.get(at / 8 % is_written.len().max(1)).copied().unwrap_or(0);
        if is_note || byte >> (at % 8) & 1 != 0 {
            *word = *new;
        }
    }
    memory_words[CHANGING] = 1;
    assert_eq!(table(memory).repaired(), repaired + 1);
    assert!(expected.contains(&clients(memory)));
}

/// What is no record is none, and all else is made anew.
fn spoil(memory: &mut [u64], changed: u16, first: u32, bytes: &[u8]) {
    let (capacity, repaired) = (table(memory).capacity(), table(memory).repaired());
    let words = words(memory);
    let others =
        bytes.chunks_exact(4).map(|bytes| u32::from_ne_bytes(bytes.try_into().expect("four")));
    for (word, rubbish) in words[BEFORE..].iter_mut().zip(iter::once(first).chain(others).cycle()) {
        *word = rubbish;
    }
    words[CHANGED] = u32::from(changed) % capacity as u32;
    words[CHANGING] = 1;
    assert_eq!(words[REPAIRED], repaired);
    assert_eq!(table(memory).repaired(), repaired + 1);
}

fn words(memory: &mut [u64]) -> &mut [u32] {
    zerocopy::FromBytes::mut_from_bytes(memory.as_mut_bytes()).expect("whole words")
}
