//! What is odd about a packet.

use std::str::FromStr;

use crate::text::{display_text, Out, Text};

/// A set of quirks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quirks(u32);

macro_rules! quirks {
    ($($name:ident $text:literal $about:literal;)*) => {
        impl Quirks {
            quirks!(@consts 0; $($name $about;)*);
            /// Every quirk with its name, in the order in which p0f prints them.
            const NAMES: &[(Self, &str)] = &[$((Self::$name, $text),)*];
        }
    };
    (@consts $bit:expr; $name:ident $about:literal; $($rest:tt)*) => {
        #[doc = $about]
        pub const $name: Self = Self(1 << $bit);
        quirks!(@consts $bit + 1; $($rest)*);
    };
    (@consts $bit:expr;) => {};
}
quirks! {
    DF "df" "Don't Fragment is set.";
    NONZERO_ID "id+" "Don't Fragment is set, and the identification is not 0.";
    ZERO_ID "id-" "Don't Fragment is clear, and the identification is 0.";
    ECN "ecn" "An ECN bit of IP, or ECE, CWR or NS.";
    RESERVED "0+" "The reserved flag of IPv4.";
    FLOW "flow" "An IPv6 flow label.";
    ZERO_SEQ "seq-" "The sequence number is 0.";
    NONZERO_ACK "ack+" "The acknowledgment number is not 0, though ACK is clear.";
    ZERO_ACK "ack-" "The acknowledgment number is 0, though ACK is set: in responses only.";
    NONZERO_URGENT "uptr+" "The urgent pointer is not 0, though URG is clear.";
    URG "urgf+" "URG is set.";
    PUSH "pushf+" "PSH is set.";
    ZERO_TS1 "ts1-" "TSval is 0.";
    NONZERO_TS2 "ts2+" "TSecr is not 0, in a SYN.";
    TRAILING "opt+" "Something follows end-of-list.";
    EXCESS_SCALE "exws" "The window scale exceeds 14.";
    BAD "bad" "The options are malformed.";
}

impl Quirks {
    /// None.
    pub const NONE: Self = Self(0);
    /// Those that speak of an IPv4 header.
    pub const IPV4_ONLY: Self = Self(Self::DF.0 | Self::NONZERO_ID.0 | Self::ZERO_ID.0);

    /// The set of these bits, as [`bits`](Self::bits) gives them; there are no others.
    pub const fn of_bits(bits: u32) -> Self {
        Self(bits & ((1 << Self::NAMES.len()) - 1))
    }

    /// A bit for each quirk: to keep, not to show.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Those of either set.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of this set that are not of the other.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those of exactly one of the sets.
    pub const fn toggled(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// Those of both sets.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the sets share a quirk.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Adds quirks if a condition holds.
    pub fn set(&mut self, quirks: Self, holds: bool) {
        if holds {
            *self = self.with(quirks);
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
            out.push_str(Self::NAMES[rest.trailing_zeros() as usize].1);
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
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(quirk, _)| *quirk).ok_or(())
    }
}
