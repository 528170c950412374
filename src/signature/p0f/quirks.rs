//! What is odd about a packet.

use std::str::FromStr;

use bitflags::bitflags;

use crate::text::{display_text, Out, Text};

/// A set of quirks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u32);

bitflags! {
    impl Quirks: u32 {
        /// Don't Fragment is set.
        const DF = 1 << 0;
        /// Don't Fragment is set, and the identification is not 0.
        const NONZERO_ID = 1 << 1;
        /// Don't Fragment is clear, and the identification is 0.
        const ZERO_ID = 1 << 2;
        /// An ECN bit of IP, or ECE, CWR or NS.
        const ECN = 1 << 3;
        /// The reserved flag of IPv4.
        const RESERVED = 1 << 4;
        /// An IPv6 flow label.
        const FLOW = 1 << 5;
        /// The sequence number is 0.
        const ZERO_SEQ = 1 << 6;
        /// The acknowledgment number is not 0, though ACK is clear.
        const NONZERO_ACK = 1 << 7;
        /// The acknowledgment number is 0, though ACK is set: in responses only.
        const ZERO_ACK = 1 << 8;
        /// The urgent pointer is not 0, though URG is clear.
        const NONZERO_URGENT = 1 << 9;
        /// URG is set.
        const URG = 1 << 10;
        /// PSH is set.
        const PUSH = 1 << 11;
        /// TSval is 0.
        const ZERO_TS1 = 1 << 12;
        /// TSecr is not 0, in a SYN.
        const NONZERO_TS2 = 1 << 13;
        /// Something follows end-of-list.
        const TRAILING = 1 << 14;
        /// The window scale exceeds 14.
        const EXCESS_SCALE = 1 << 15;
        /// The options are malformed.
        const BAD = 1 << 16;
    }
}

/// p0f's name of each, by its bit: the order in which p0f prints them.
const NAMES: [&str; 17] = [
    "df", "id+", "id-", "ecn", "0+", "flow", "seq-", "ack+", "ack-", "uptr+", "urgf+", "pushf+",
    "ts1-", "ts2+", "opt+", "exws", "bad",
];
const _: () = assert!(NAMES.len() as u32 == Quirks::all().bits().count_ones());

impl Quirks {
    /// Those that speak of an IPv4 header.
    pub const IPV4_ONLY: Self = Self::DF.union(Self::NONZERO_ID).union(Self::ZERO_ID);

    /// Adds quirks if a condition holds; takes none away.
    pub fn insert_if(&mut self, holds: bool, quirks: Self) {
        if holds {
            self.insert(quirks);
        }
    }

    /// Every subset but the empty one.
    pub fn subsets(self) -> impl Iterator<Item = Self> {
        let mut subset = self.0;
        std::iter::from_fn(move || {
            let this = (subset != 0).then_some(Self(subset))?;
            subset = (subset - 1) & self.0;
            Some(this)
        })
    }
}

impl Text for Quirks {
    fn write_to(&self, out: &mut impl Out) {
        let mut separator = "";
        let mut rest = self.0;
        while rest != 0 {
            out.push_str(separator);
            out.push_str(NAMES[rest.trailing_zeros() as usize]);
            separator = ",";
            rest &= rest - 1;
        }
    }
}
display_text!(Quirks);

impl FromStr for Quirks {
    type Err = ();

    /// The quirk of one name.
    fn from_str(name: &str) -> Result<Self, ()> {
        NAMES.iter().position(|known| *known == name).map(|bit| Self(1 << bit)).ok_or(())
    }
}
