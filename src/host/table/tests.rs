use std::collections::VecDeque;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::host::Seen;

const SEED: [u64; 2] = [1, 2];

/// Memory for so many clients, aligned as nginx's is.
fn memory(clients: usize) -> Vec<u64> {
    let networks = (counters(clients) + 1) * size_of::<Counters>();
    let mut memory = vec![0; (size_of::<Header>() + clients * CLIENT + networks).div_ceil(8)];
    Table::format(memory.as_mut_bytes(), 64, SEED).unwrap();
    memory
}

fn table(memory: &mut [u64]) -> Table<'_> {
    Table::open(memory.as_mut_bytes()).unwrap()
}

fn address(number: u32) -> IpAddr {
    IpAddr::from(number.to_be_bytes())
}

fn visit(record: &mut Record, now: u32) {
    let seen = Seen { time: Duration::from_secs(now.into()), identity: None };
    record.see(&seen, None);
}

/// The addresses that have a record, and how many connections each had.
fn all(table: &Table<'_>) -> Vec<(IpAddr, u32)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(records) = table.records(from..from + 7) {
        found.extend(records.map(|(_, address, record)| (address, record.unwrap().connections())));
        from += 7;
    }
    found.sort();
    found
}

/// The counters of networks that the clients of a table make.
fn counted(table: &Table<'_>) -> Vec<Counters> {
    let mut rows = vec![[0; 2]; counters(table.capacity())];
    for slot in table.slots.iter().filter(|slot| slot.check != 0) {
        Network::of(Client(slot.client)).add(&mut rows, SEED);
    }
    rows
}

/// What a table is expected to hold: clients with their connections and when they were last seen,
/// the one seen longest ago first.
#[derive(Default)]
struct Model(VecDeque<(IpAddr, u32, u32)>);

impl Model {
    fn see(&mut self, address: IpAddr, now: u32, since: u32, capacity: usize) {
        for _ in 0..2 {
            if self.0.front().is_some_and(|&(_, _, seen)| seen < since) {
                self.0.pop_front();
            }
        }
        let at = self.0.iter().position(|&(known, ..)| known == address);
        let before = at.and_then(|at| self.0.remove(at)).filter(|&(_, _, seen)| seen >= since);
        if at.is_none() && self.0.len() == capacity {
            self.0.pop_front();
        }
        self.0.push_back((address, before.map_or(0, |(_, count, _)| count) + 1, now));
    }

    fn all(&self) -> Vec<(IpAddr, u32)> {
        let mut all: Vec<_> = self.0.iter().map(|&(address, count, _)| (address, count)).collect();
        all.sort();
        all
    }
}

proptest! {
    #[test]
    fn is_what_a_list_would_be(
        visits in prop::collection::vec((0..60_u32, 0..40_u32), 1..400),
        clients in Table::MIN_CLIENTS..50,
        inactive in 10..2000_u32,
    ) {
        let mut memory = memory(clients);
        let capacity = table(&mut memory).capacity();
        let mut model = Model::default();
        let mut now = 10_000;
        for (who, seconds) in visits {
            now += seconds;
            let since = now - inactive;
            let mut table = table(&mut memory);
            let record = table.see(address(who), since, |record| visit(record, now)).unwrap();
            model.see(address(who), now, since, capacity);
            let &(_, count, seen) = model.0.back().unwrap();
            prop_assert_eq!((record.connections(), record.last_seen()), (count, seen));
            prop_assert_eq!(all(&table), model.all());
            prop_assert_eq!(table.clients(), model.0.len());
            prop_assert_eq!(&*table.networks, counted(&table));
        }
        for who in 0..60 {
            let known = model.0.iter().find(|&&(known, ..)| known == address(who));
            let found = table(&mut memory).find(address(who), 0).map(|record| record.connections());
            prop_assert_eq!(found, known.map(|&(_, count, _)| count));
        }
    }

    /// A process that dies while it writes leaves what was there, or what it wrote.
    #[test]
    fn death_tears_nothing(
        before in 0..40_u32,
        who in 0..60_u32,
        torn in any::<u8>(),
        links in any::<[u32; 4]>(),
    ) {
        let mut memory = memory(20);
        for who in 0..before {
            table(&mut memory).see(address(who), 0, |record| visit(record, 100 + who));
        }
        let expected = all(&table(&mut memory));
        let died = catch_unwind(AssertUnwindSafe(|| {
            table(&mut memory).see(address(who), 0, |record| {
                record.as_mut_bytes()[usize::from(torn) % size_of::<Record>()] ^= 0x55;
                panic!("as if killed");
            })
        }));
        prop_assert!(died.is_err());
        // What else it may have left half done.
        let half = Table::open_unrepaired(memory.as_mut_bytes()).unwrap();
        let [chain, newest, oldest, free] = links;
        half.chains[chain as usize % 20] = NONE;
        (half.header.newest, half.header.oldest, half.header.free) = (newest, oldest, free);
        half.header.clients = 99;
        half.networks[0] = [7, 8];

        prop_assert_eq!(all(&table(&mut memory)), &expected[..]);
        prop_assert_eq!(table(&mut memory).clients(), expected.len());
        prop_assert_eq!(table(&mut memory).repaired(), 1);
        let repaired = table(&mut memory);
        prop_assert_eq!(&*repaired.networks, counted(&repaired));
        for who in 0..100 {
            table(&mut memory).see(address(who), 0, |record| visit(record, 1000 + who));
        }
        let newest: Vec<_> = (80..100).map(|who| (address(who), 1)).collect();
        prop_assert_eq!(all(&table(&mut memory)), newest);
    }
}

