//! What of a site's stacks may be believed.

use std::collections::btree_map::Entry;
use std::collections::BTreeMap;

use super::noise::{Claims, Noise};
use super::stack::Stack;
use super::wilson::at_least;
use crate::connection::Identity;
use crate::database::{Census, Database, Label};
use crate::families::Family;
use crate::family::Verdict;
use crate::signature::p0f::Signature;

/// A confidence from which on the model is sure of a family.
const SURE: u8 = 90;
/// The least share of a family that a stack may be of, in ten-thousandths, where the model is sure.
const POSSIBLE: u16 = 50;
/// What the flavor of a label is that no database has.
const FLAVOR: &str = "learnt here";

/// What it takes to be learnt.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So many addresses.
    pub support: u64,
    /// So great a share of one family among those that tell the truth: its lower bound.
    pub share: f64,
    /// Whether also what contradicts a sure model is.
    pub takes_contradictions: bool,
}

/// What became of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// No database has a specific signature that fits it.
    New,
    /// One has, and the claims agree with the model.
    Known,
    /// Most of its addresses claim what the model surely excludes.
    Contradicts,
    /// No family has enough of its addresses.
    Mixed,
}

/// A stack, and what is known of it.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// Its signature and claims.
    pub stack: Stack,
    /// Its addresses without those that make up their claim.
    pub honest: Census,
    /// What it is called.
    pub label: Label,
    /// The family that most of its addresses claim.
    pub family: Family,
    /// The lower bound of its share of the honest ones.
    pub share: f64,
    /// What the model says of it without the site.
    pub verdict: Verdict,
    /// What became of it.
    pub finding: Finding,
}

/// What was learnt of a site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its stacks, the most frequent first.
    pub stacks: Vec<Learnt>,
    /// How claims were made up there.
    pub noise: Noise,
    limits: Limits,
}

impl Site {
    /// Judges what stacks a site has seen, beside the databases that it has.
    pub fn of(stacks: Vec<Stack>, database: &Database, limits: Limits) -> Self {
        let judged: Vec<_> = of_either_version(stacks)
            .into_iter()
            .filter(|stack| stack.claims.all() >= limits.support)
            .map(|stack| {
                let identity = Identity::of(stack.example.0.observed, Some(database));
                (Verdict::of(&identity.observed, Some(&identity.found)), stack)
            })
            .collect();
        let claims: Vec<_> = judged
            .iter()
            .map(|(verdict, stack)| Claims {
                claimed: stack.claims,
                may_be: Family::ALL
                    .map(|family| limits.takes_contradictions || !is_excluded(verdict, family)),
            })
            .collect();
        let noise = Noise::of(&claims);
        let mut stacks: Vec<_> = judged
            .into_iter()
            .zip(&noise.honest)
            .map(|((verdict, stack), honest)| {
                let honest = Census(honest.map(|count| count.round() as u32));
                Learnt::of(stack, verdict, honest, database, limits)
            })
            .collect();
        stacks.sort_by_key(|learnt| std::cmp::Reverse(learnt.stack.claims.all()));
        Self { stacks, noise, limits }
    }

    /// Those that are written into the site's database: the special before the general, and low TTLs
    /// before high ones, as p0f, too, demands that no signature be covered by one before it.
    pub fn written(&self) -> Vec<&Learnt> {
        let mut written: Vec<_> = self.stacks.iter().filter(|one| self.is_written(one)).collect();
        let open = |learnt: &&Learnt| {
            let signature = &learnt.stack.signature;
            let open =
                usize::from(signature.mss.is_none()) + usize::from(signature.scale.is_none());
            (learnt.stack.is_generic, signature.is_ttl_random, open, signature.ttl)
        };
        written.sort_by_key(open);
        written
    }

    /// Whether it is.
    pub fn is_written(&self, learnt: &Learnt) -> bool {
        match learnt.finding {
            Finding::New | Finding::Known => true,
            Finding::Contradicts => self.limits.takes_contradictions,
            Finding::Mixed => false,
        }
    }

    /// The addresses that tell the truth, of all stacks but those whose claims contradict the model.
    pub fn population(&self) -> Census {
        let mut population = Census::default();
        let counted = |one: &&Learnt| self.is_written(one) || one.finding == Finding::Mixed;
        for learnt in self.stacks.iter().filter(counted) {
            for (all, more) in population.0.iter_mut().zip(learnt.honest.0) {
                *all = all.saturating_add(more);
            }
        }
        population
    }
}

/// Makes one of two stacks that differ in nothing but the version of IP: p0f takes them for the same.
fn of_either_version(stacks: Vec<Stack>) -> Vec<Stack> {
    let mut found: BTreeMap<String, Stack> = BTreeMap::new();
    for stack in stacks {
        let signature = Signature { version: None, ..stack.signature };
        match found.entry(signature.to_string()) {
            Entry::Vacant(place) => _ = place.insert(stack),
            Entry::Occupied(mut same) => {
                let same = same.get_mut();
                *same = same.clone().and(&stack);
                same.signature = signature;
            }
        }
    }
    found.into_values().collect()
}

impl Learnt {
    fn of(
        stack: Stack,
        verdict: Verdict,
        honest: Census,
        database: &Database,
        limits: Limits,
    ) -> Self {
        let most = |census: &Census| {
            let families = Family::ALL.into_iter().rev();
            families.max_by_key(|&family| census.of(family)).unwrap_or(Family::Other)
        };
        let all = stack.claims.all() as f64;
        let excluded = Family::ALL.into_iter().filter(|&family| is_excluded(&verdict, family));
        let excluded: u32 = excluded.map(|family| stack.claims.of(family)).sum();
        let is_contradicted = at_least(excluded.into(), all) > 0.5;
        let family = most(if is_contradicted { &stack.claims } else { &honest });
        let share = at_least(f64::from(honest.of(family)), honest.all() as f64);
        let found = database.find(&stack.example.0.observed);
        let label = found.label().filter(|label| {
            let is_systems = !label.is_tool() && !label.is_proxy() && !label.is_generic;
            is_systems && !found.is_fuzzy && label.family() == family
        });
        let finding = match label {
            _ if is_contradicted => Finding::Contradicts,
            _ if honest.all() < limits.support || share < limits.share => Finding::Mixed,
            Some(_) => Finding::Known,
            None => Finding::New,
        };
        let label = label.cloned().unwrap_or_else(|| new_label(family));
        let label = Label { is_generic: stack.is_generic, ..label };
        Self { stack, honest, label, family, share, verdict, finding }
    }
}

/// Whether the model is sure that a SYN is not of this family. Linux and Android have one kernel.
fn is_excluded(verdict: &Verdict, family: Family) -> bool {
    let share = |family| verdict.shares.of_family(family);
    let share = match family {
        Family::Linux | Family::Android => share(Family::Linux) + share(Family::Android),
        _ => share(family),
    };
    let is_of_kernel = matches!(verdict.family, Family::Linux | Family::Android);
    let kernel =
        verdict.shares.of_family(Family::Linux) + verdict.shares.of_family(Family::Android);
    let is_sure = verdict.confidence >= SURE || is_of_kernel && kernel >= u16::from(SURE) * 100;
    is_sure && share < POSSIBLE && verdict.family != Family::Other
}

fn new_label(family: Family) -> Label {
    let class = match family {
        Family::Windows => "win",
        Family::Other => "other",
        _ => "unix",
    };
    Label {
        is_generic: false,
        class: class.to_owned(),
        name: family.as_str().to_owned(),
        flavor: FLAVOR.to_owned(),
        systems: Vec::new(),
    }
}
