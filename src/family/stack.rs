//! The stacks that may have sent a SYN.

use std::array;

use super::cause::{Cause, Cost};
use super::window::PackedWindow;
use crate::families::Family;
use crate::signature::p0f::Quirks;
use crate::syn::kind;

/// A layout of options, and the stacks that send it.
#[derive(Debug)]
pub struct KnownLayout {
    pub kinds: &'static [u8],
    pub order: OptionOrder,
    pub stacks: &'static [Stack],
}

/// Stacks that differ in what settings and links change.
#[derive(Debug)]
pub struct Stack {
    pub family: Family,
    /// Of IP, if it sends only one.
    pub version: Option<u8>,
    pub ttl: u8,
    pub is_ttl_random: bool,
    pub quirks: Quirks,
    /// The least rare first.
    pub settings: &'static [Setting],
}

/// What settings and links change, as in a [`Signature`](crate::signature::p0f::Signature).
#[derive(Debug)]
pub struct Setting {
    /// The label of the signature.
    pub label: &'static str,
    /// How seldom it is met.
    pub rarity: Cost,
    /// None if any will do.
    pub windows: &'static [PackedWindow],
    pub scales: Scales,
    pub mss: Option<u16>,
}

/// Window scales, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scales(pub u16);

impl Scales {
    /// Any will do, and there are many.
    pub const ANY: Self = Self(u16::MAX);

    #[cfg(test)]
    pub const fn of(scales: &[u8]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < scales.len() {
            bits |= 1 << scales[at];
            at += 1;
        }
        Self(bits)
    }

    /// RFC 7323, section 2.3: a scale above 14 is one of 14.
    pub fn has(self, scale: u8) -> bool {
        self.0 >> scale.min(14) & 1 != 0
    }
}

impl KnownLayout {
    pub const fn new(kinds: &'static [u8], stacks: &'static [Stack]) -> Self {
        Self { kinds, order: OptionOrder::of(kinds), stacks }
    }
}

/// The order of the options that tell stacks apart, and what stands between them: other options
/// come and go as the application asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionOrder {
    /// A bit for each of the four options; behind it, four for each: those before it.
    bits: u32,
    pub nops: u8,
    pub has_end: bool,
    pub has_unknown: bool,
}

impl OptionOrder {
    /// What it means that an option is missing, in the order of its bits.
    const REMOVED: [Cause; 4] =
        [Cause::MssRemoved, Cause::ScaleRemoved, Cause::SackRemoved, Cause::TimestampsRemoved];

    pub const fn of(kinds: &[u8]) -> Self {
        let mut order = Self { bits: 0, nops: 0, has_end: false, has_unknown: false };
        let mut at = 0;
        while at < kinds.len() {
            let option = match kinds[at] {
                kind::MSS => Some(0),
                kind::WINDOW_SCALE => Some(1),
                kind::SACK_PERMITTED => Some(2),
                kind::TIMESTAMPS => Some(3),
                _ => None,
            };
            match (kinds[at], option) {
                (_, Some(option)) => {
                    order.bits |= order.options() << (4 + 4 * option) | 1 << option;
                }
                (kind::EOL, _) => order.has_end = true,
                (kind::NOP, _) => order.nops += 1,
                _ => order.has_unknown = true,
            }
            at += 1;
        }
        order
    }

    /// The options, a bit for each.
    pub const fn options(self) -> u32 {
        self.bits & 0xf
    }

    /// Whether these can be what is left of others, in their order.
    pub fn may_be_left_of(self, others: Self) -> bool {
        self.bits & !others.bits == 0 && !others.has_unknown
    }

    /// What happened to the options that others have, if these lack them.
    pub fn removed_from(self, others: Self) -> [(bool, Cause); 4] {
        let removed = others.options() & !self.options();
        array::from_fn(|at| (removed >> at & 1 != 0, Self::REMOVED[at]))
    }
}