#[test]
fn one_client_is_one_prefix_or_one_ipv4_address() {
    let cases = [
        ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8::1", "2001:db8::2:3:4:5", true),
        ("2001:db8::1", "2001:db8:0:1::1", false),
        ("::1", "0.0.0.1", false),
    ];
    for (one, other, is_same) in cases {
        let mut memory = memory(20);
        table(&mut memory).see(one.parse().unwrap(), 0, |record| visit(record, 5));
        let found = table(&mut memory).find(other.parse().unwrap(), 0);
        assert_eq!(found.is_some(), is_same, "{one} {other}");
    }
}

#[test]
fn memory_of_others_is_refused() {
    let mut memory = memory(20);
    let prefix = |memory: &[u64]| Table::ipv6_prefix(&memory.as_bytes()[..Table::FORMAT]);
    assert_eq!(prefix(&memory), Ok(64));
    memory[0] += 1 << VERSION_BITS;
    assert_eq!(prefix(&memory), Err(Unusable::Layout(VERSION + 1)));
    assert_eq!(Table::open(memory.as_mut_bytes()).err(), Some(Unusable::Layout(VERSION + 1)));
    let mut small = vec![0_u64; 100];
    assert_eq!(Table::format(small.as_mut_bytes(), 64, SEED), Err(Unusable::TooSmall));
}

/// A damaged record is told as such, and replaced.
#[test]
fn a_torn_record_is_seen() {
    let mut memory = memory(20);
    table(&mut memory).see(address(1), 0, |record| visit(record, 5));
    let half = table(&mut memory);
    half.slots[0].record.as_mut_bytes()[0] ^= 1;
    let records: Vec<_> = half.records(0..9).unwrap().collect();
    assert_eq!(records, [(0, address(1), Err(Torn))]);
    assert_eq!(half.find(address(1), 0), None);
    let record = table(&mut memory).see(address(1), 0, |record| visit(record, 6));
    assert_eq!(record.unwrap().connections(), 1);
}

/// A full table, and then one network after the other with more clients than it can have.
#[test]
fn a_network_has_its_share() {
    const CLIENTS: u32 = 4096;
    const SHARE: u32 = CLIENTS / 16;
    let honest =
        |who: u32| IpAddr::from(((0x2001_0db8_u128 << 96) + (u128::from(who) << 64)).to_be_bytes());
    let greedy =
        |who: u32| IpAddr::from(((0xfd00_0001_u128 << 96) + (u128::from(who) << 64)).to_be_bytes());
    let mut memory = memory(CLIENTS as usize);
    assert_eq!(table(&mut memory).capacity(), CLIENTS as usize);
    // Of many networks.
    for who in 0..CLIENTS {
        table(&mut memory).see(honest(who << 16), 0, |record| visit(record, 1000 + who));
    }
    let mut seen = 0;
    for who in 0..65_536 {
        let mut table = table(&mut memory);
        seen += u32::from(table.see(greedy(who), 0, |record| visit(record, 9000)).is_some());
    }
    let mut table = table(&mut memory);
    assert_eq!(table.clients(), CLIENTS as usize);
    assert_eq!(&*table.networks, counted(&table));
    let left: Vec<_> =
        (0..CLIENTS).filter(|who| table.find(honest(who << 16), 0).is_some()).collect();
    // Counters are shared with some others.
    let taken = left[0];
    assert!((SHARE - 32..=SHARE).contains(&taken), "{taken} of {SHARE}");
    assert!(left.into_iter().eq(taken..CLIENTS), "not the oldest went");
    assert_eq!(u64::from(65_536 - seen), table.refused());
    assert!(seen > 65_536 * 8 / 10, "{seen} of 65,536 got a record");
    // Another one has its own.
    for who in 0..SHARE - 32 {
        let other = IpAddr::from((0xc633_6400 + who).to_be_bytes());
        assert!(table.see(other, 0, |record| visit(record, 9001)).is_some());
    }
    assert_eq!(table.evicted(), u64::from(seen + SHARE - 32));
}

/// 64 MB, as a million clients come by, each of the last ones a second time.
#[test]
fn a_million_clients_in_64_megabytes() {
    let mut memory = memory((64 << 20) / CLIENT - 2);
    let capacity = table(&mut memory).capacity() as u32;
    assert!(capacity > 350_000, "{capacity}");
    for who in 0..1_000_000 {
        table(&mut memory).see(address(who), 0, |record| visit(record, 1_000_000 + who));
    }
    let mut table = table(&mut memory);
    assert_eq!(table.clients(), capacity as usize);
    assert_eq!(table.evicted(), u64::from(1_000_000 - capacity));
    for who in 0..1_000_000 {
        let found = table.find(address(who), 0).map(|record| record.last_seen());
        let expected = (who >= 1_000_000 - capacity).then_some(1_000_000 + who);
        assert_eq!(found, expected, "{who}");
    }
    let again = table.see(address(999_999), 0, |record| visit(record, 3_000_000)).unwrap();
    assert_eq!((again.connections(), again.first_seen()), (2, 1_999_999));
}
