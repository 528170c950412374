//! How near clients were of late, in memory that processes share: how much later than TCP each has
//! answered in TLS, on the best of its connections.

use std::sync::atomic::{AtomicU64, Ordering};

/// Clients whose numbers lead to one line of the processor's cache.
const WAYS: usize = 8;
/// Seconds for which a gap counts: a client may move.
const COUNTS: u32 = 600;
/// Gaps are kept in units of 64 us, up to 16 s, and times in units of 16 s, which wrap in half a year.
const GAP: Unit = Unit { bits: 18, shift: 6 };
const TIME: Unit = Unit { bits: 20, shift: 4 };
/// Where the part of a client's number begins that is kept.
const TAG: u32 = GAP.bits + TIME.bits;

/// The gaps: of each client a number with its time, in the places that the client's number names.
/// Memory of zeroes knows none. Two processes that write at once may lose one of the two.
#[derive(Clone, Copy, Debug)]
pub struct Gaps<'m>(&'m [AtomicU64]);

/// How a number is kept.
struct Unit {
    bits: u32,
    shift: u32,
}

impl Unit {
    const fn most(&self) -> u64 {
        (1 << self.bits) - 1
    }
}

/// A client's place.
#[derive(Clone, Copy)]
struct Entry(u64);

impl<'m> Gaps<'m> {
    /// The gaps in this memory.
    pub fn new(memory: &'m [AtomicU64]) -> Self {
        Self(memory)
    }

    /// Takes in a gap of a client, in microseconds. Gives the shortest of the last ten minutes, not
    /// longer than this one. `client` is a number of it that nobody can choose, `now` in seconds.
    pub fn see(&self, client: u64, gap: u64, now: u32) -> u64 {
        let new = Entry::new(client, gap, now);
        let places = self.places(client);
        let entries = places.iter().map(|place| (place, Entry(place.load(Ordering::Relaxed))));
        let own = entries.clone().find(|(_, entry)| entry.is_of(client));
        if let Some((_, old)) =
            own.filter(|(_, old)| old.age(now) <= COUNTS && old.gap() < new.gap())
        {
            return gap.min(old.gap());
        }
        if let Some((place, _)) = own.or_else(|| entries.max_by_key(|(_, entry)| entry.age(now))) {
            place.store(new.0, Ordering::Relaxed);
        }
        gap
    }

    fn places(&self, client: u64) -> &'m [AtomicU64] {
        let lines = self.0.len() / WAYS;
        // The upper bits; an entry has the lower ones.
        let line = ((u128::from(client) * lines as u128) >> 64) as usize;
        &self.0[line * WAYS..(line + 1).min(lines) * WAYS]
    }
}

impl Entry {
    fn new(client: u64, gap: u64, now: u32) -> Self {
        let gap = (gap >> GAP.shift).min(GAP.most());
        let time = u64::from(now >> TIME.shift) & TIME.most();
        Self(client << TAG | time << GAP.bits | gap)
    }

    fn is_of(self, client: u64) -> bool {
        self.0 != 0 && self.0 >> TAG == client << TAG >> TAG
    }

    /// Microseconds, or a little less.
    fn gap(self) -> u64 {
        (self.0 & GAP.most()) << GAP.shift
    }

    /// Seconds since it was written; for nobody's, more than any.
    fn age(self, now: u32) -> u32 {
        if self.0 == 0 {
            return u32::MAX;
        }
        let time = (self.0 >> GAP.bits) as u32;
        let passed = (now >> TIME.shift).wrapping_sub(time) & TIME.most() as u32;
        passed << TIME.shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: u64 = 0x0123_4567_89ab_cdef;
    const NOW: u32 = 1_800_000_000;

    fn memory(len: usize) -> Vec<AtomicU64> {
        (0..len).map(|_| AtomicU64::new(0)).collect()
    }

    #[test]
    fn the_shortest_of_late() {
        let memory = memory(64);
        let gaps = Gaps::new(&memory);
        let cases = [
            ("the first", A, 40_000, 0, 40_000),
            ("a longer one", A, 90_000, 10, 40_000),
            ("another client", A ^ 1, 50_000, 10, 50_000),
            ("a shorter one", A, 2_000, 20, 2_000),
            ("it counts", A, 90_000, 20 + COUNTS, 1_984),
            ("not any more", A, 90_000, 20 + COUNTS + 32, 90_000),
            ("and is forgotten", A, 95_000, 20 + COUNTS + 48, 89_984),
            ("beyond all that is kept", A ^ 2, u64::MAX, 0, u64::MAX),
            ("and after it", A ^ 2, u64::MAX - 1, 0, u64::MAX - 1),
            ("the clock went back", A ^ 3, 5_000, 100, 5_000),
            ("none at all", A ^ 4, 0, 0, 0),
            ("and still none", A ^ 4, 70_000, 16, 0),
        ];
        for (name, client, gap, passed, expected) in cases {
            assert_eq!(gaps.see(client, gap, NOW + passed), expected, "{name}");
        }
    }

    #[test]
    fn the_oldest_gives_way() {
        let memory = memory(WAYS);
        let gaps = Gaps::new(&memory);
        for number in 0..=WAYS as u64 {
            assert_eq!(gaps.see(number + 1, 1_024, NOW + 16 * number as u32), 1_024);
        }
        // The second is there still; the first is not.
        assert_eq!(gaps.see(2, 64_000, NOW + 200), 1_024);
        assert_eq!(gaps.see(1, 64_000, NOW + 200), 64_000);
    }

    #[test]
    fn no_memory_is_no_harm() {
        for len in [0, 1, WAYS - 1] {
            assert_eq!(Gaps::new(&memory(len)).see(A, 7, NOW), 7);
        }
    }

    #[test]
    fn nonsense_in_memory_is_no_harm() {
        let memory: Vec<_> = (0..64).map(|_| AtomicU64::new(u64::MAX)).collect();
        let gaps = Gaps::new(&memory);
        for client in [0, 1, A, u64::MAX] {
            assert!(gaps.see(client, 1_000, NOW) <= 1_000);
        }
    }
}
