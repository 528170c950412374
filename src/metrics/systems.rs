//! Connections by label of the database.
//!
//! Labels are whatever a database says, and a reload may bring other ones, so each is kept by name,
//! in a place of its own as long as there is one. A counter must not fall: no label ever makes room
//! for another. The frequent ones come first, because they come often.

use std::array;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::str::from_utf8;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHasher;
use zerocopy::IntoBytes;

use super::counter::{Counter, Subsystem, NONE};
use crate::database::Label;
use crate::text::{Out, Text};

/// Labels that have a place. The built-in database has 88.
pub const PLACES: usize = 128;
/// Words of eight bytes in which a name is kept.
const WORDS: usize = 7;
/// Bytes of a name that are kept; those that agree so far are one.
pub const BYTES: usize = WORDS * 8;

/// All that have no place.
pub const OTHER: &str = "other";

/// Connections of each label.
#[derive(Debug)]
#[repr(C)]
pub struct Systems {
    /// Without a label.
    none: Counts,
    /// With one that has no place.
    other: Counts,
    places: [Place; PLACES],
}

/// Connections of each subsystem.
type Counts = [Counter; Subsystem::ALL.len()];

#[derive(Debug, Default)]
#[repr(C)]
struct Place {
    state: AtomicU64,
    /// Nobody writes to it once the state says that it is there.
    name: [AtomicU64; WORDS],
    counts: Counts,
}

/// States of a place.
const FREE: u64 = 0;
/// Somebody is about to write the name, or was killed while doing so.
const TAKEN: u64 = 1;
const NAMED: u64 = 2;

impl Default for Systems {
    fn default() -> Self {
        let places = array::from_fn(|_| Place::default());
        Self { none: Counts::default(), other: Counts::default(), places }
    }
}

impl Systems {
    /// Counts a connection.
    pub fn count(&self, subsystem: Subsystem, label: Option<&Label>) {
        let counts = label.map_or(&self.none, |label| self.counts(&Name::of(label)));
        counts[subsystem as usize].add(1);
    }

    /// Tells each label that has a place, and its connections.
    pub fn each(&self, subsystem: Subsystem, mut tell: impl FnMut(&str, u64)) {
        let count = |counts: &Counts| counts[subsystem as usize].get();
        for (at, place) in self.places.iter().enumerate() {
            let Some(name) = place.name() else { continue };
            // Two processes that met a label at the same moment gave it a place each.
            let is_same = |place: &&Place| place.name() == Some(name);
            if !self.places[..at].iter().any(|place| is_same(&place)) {
                let twins = self.places[at..].iter().filter(is_same);
                tell(name.as_str(), twins.map(|place| count(&place.counts)).sum());
            }
        }
        tell(NONE, count(&self.none));
        tell(OTHER, count(&self.other));
    }

    /// The counts of a name, which gets a place if there is one.
    fn counts(&self, name: &Name) -> &Counts {
        let first = BuildHasherDefault::<FxHasher>::default().hash_one(name.0) as usize;
        for at in 0..PLACES {
            let place = &self.places[first.wrapping_add(at) % PLACES];
            if place.name().as_ref() == Some(name) {
                return &place.counts;
            }
            if place.state.load(Ordering::Relaxed) == FREE {
                match name.as_str() {
                    NONE => return &self.none,
                    OTHER => return &self.other,
                    _ if place.take(name) => return &place.counts,
                    _ => {}
                }
            }
        }
        &self.other
    }
}

impl Place {
    /// The name that it is of, if that is written.
    fn name(&self) -> Option<Name> {
        let word = |at: usize| self.name[at].load(Ordering::Relaxed);
        (self.state.load(Ordering::Acquire) == NAMED).then(|| Name(array::from_fn(word)))
    }

    /// Makes it the place of a name; whether nobody was faster.
    fn take(&self, name: &Name) -> bool {
        let (free, taken) = (Ordering::Relaxed, Ordering::Relaxed);
        let is_ours = self.state.compare_exchange(FREE, TAKEN, free, taken).is_ok();
        if is_ours {
            for (place, word) in self.name.iter().zip(name.0) {
                place.store(word, Ordering::Relaxed);
            }
            self.state.store(NAMED, Ordering::Release);
        }
        is_ours
    }
}

/// The beginning of a label's text, and zeroes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Name([u64; WORDS]);

impl Name {
    fn of(label: &Label) -> Self {
        let mut writing = Writing { name: Self::default(), len: 0 };
        label.write_to(&mut writing);
        writing.name
    }

    fn as_str(&self) -> &str {
        let text = from_utf8(self.0.as_bytes()).unwrap_or_default();
        text.trim_end_matches('\0')
    }
}

/// A name that is being written.
struct Writing {
    name: Name,
    len: usize,
}

impl Out for Writing {
    fn push_str(&mut self, piece: &str) {
        let room = BYTES.saturating_sub(self.len);
        let fits = (0..=piece.len().min(room)).rev().find(|end| piece.is_char_boundary(*end));
        let fits = &piece.as_bytes()[..fits.unwrap_or_default()];
        if let Some(place) = self.name.0.as_mut_bytes().get_mut(self.len..self.len + fits.len()) {
            place.copy_from_slice(fits);
        }
        // Nothing goes behind what was cut.
        self.len = if fits.len() < piece.len() { BYTES } else { self.len + fits.len() };
    }
}
