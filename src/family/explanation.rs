//! Why a SYN may be a family's, in words.

use super::cause::{Cause, CauseCosts, Cost};
use crate::families::Family;
use crate::text::{display_text, Out, Text};

/// As many causes as one explanation can have.
const MOST: usize = 14;

/// The cheapest way for a SYN to come from a family: `Windows 10 or 11, if the TTL was lowered on
/// the way`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The family.
    pub family: Family,
    /// The label of the stack; none if the database lacks it.
    pub stack: Option<&'static str>,
    /// How seldom that stack is met.
    rarity: Cost,
    causes: [Option<Cause>; MOST],
}

impl Explanation {
    pub(super) fn of(
        family: Family,
        stack: Option<&'static str>,
        rarity: Cost,
        causes: impl Iterator<Item = Cause>,
    ) -> Self {
        let mut all = [None; MOST];
        for (place, cause) in all.iter_mut().zip(causes) {
            *place = Some(cause);
        }
        Self { family, stack, rarity, causes: all }
    }

    /// What would have had to happen to the stack's SYN.
    pub fn causes(&self) -> impl Iterator<Item = Cause> + '_ {
        self.causes.iter().copied().flatten()
    }

    /// What all of it costs.
    pub(super) fn cost(&self, costs: &CauseCosts) -> Cost {
        self.rarity + self.causes().map(|cause| costs.of(cause)).sum::<Cost>()
    }
}

impl Text for Explanation {
    fn write_to(&self, out: &mut impl Out) {
        out.push_str(self.stack.unwrap_or("a stack that the database lacks"));
        // Of a stack that nobody knows there is no more to say.
        let mut told = self.causes().filter(|cause| !cause.is_of_undescribed()).peekable();
        let mut separator = ", if ";
        while let Some(cause) = told.next() {
            out.push_str(separator);
            out.push_str(cause.as_str());
            let is_next_to_last = self.causes().last() == told.peek().copied();
            separator = if is_next_to_last { " and " } else { ", " };
        }
    }
}
display_text!(Explanation);
