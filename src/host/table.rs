//! The records of many clients in one piece of memory, which processes may share: a hash table, and
//! a list from the client seen last to the one that goes next.
//!
//! Whoever uses it holds its lock alone. A process may be killed at any instruction: what it was
//! about to change is noted before and cleared after, and whoever finds such a note puts the one
//! record back as it was and builds table and list anew from the records.

mod client;
mod network;

use std::hash::Hasher;
use std::net::IpAddr;
use std::ops::Range;
use std::sync::atomic::{compiler_fence, AtomicU32, Ordering};

pub use client::Client;
use network::{counters, Counters, Network, SLOTS_A_COUNTER};
use siphasher::sip::SipHasher13;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::record::Record;

/// The memory's first word: what wrote it, and which layout that has. To be raised whenever the
/// layout of anything here or in [`Record`] changes.
const LAYOUT: u64 = u64::from_le_bytes(*b"tcpfp\0\0\0") | VERSION << VERSION_BITS;
/// Where the version stands in it.
const VERSION_BITS: u32 = 48;

/// The version of the layout. One of its own for the test that refuses another.
pub const VERSION: u64 = if cfg!(feature = "provoke-panic") { 0xffff } else { 2 };

/// No slot.
const NONE: u32 = u32::MAX;

/// Bytes that a client costs: its slot and a head of a chain. What counts networks is half a byte
/// more.
pub const CLIENT: usize = size_of::<Slot>() + size_of::<u32>();
const _: () = assert!(CLIENT <= 188, "192 with nginx's own book-keeping of the memory");

/// The part of a full table that one network can have: one in so many.
const SHARE: usize = 16;
/// So many clients a network can have in any case.
const LEAST_SHARE: usize = 64;
/// Slots that are looked at for a client of the same network. Of 32 one is found, if the network
/// has a sixteenth of all, in 87 of 100 cases.
const SAMPLES: usize = 32;

/// Records of clients.
#[derive(Debug)]
pub struct Table<'m> {
    header: &'m mut Header,
    /// The first slot of each hash value's chain.
    chains: &'m mut [u32],
    slots: &'m mut [Slot],
    /// Counters of networks.
    networks: &'m mut [Counters],
}

/// What a table is, as long as it is.
#[derive(Debug, FromBytes, Immutable, IntoBytes, KnownLayout)]
#[repr(C)]
struct Format {
    layout: u64,
    /// The key of the hash, so that nobody can choose addresses of one chain.
    seed: [u64; 2],
    slots: u32,
    /// Bits of an IPv6 address that are one client's.
    ipv6_prefix: u32,
}

/// The beginning of the memory.
#[derive(Debug, FromBytes, IntoBytes, KnownLayout)]
#[repr(C)]
struct Header {
    format: Format,
    /// Clients whose record went for a newer one while it was still wanted.
    evicted: u64,
    /// Clients that got no record, because their network has its share.
    refused: u64,
    /// The last random number.
    dice: u64,
    /// Slots that were ever used: the first ones.
    touched: u32,
    /// Clients that have a record.
    clients: u32,
    /// The first of the touched slots that nobody uses.
    free: u32,
    newest: u32,
    oldest: u32,
    /// Not 0 while somebody changes something.
    changing: AtomicU32,
    /// Which slot that is, and what was in it.
    changed: u32,
    /// How often something was found half changed.
    repaired: u32,
    before: Slot,
}

impl Format {
    fn check(&self) -> Result<(), Unusable> {
        if self.layout != LAYOUT {
            return Err(Unusable::Layout(self.layout >> VERSION_BITS));
        }
        Ok(())
    }

    fn number(&self, client: Client) -> u64 {
        let [key0, key1] = self.seed;
        let mut hash = SipHasher13::new_with_keys(key0, key1);
        hash.write(&client.0);
        hash.finish()
    }
}

/// A client's place.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct Slot {
    record: Record,
    client: [u8; 16],
    /// A checksum of client and record; 0 if there is none.
    check: u32,
    /// The next slot of the chain, or of the unused ones.
    next: u32,
    newer: u32,
    older: u32,
}

impl Slot {
    fn holds(&self, client: Client) -> bool {
        self.client == client.0
    }

    /// What `check` is when nothing is torn. Never 0.
    fn checksum(&self) -> u32 {
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&self.client);
        checksum.update(self.record.as_bytes());
        checksum.finalize() | 1
    }

    fn is_whole(&self) -> bool {
        self.check == self.checksum()
    }
}

/// A record that nobody wrote as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn;

/// Why memory is not a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There is no room for [`Table::MIN_CLIENTS`].
    TooSmall,
    /// It was written by another version, if by this module at all.
    Layout(u64),
}

