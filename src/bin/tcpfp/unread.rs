//! What of a capture was passed over because it could not be read.

use std::collections::BTreeMap;
use std::fmt;

/// Why a packet cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// It names an interface that the capture does not describe.
    Interface,
    /// It is of a link type that we do not know.
    Link(u16),
    /// It is of an EtherType that may well carry IP, in a way that we do not know.
    EtherType(u16),
    /// The same, of a protocol over PPP.
    Ppp(u16),
    /// The capture holds less of it than its headers take.
    Short,
    /// Its headers make no sense.
    Malformed,
    /// Nobody but the receiver can read it.
    Encrypted,
    /// It is a part of a packet only.
    Fragment,
    /// It holds several packets (A-MSDU of 802.11).
    Aggregate,
    /// There are more tunnels in one another than we look into.
    Deep,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface => write!(f, "of an unknown interface"),
            Self::Link(number) => write!(f, "of link type {number}"),
            Self::EtherType(number) => write!(f, "of EtherType 0x{number:04x}"),
            Self::Ppp(number) => write!(f, "of PPP protocol 0x{number:04x}"),
            Self::Short => write!(f, "cut short"),
            Self::Malformed => write!(f, "malformed"),
            Self::Encrypted => write!(f, "encrypted"),
            Self::Fragment => write!(f, "in fragments"),
            Self::Aggregate => write!(f, "aggregated"),
            Self::Deep => write!(f, "in too many tunnels"),
        }
    }
}

/// How many packets could not be read, by reason.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<Unread, u64>);

impl Tally {
    /// Counts one.
    pub fn add(&mut self, reason: Unread) {
        *self.0.entry(reason).or_default() += 1;
    }

    /// Takes all of another's counts.
    pub fn append(&mut self, other: &mut Self) {
        while let Some((reason, count)) = other.0.pop_first() {
            *self.0.entry(reason).or_default() += count;
        }
    }

    /// Of all reasons.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

/// Displays as `3 packets passed over: 2 of an unknown interface, 1 cut short`, the most frequent
/// reasons first.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Garbage may have thousands.
        const SHOWN: usize = 8;

        let total = self.total();
        write!(f, "{total} packet{} passed over", if total == 1 { "" } else { "s" })?;
        let mut reasons: Vec<_> = self.0.iter().collect();
        reasons.sort_by_key(|(_, &count)| std::cmp::Reverse(count));
        let mut rest = total;
        for (number, (reason, &count)) in reasons.into_iter().take(SHOWN).enumerate() {
            write!(f, "{} {count} {reason}", if number == 0 { ':' } else { ',' })?;
            rest -= count;
        }
        if rest > 0 {
            write!(f, ", {rest} for other reasons")?;
        }
        Ok(())
    }
}
