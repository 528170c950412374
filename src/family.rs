//! Which family of systems a SYN comes from, and how sure that is.
//!
//! Every signature of the built-in database is a stack that may have sent it; what the SYN has and
//! that stack would not send costs something. A family is worth its cheapest explanation; the
//! shares follow from what all of them cost.
//!
//! The costs are fitted to SYNs of known origin (fit.rs, which `make family` runs); docs/families.md
//! says how well they do.

mod cause;
mod evidence;
mod explanation;
#[cfg(test)]
mod fit;
mod fitted;
mod prior;
#[cfg(test)]
mod sender;
mod stack;
mod stacks;
#[cfg(test)]
mod table;
mod window;

use std::{iter, mem};

pub use cause::Cause;
use cause::Cost;
use evidence::{Evidence, FamilyCosts, Model};
pub use explanation::Explanation;
use fitted::MODEL;
use stack::KnownLayout;
use stacks::LAYOUTS;

use crate::database::Match;
pub use crate::families::Family;
use crate::signature::p0f::Observed;
use crate::text::{display_text, Out, Text};

const FARTHEST: usize = MODEL.farthest() as usize;
/// The greatest that is a u32 when it is multiplied by [`Shares::WHOLE`].
const WEIGHT_OF_CHEAPEST: u32 = u32::MAX / Shares::WHOLE as u32;
/// What a family weighs that costs so much more than the cheapest.
const WEIGHTS: [u32; FARTHEST] = {
    let (mut weights, mut weight, mut cost) = ([0; FARTHEST], WEIGHT_OF_CHEAPEST as f64, 0);
    while cost < FARTHEST {
        weights[cost] = weight as u32;
        // e^x by its first terms: the next is less than a millionth.
        let x = -10.0 / MODEL.temperature as f64;
        weight *= 1.0 + x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0)));
        cost += 1;
    }
    weights
};
/// What it costs to believe the label of an exact match, in which the database of a site may know
/// better.
const EXACT_LABEL: Cost = 40;

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
        let mut shares = Shares::of(&judge(observed, found, &MODEL, LAYOUTS));
        if let Some(population) = found.and_then(|found| found.population) {
            shares = shares.at_site(population);
        }
        if let Some(census) = found.and_then(|found| found.census) {
            shares = shares.counted(census);
        }
        let (family, confidence) = shares.falling().next().unwrap_or((Family::Other, 0));
        Self { family, confidence, shares }
    }
}

/// The cheapest explanation of each family, the likeliest first. What the database's label says is
/// no part of it.
///
/// Its text has all of them: `Linux: Linux 4.20 and newer; Windows: ..., if the TTL was lowered on
/// the way`.
#[derive(Clone, Copy, Debug)]
pub struct Explanations(pub [Explanation; Family::ALL.len()]);

impl Explanations {
    /// Those of a SYN. Allocates nothing.
    pub fn of(observed: &Observed) -> Self {
        let stack = observed.of_stack();
        let evidence = Evidence::of(stack.as_ref().unwrap_or(observed), &MODEL);
        let mut all = Family::ALL.map(|family| evidence.explanation(LAYOUTS, family));
        all.sort_unstable_by_key(|one| (one.cost(&MODEL.causes), one.family as usize));
        Self(all)
    }
}

impl Text for Explanations {
    fn write_to(&self, out: &mut impl Out) {
        let mut separator = "";
        for explanation in &self.0 {
            out.push_str(separator);
            out.push_str(explanation.family.as_str());
            out.push_str(": ");
            explanation.write_to(out);
            separator = "; ";
        }
    }
}
display_text!(Explanations);

/// What each family costs.
fn judge(
    observed: &Observed,
    found: Option<&Match<'_>>,
    model: &Model,
    layouts: &[KnownLayout],
) -> FamilyCosts {
    let stack = observed.of_stack();
    let evidence = Evidence::of(stack.as_ref().unwrap_or(observed), model);
    let mut costs = evidence.costs(layouts);
    // Who sent the SYN at a site says more than the label that was made of it.
    if let Some(found) = found.filter(|found| found.census.is_none()) {
        lower(&mut costs, found, model);
    }
    costs
}

/// A specific signature that matches exactly is one more stack that explains the SYN. Where its
/// label names none of the systems that have a family, but a stack in userspace or a tool, the
/// label leads.
fn lower(costs: &mut FamilyCosts, found: &Match<'_>, model: &Model) {
    let Some(label) = found.label() else { return };
    let is_sure = !label.is_generic && !found.is_fuzzy;
    let family = label.family();
    if family == Family::Other {
        let lead = if is_sure { model.lead_of_exact_label() } else { model.lead_of_label() };
        let least = costs.iter().copied().min().unwrap_or(0);
        costs.iter_mut().for_each(|cost| *cost += lead);
        costs[family as usize] = least;
    } else if is_sure {
        let cost = &mut costs[family as usize];
        *cost = EXACT_LABEL.min(*cost);
    }
}

/// Shares of the families in ten-thousandths, in the order of [`Family::ALL`]; they make up
/// [`Self::WHOLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares(pub(crate) [u16; Family::ALL.len()]);

impl Shares {
    /// What all of them make up.
    pub const WHOLE: u16 = 10_000;

    /// A softmax over what the families cost. The cheapest has what rounding down leaves.
    fn of(costs: &FamilyCosts) -> Self {
        let least = costs.iter().copied().min().unwrap_or(0);
        let weights = costs.map(|cost| WEIGHTS.get((cost - least) as usize).copied().unwrap_or(0));
        let sum: u32 = weights.iter().sum();
        let mut shares = weights.map(|weight| (weight * u32::from(Self::WHOLE) / sum) as u16);
        let cheapest = costs.iter().position(|&cost| cost == least).unwrap_or(0);
        shares[cheapest] += Self::WHOLE - shares.iter().sum::<u16>();
        Self(shares)
    }

    /// The share of a family, in ten-thousandths.
    pub fn of_family(&self, family: Family) -> u16 {
        self.0[family as usize]
    }

    /// Whole percents, which make up 100: what rounding down leaves goes to those that lost most by
    /// it.
    pub fn percents(&self) -> [u8; Family::ALL.len()] {
        let mut percents = self.0.map(|share| (share / 100) as u8);
        let mut lost = self.0.map(|share| share % 100);
        for _ in percents.iter().sum::<u8>()..100 {
            let most = (0..lost.len()).max_by_key(|&at| lost[at]).unwrap_or(0);
            percents[most] += 1;
            lost[most] = 0;
        }
        percents
    }

    /// The families that have a share, that with the largest first; of equals Other, which accuses
    /// nobody, and then as in [`Family::ALL`].
    fn falling(&self) -> impl Iterator<Item = (Family, u8)> {
        let mut left = self.percents();
        iter::from_fn(move || {
            let families = Family::ALL.into_iter().rev().chain([Family::Other]);
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