impl<'m> Table<'m> {
    /// A table for fewer is a mistake.
    pub const MIN_CLIENTS: usize = 16;
    /// Bytes that tell what it is.
    pub const FORMAT: usize = size_of::<Format>();

    /// Makes an empty table of memory that is aligned to 8 bytes. `seed` is random.
    ///
    /// # Errors
    ///
    /// [`Unusable::TooSmall`]
    pub fn format(memory: &'m mut [u8], ipv6_prefix: u8, seed: [u64; 2]) -> Result<(), Unusable> {
        let room = memory.len().saturating_sub(size_of::<Header>());
        // The most with room for their counters.
        let counted = CLIENT * SLOTS_A_COUNTER + size_of::<Counters>();
        let slots = room.saturating_sub(size_of::<Counters>()) * SLOTS_A_COUNTER / counted;
        let slots = slots.min(NONE as usize);
        if slots < Self::MIN_CLIENTS {
            return Err(Unusable::TooSmall);
        }
        let (header, _) = Header::mut_from_prefix(memory).map_err(|_| Unusable::TooSmall)?;
        let format =
            Format { layout: LAYOUT, seed, slots: slots as u32, ipv6_prefix: ipv6_prefix.into() };
        *header = Header {
            format,
            evicted: 0,
            refused: 0,
            dice: seed[0] | 1,
            touched: 0,
            clients: 0,
            free: NONE,
            newest: NONE,
            oldest: NONE,
            changing: AtomicU32::new(0),
            changed: NONE,
            repaired: 0,
            before: Slot::default(),
        };
        let table = Table::open(memory)?;
        table.chains.fill(NONE);
        table.networks.fill([0; 2]);
        Ok(())
    }

    /// How many bits of an IPv6 address make a client, of a table that others may use meanwhile:
    /// from its first [`Self::FORMAT`] bytes, which never change.
    ///
    /// # Errors
    ///
    /// [`Unusable`]
    pub fn ipv6_prefix(format: &[u8]) -> Result<u8, Unusable> {
        let format = Format::ref_from_bytes(format).map_err(|_| Unusable::TooSmall)?;
        format.check()?;
        Ok(format.ipv6_prefix as u8)
    }

    /// A number of a client that nobody can choose, likewise.
    ///
    /// # Errors
    ///
    /// [`Unusable`]
    pub fn number(format: &[u8], address: IpAddr) -> Result<u64, Unusable> {
        let format = Format::ref_from_bytes(format).map_err(|_| Unusable::TooSmall)?;
        format.check()?;
        Ok(format.number(Client::of(address, format.ipv6_prefix)))
    }

    /// The table in memory that was formatted once, repaired if a process died in it.
    ///
    /// # Errors
    ///
    /// [`Unusable`]
    pub fn open(memory: &'m mut [u8]) -> Result<Self, Unusable> {
        let mut table = Self::open_unrepaired(memory)?;
        if table.header.changing.load(Ordering::Acquire) != 0 {
            table.repair();
        }
        Ok(table)
    }

    fn open_unrepaired(memory: &'m mut [u8]) -> Result<Self, Unusable> {
        let (header, rest) = Header::mut_from_prefix(memory).map_err(|_| Unusable::TooSmall)?;
        header.format.check()?;
        let count = header.format.slots as usize;
        let (slots, rest) =
            <[Slot]>::mut_from_prefix_with_elems(rest, count).map_err(|_| Unusable::TooSmall)?;
        let (networks, rest) = <[Counters]>::mut_from_prefix_with_elems(rest, counters(count))
            .map_err(|_| Unusable::TooSmall)?;
        let (chains, _) =
            <[u32]>::mut_from_prefix_with_elems(rest, count).map_err(|_| Unusable::TooSmall)?;
        Ok(Self { header, chains, slots, networks })
    }

    /// How many clients have a record.
    pub fn clients(&self) -> usize {
        self.header.clients as usize
    }

    /// How many can have one.
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// How many lost theirs to a newer one before their time.
    pub fn evicted(&self) -> u64 {
        self.header.evicted
    }

    /// How many got none, because their network has its share of a full table.
    pub fn refused(&self) -> u64 {
        self.header.refused
    }

    /// How often a process died while it changed something.
    pub fn repaired(&self) -> u32 {
        self.header.repaired
    }

    /// The record of a client that was seen since `since`.
    pub fn find(&self, address: IpAddr, since: u32) -> Option<Record> {
        let client = self.client(address);
        let slot = &self.slots[self.slot_of(client)?];
        (slot.is_whole() && slot.record.last_seen() >= since).then_some(slot.record)
    }

