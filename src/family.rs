//! Which family of systems a SYN comes from, and how sure that is.
//!
//! Every signature of the built-in database is a stack that may have sent it; what the SYN has and
//! that stack would not send costs something. A family is worth its cheapest explanation; the
//! shares follow from what all of them cost.
//!
//! Every number of the model is weighed by hand, with the mistakes on t/data/families-seen.tsv in
//! view, and none is fitted to data: what a difference costs in stack.rs, how seldom a stack is met
//! in prior.rs, what a label and a cost are worth here. docs/families.md says how well they do.

mod families;
#[cfg(test)]
mod prior;
mod stack;
mod stacks;
#[cfg(test)]
mod table;
mod window;

use std::{iter, mem};

pub use families::Family;
use stack::{Cost, Costs, Evidence};
use stacks::LAYOUTS;

use crate::database::Match;
use crate::signature::p0f::Observed;
use crate::text::{display_text, Out, Text};

/// What a family weighs that costs so much more than the cheapest: e times less for every
/// [`TEMPERATURE`], until its share is none.
const WEIGHTS: [u32; 128] = {
    let (mut weights, mut weight, mut cost) = ([0; 128], (1 << 20) as f64, 0);
    while cost < weights.len() {
        weights[cost] = weight as u32;
        // e^x by its first terms: the next is less than a millionth.
        let x = -1.0 / TEMPERATURE;
        weight *= 1.0 + x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0)));
        cost += 1;
    }
    weights
};
/// Costs for each e-fold that a family's share falls: 10, for costs are tenths of a nat, were they
/// all true and independent. They are neither, so confidence grows more slowly.
const TEMPERATURE: f64 = 12.0;
/// What it costs to believe the label of an exact match.
const EXACT_LABEL: Cost = 20;
/// How far the label of a stack in userspace or a tool is ahead of every system.
const LEAD_OF_EXACT_LABEL: Cost = 45;
/// The same of a generic signature or a fuzzy match.
const LEAD_OF_LABEL: Cost = 15;

/// What a SYN says of its family.
///
/// ```
/// use ngx_tcpfp::family::{Family, Verdict};
/// use ngx_tcpfp::signature::p0f::{Observed, Rules};
/// use ngx_tcpfp::syn::Syn;
///
/// // IP header, TCP header, options, as the kernel saves them.
/// let packet = b"\x45\0\0\x3c\x1a\x2b\x40\0\x33\x06\0\0\xc0\0\x02\x01\xc6\x33\x64\x01\
///     \xc0\x01\x01\xbb\0\0\x12\x34\0\0\0\0\xa0\x02\xfa\xf0\0\0\0\0\
///     \x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\x12\x34\0\0\0\0\x01\x03\x03\x07";
/// let syn = Syn::parse(packet).expect("a SYN");
/// let observed = Observed::of(&syn, Rules::Corrected).expect("one that p0f would look at");
/// let verdict = Verdict::of(&observed, None);
///
/// assert_eq!((verdict.family, verdict.confidence), (Family::Linux, 92));
/// assert_eq!(verdict.shares.to_string(), "Linux:92,Android:8");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The likeliest.
    pub family: Family,
    /// Its share, in percent.
    pub confidence: u8,
    /// The share of each.
    pub shares: Shares,
}

impl Verdict {
    /// Judges a SYN and what the database says of it. Allocates nothing.
    pub fn of(observed: &Observed, found: Option<&Match<'_>>) -> Self {
        let stack = observed.of_stack();
        let mut costs = Evidence::of(stack.as_ref().unwrap_or(observed)).costs(LAYOUTS);
        if let Some(found) = found {
            lower(&mut costs, found);
        }
        let shares = Shares::of(&costs);
        let (family, confidence) = shares.falling().next().unwrap_or((Family::Other, 0));
        Self { family, confidence, shares }
    }
}

/// A specific signature that matches exactly is one more stack that explains the SYN. Where its
/// label names none of the systems that have a family, but a stack in userspace or a tool, the
/// label leads.
fn lower(costs: &mut Costs, found: &Match<'_>) {
    let Some(label) = found.label() else { return };
    let is_sure = !label.is_generic && !found.is_fuzzy;
    let family = Family::of_label(label);
    if family == Family::Other {
        let lead = if is_sure { LEAD_OF_EXACT_LABEL } else { LEAD_OF_LABEL };
        let least = costs.iter().copied().min().unwrap_or(0);
        costs.iter_mut().for_each(|cost| *cost += lead);
        costs[family as usize] = least;
    } else if is_sure {
        let cost = &mut costs[family as usize];
        *cost = EXACT_LABEL.min(*cost);
    }
}

/// Shares of the families in percent, in the order of [`Family::ALL`]; they make up 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares(pub(crate) [u8; Family::ALL.len()]);

impl Shares {
    /// A softmax over what the families cost, as whole percents: what rounding down leaves goes to
    /// those that lost most by it.
    fn of(costs: &Costs) -> Self {
        let least = costs.iter().copied().min().unwrap_or(0);
        let weights = costs.map(|cost| WEIGHTS.get((cost - least) as usize).copied().unwrap_or(0));
        let sum: u32 = weights.iter().sum();
        let mut shares = weights.map(|weight| (weight * 100 / sum) as u8);
        let mut lost = weights.map(|weight| weight * 100 % sum);
        for _ in shares.iter().sum::<u8>()..100 {
            let most = (0..lost.len()).max_by_key(|&at| lost[at]).unwrap_or(0);
            shares[most] += 1;
            lost[most] = 0;
        }
        Self(shares)
    }

    /// The families that have a share, that with the largest first; of equals as in
    /// [`Family::ALL`].
    fn falling(&self) -> impl Iterator<Item = (Family, u8)> {
        let mut left = self.0;
        iter::from_fn(move || {
            let families = Family::ALL.into_iter().rev();
            let family = families.max_by_key(|&family| left[family as usize])?;
            let share = mem::take(&mut left[family as usize]);
            (share > 0).then_some((family, share))
        })
    }
}

/// `Linux:71,Android:24,Other:5`: those that have a share, the largest first.
impl Text for Shares {
    fn write_to(&self, out: &mut impl Out) {
        let mut separator = "";
        for (family, share) in self.falling() {
            out.push_str(separator);
            out.push_str(family.as_str());
            out.push(':');
            share.write_to(out);
            separator = ",";
        }
    }
}
display_text!(Shares);

#[cfg(test)]
mod tests;
