//! Which SYNs were seen lately, in memory that processes share: proxies that keep connections open
//! bring the same one with every request.

use std::hash::Hasher;
use std::sync::atomic::{AtomicU64, Ordering};

use siphasher::sip::SipHasher13;

use crate::syn::Syn;

/// SYNs of one hash value, the one seen last first: a line of the processor's cache.
const WAYS: usize = 8;

/// The SYNs that were seen last: a number of each, in the places that its hash names. Memory of
/// zeroes knows none, and any other is as good.
#[derive(Clone, Copy, Debug)]
pub struct Recent<'m>(&'m [AtomicU64]);

impl<'m> Recent<'m> {
    /// The SYNs in this memory.
    pub fn new(memory: &'m [AtomicU64]) -> Self {
        Self(memory)
    }

    /// Whether a SYN was seen. Who is told that it was not asks [`Self::note`], with a lock: another
    /// process may just be moving it.
    pub fn know(&self, syn: &Syn<'_>) -> bool {
        let number = number(syn);
        self.places(number).iter().any(|place| place.load(Ordering::Relaxed) == number)
    }

    /// Notes a SYN; whether it was not seen before. One process at a time.
    pub fn note(&self, syn: &Syn<'_>) -> bool {
        let mut number = number(syn);
        let wanted = number;
        for place in self.places(number) {
            let before = place.swap(number, Ordering::Relaxed);
            if before == wanted {
                return false;
            }
            number = before;
        }
        true
    }

    fn places(&self, number: u64) -> &'m [AtomicU64] {
        let lines = self.0.len() / WAYS;
        // The upper bits; what is compared are all of them.
        let line = ((u128::from(number) * lines as u128) >> 64) as usize;
        &self.0[line * WAYS..(line + 1).min(lines) * WAYS]
    }
}

/// What tells a SYN from every other: addresses, ports and sequence number. Never 0.
fn number(syn: &Syn<'_>) -> u64 {
    let mut hasher = SipHasher13::new();
    let mut add = |number: Option<u32>| hasher.write_u32(number.unwrap_or_default());
    for address in [syn.ip().source(), syn.ip().destination()] {
        let address = match address {
            std::net::IpAddr::V4(address) => address.to_ipv6_mapped(),
            std::net::IpAddr::V6(address) => address,
        };
        for part in address.octets().chunks_exact(4) {
            add(part.try_into().ok().map(u32::from_be_bytes));
        }
    }
    if let Some(tcp) = syn.tcp() {
        add(tcp.source_port().map(u32::from));
        add(tcp.destination_port().map(u32::from));
        add(tcp.seq());
    }
    hasher.finish().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(port: u16, seq: u32) -> Vec<u8> {
        let mut packet = vec![0; 40];
        (packet[0], packet[9], packet[32], packet[33]) = (0x45, 6, 0x50, 2);
        packet[20..22].copy_from_slice(&port.to_be_bytes());
        packet[24..28].copy_from_slice(&seq.to_be_bytes());
        packet
    }

    fn memory(places: usize) -> Vec<AtomicU64> {
        (0..places).map(|_| AtomicU64::new(0)).collect()
    }

    #[test]
    fn each_syn_is_new_once() {
        let memory = memory(4096);
        let recent = Recent::new(&memory);
        for round in 0..3 {
            for number in 0..1000 {
                let packet = packet(number, 7);
                let syn = Syn::parse(&packet).unwrap();
                assert_eq!(recent.know(&syn), round > 0, "{number} in round {round}");
                assert_eq!(recent.note(&syn), round == 0, "{number} in round {round}");
            }
        }
    }

    #[test]
    fn every_part_tells() {
        let memory = memory(4096);
        let recent = Recent::new(&memory);
        let first = packet(1, 1);
        assert!(recent.note(&Syn::parse(&first).unwrap()));
        // Addresses, ports, sequence number; the rest is not asked.
        for (at, is_new) in
            (12..28).map(|at| (at, true)).chain([(1, false), (8, false), (35, false)])
        {
            let mut other = first.clone();
            other[at] ^= 1;
            assert_eq!(recent.note(&Syn::parse(&other).unwrap()), is_new, "byte {at}");
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let memory = memory(WAYS);
        let recent = Recent::new(&memory);
        let packets: Vec<_> = (1..=WAYS as u16 + 1).map(|port| packet(port, 1)).collect();
        let note = |at: usize| recent.note(&Syn::parse(&packets[at]).unwrap());
        assert!((0..WAYS).all(note));
        // The first is seen again, so that the second is the oldest.
        assert!(!note(0) && note(WAYS));
        assert!(!note(0) && note(1));
    }

    #[test]
    fn without_memory_all_are_new() {
        let packet = packet(1, 1);
        let syn = Syn::parse(&packet).unwrap();
        for places in 0..WAYS {
            let memory = memory(places);
            let recent = Recent::new(&memory);
            assert!(!recent.know(&syn) && recent.note(&syn) && recent.note(&syn));
        }
    }
}