    /// Writes a client's record: the one it has if it was seen since `since`, else a new one. Gives
    /// what was written.
    ///
    /// Where there is no room, the client goes that was seen longest ago. But where the new one's
    /// network, an IPv4 /24 or IPv6 /48, has its share of the table, one of that network goes; if
    /// none is found at once, the new one gets no record, and nothing is written.
    pub fn see(
        &mut self,
        address: IpAddr,
        since: u32,
        write: impl FnOnce(&mut Record),
    ) -> Option<Record> {
        self.forget(since);
        let client = self.client(address);
        let found = self.slot_of(client);
        let Some(index) = found.or_else(|| self.slot_for(client)) else {
            self.header.refused += 1;
            return None;
        };
        let record = self.change(index, |table| {
            if found.is_some() {
                table.leave_list(index);
            } else {
                table.take(index, client);
            }
            table.enter_list(index);
            let slot = &mut table.slots[index];
            if !slot.is_whole() || slot.record.last_seen() < since {
                slot.record = Record::default();
            }
            write(&mut slot.record);
            slot.check = slot.checksum();
            slot.record
        });
        Some(record)
    }

    /// The records in these slots, each with its slot, those that are out of date among them; `None`
    /// where no slots follow that were ever used.
    pub fn records(
        &self,
        slots: Range<usize>,
    ) -> Option<impl Iterator<Item = (usize, IpAddr, Result<Record, Torn>)> + '_> {
        let touched = &self.slots[..self.header.touched as usize];
        let range = slots.start..slots.end.min(touched.len());
        let used = range.clone().zip(touched.get(range)?).filter(|(_, slot)| slot.check != 0);
        Some(used.map(|(index, slot)| {
            let record = if slot.is_whole() { Ok(slot.record) } else { Err(Torn) };
            (index, Client(slot.client).address(), record)
        }))
    }

    /// Drops the oldest records that are out of date, a few at a time as nginx's own zones do.
    fn forget(&mut self, since: u32) {
        const AT_ONCE: usize = 2;

        for _ in 0..AT_ONCE {
            let oldest = self.header.oldest as usize;
            match self.slots.get(oldest) {
                Some(slot) if slot.record.last_seen() < since => self.change(oldest, |table| {
                    table.release(oldest);
                    table.slots[oldest].next = table.header.free;
                    table.header.free = oldest as u32;
                }),
                _ => return,
            }
        }
    }

    /// A slot to write a new client to: one that nobody uses, or that of the client to go.
    fn slot_for(&mut self, client: Client) -> Option<usize> {
        match (self.header.free, self.header.touched as usize) {
            (NONE, touched) if touched < self.slots.len() => Some(touched),
            (NONE, _) => {
                let share = (self.slots.len() / SHARE).max(LEAST_SHARE);
                let network = Network::of(client);
                if network.count(self.networks, self.header.format.seed) < share {
                    Some(self.header.oldest as usize)
                } else {
                    self.old_slot_of(network)
                }
            }
            (free, _) => Some(free as usize),
        }
    }

    /// Of some slots of a full table the one of this network that was seen longest ago.
    fn old_slot_of(&mut self, network: Network) -> Option<usize> {
        let drawn = (0..SAMPLES).filter_map(|_| {
            let index = self.random_slot();
            let slot = &self.slots[index];
            (slot.check != 0 && Network::of(Client(slot.client)) == network)
                .then(|| (slot.record.last_seen(), index))
        });
        drawn.min().map(|(_, index)| index)
    }

    /// Any slot, by an xorshift generator (Marsaglia, "Xorshift RNGs", 2003).
    fn random_slot(&mut self) -> usize {
        let dice = &mut self.header.dice;
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        ((u128::from(*dice) * self.slots.len() as u128) >> 64) as usize
    }

    /// Gives the slot that [`Self::slot_for`] chose to a client.
    fn take(&mut self, index: usize, client: Client) {
        if self.header.free as usize == index {
            self.header.free = self.slots[index].next;
        } else if self.header.touched as usize == index {
            self.header.touched += 1;
        } else {
            self.release(index);
            self.header.evicted += 1;
        }
        self.slots[index].check = 0;
        self.slots[index].client = client.0;
        self.enter_chain(index);
        Network::of(client).add(self.networks, self.header.format.seed);
        self.header.clients += 1;
    }

    /// Takes a slot from its client.
    fn release(&mut self, index: usize) {
        self.leave_list(index);
        self.leave_chain(index);
        let network = Network::of(Client(self.slots[index].client));
        network.remove(self.networks, self.header.format.seed);
        self.slots[index].check = 0;
        self.header.clients -= 1;
    }

    /// Does something that concerns a slot's record and any links, so that it can be repaired if it
    /// stops in the middle.
    fn change<T>(&mut self, index: usize, change: impl FnOnce(&mut Self) -> T) -> T {
        self.header.before = self.slots[index];
        self.header.changed = index as u32;
        compiler_fence(Ordering::SeqCst);
        self.header.changing.store(1, Ordering::SeqCst);
        compiler_fence(Ordering::SeqCst);
        let result = change(self);
        compiler_fence(Ordering::SeqCst);
        self.header.changing.store(0, Ordering::SeqCst);
        compiler_fence(Ordering::SeqCst);
        result
    }

    /// Puts the record back that was being changed, unless it is whole, and makes the links anew.
    /// Nothing is allocated.
    fn repair(&mut self) {
        let changed = self.header.changed as usize;
        if !self.slots[changed].is_whole() {
            self.slots[changed] = self.header.before;
        }
        // Not all slots: where there is nothing yet, there need not be memory either.
        let touched = (changed.max(self.header.touched as usize) + 1).min(self.slots.len());
        // The chains' own memory holds the numbers of those that are whole while they are sorted.
        let mut used = 0;
        for index in (0..touched).filter(|&index| self.slots[index].is_whole()) {
            self.chains[used] = index as u32;
            used += 1;
        }
        let slots = &self.slots;
        self.chains[..used]
            .sort_unstable_by_key(|&index| (slots[index as usize].record.last_seen(), index));
        (self.header.newest, self.header.oldest, self.header.free) = (NONE, NONE, NONE);
        for at in 0..used {
            self.enter_list(self.chains[at] as usize);
        }
        self.header.touched = self.chains[..used].iter().max().map_or(0, |last| last + 1);
        self.header.clients = used as u32;
        self.chains.fill(NONE);
        self.networks.fill([0; 2]);
        let mut index = self.header.oldest;
        while index != NONE {
            self.enter_chain(index as usize);
            let client = Client(self.slots[index as usize].client);
            Network::of(client).add(self.networks, self.header.format.seed);
            index = self.slots[index as usize].newer;
        }
        for index in 0..self.header.touched as usize {
            if !self.slots[index].is_whole() {
                self.slots[index].check = 0;
                self.slots[index].next = self.header.free;
                self.header.free = index as u32;
            }
        }
        self.header.repaired = self.header.repaired.wrapping_add(1);
        self.header.changing.store(0, Ordering::SeqCst);
    }

    fn client(&self, address: IpAddr) -> Client {
        Client::of(address, self.header.format.ipv6_prefix)
    }

    /// The number of a client's chain.
    fn chain_of(&self, client: Client) -> usize {
        // All numbers, spread over all chains.
        let number = self.header.format.number(client);
        ((u128::from(number) * self.chains.len() as u128) >> 64) as usize
    }

    fn slot_of(&self, client: Client) -> Option<usize> {
        let mut index = self.chains[self.chain_of(client)];
        while index != NONE {
            let slot = &self.slots[index as usize];
            if slot.holds(client) {
                return Some(index as usize);
            }
            index = slot.next;
        }
        None
    }

    fn enter_chain(&mut self, index: usize) {
        let chain = self.chain_of(Client(self.slots[index].client));
        self.slots[index].next = self.chains[chain];
        self.chains[chain] = index as u32;
    }

    fn leave_chain(&mut self, index: usize) {
        let chain = self.chain_of(Client(self.slots[index].client));
        let next = self.slots[index].next;
        let mut at = self.chains[chain];
        if at as usize == index {
            self.chains[chain] = next;
            return;
        }
        while at != NONE {
            let slot = &mut self.slots[at as usize];
            if slot.next as usize == index {
                slot.next = next;
                return;
            }
            at = slot.next;
        }
    }

    fn enter_list(&mut self, index: usize) {
        let newest = self.header.newest;
        self.slots[index].newer = NONE;
        self.slots[index].older = newest;
        match self.slots.get_mut(newest as usize) {
            Some(slot) => slot.newer = index as u32,
            None => self.header.oldest = index as u32,
        }
        self.header.newest = index as u32;
    }

    fn leave_list(&mut self, index: usize) {
        let Slot { newer, older, .. } = self.slots[index];
        match self.slots.get_mut(newer as usize) {
            Some(slot) => slot.older = older,
            None => self.header.newest = older,
        }
        match self.slots.get_mut(older as usize) {
            Some(slot) => slot.newer = newer,
            None => self.header.oldest = newer,
        }
    }
}

#[cfg(test)]
mod tests;
