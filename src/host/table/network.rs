//! How many of a table's clients are of one network, so that none drives the others out.
//!
//! Whoever owns an IPv6 /48 has 65,536 prefixes of 64 bits, each a client. They are counted in a
//! count-min sketch (Cormode and Muthukrishnan, "An improved data stream summary", 2005) of two
//! rows: each network adds to one counter of each row, and the smaller one tells of it, too large
//! only where both are shared with others. What counters a network has is drawn by the table's
//! seed, so that nobody can choose whose they share.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use super::client::Client;

/// Slots of the table for each counter of a row: far fewer than the clients that a network may
/// have, so that a counter tells of large networks, not of many small ones.
pub const SLOTS_A_COUNTER: usize = 16;

/// The counters of a network, one of each row.
pub type Counters = [u32; 2];

/// How many counters the rows of a table need.
pub const fn counters(slots: usize) -> usize {
    slots / SLOTS_A_COUNTER + 1
}

/// A client's network: 24 bits of an IPv4 address, 48 of an IPv6 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network([u8; 16]);

impl Network {
    pub fn of(client: Client) -> Self {
        /// An IPv4 address stands behind 96 bits that say so.
        const V4: usize = (96 + 24) / 8;
        const V6: usize = 48 / 8;
        let mut network = client.0;
        let kept = if client.address().is_ipv4() { V4 } else { V6 };
        network[kept..].fill(0);
        Self(network)
    }

    /// How many clients it has.
    pub fn count(self, rows: &[Counters], seed: [u64; 2]) -> usize {
        let [one, other] = self.places(rows, seed);
        rows[one][0].min(rows[other][1]) as usize
    }

    /// Counts a client more.
    pub fn add(self, rows: &mut [Counters], seed: [u64; 2]) {
        let [one, other] = self.places(rows, seed);
        rows[one][0] = rows[one][0].saturating_add(1);
        rows[other][1] = rows[other][1].saturating_add(1);
    }

    /// Counts a client less.
    pub fn remove(self, rows: &mut [Counters], seed: [u64; 2]) {
        let [one, other] = self.places(rows, seed);
        rows[one][0] = rows[one][0].saturating_sub(1);
        rows[other][1] = rows[other][1].saturating_sub(1);
    }

    /// Its place in each row.
    fn places(self, rows: &[Counters], [key0, key1]: [u64; 2]) -> [usize; 2] {
        let mut hash = SipHasher13::new_with_keys(key0, !key1);
        hash.write(&self.0);
        let hash = hash.finish();
        [hash >> 32, hash & u64::from(u32::MAX)]
            .map(|half| ((half * rows.len() as u64) >> 32) as usize)
    }
}
