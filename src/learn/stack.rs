//! Cells to signatures: what a signature must leave open, by what differs among addresses that claim
//! the same.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::Cell;
use crate::database::Census;
use crate::families::Family;
use crate::signature::p0f::{Signature, Window, WindowForm};

/// What a site's SYNs have in common, and who sends them by their claims.
#[derive(Clone, Debug)]
pub struct Stack {
    /// What they have in common.
    pub signature: Signature,
    /// Whether little more than the options is in common.
    pub is_generic: bool,
    /// The addresses by what they claim.
    pub claims: Census,
    /// The most frequent of its cells, and of how many addresses.
    pub example: (Cell, u64),
}

/// Other values than the most frequent are of the stack where so many addresses have them,
const LEAST_OTHERS: u64 = 3;
/// and at least one in so many.
const OTHERS_OF: u64 = 200;
/// A TTL is drawn at random where it seems to start at three values or more, each of which has one
/// in so many addresses.
const TTL_OF: u64 = 7;
/// A stack has any window where so many are seen that each has too few addresses.
const MANY_WINDOWS: usize = 8;

/// Finds the stacks among cells of one base, each with the addresses that sent it by what they
/// claim. A value that stands for itself has `least` addresses at least.
pub fn stacks(cells: &[(Cell, Census)], least: u64) -> Vec<Stack> {
    let forms = Forms::of(cells);
    let mut all: Vec<Stack> = cells
        .iter()
        .map(|&(cell, claims)| {
            let signature = forms.signature(&cell);
            Stack { signature, is_generic: false, claims, example: (cell, claims.all()) }
        })
        .collect();
    // First those that differ in nothing that a signature has.
    all = merge(all, least, |_| {});
    all = merge(all, least, |signature| signature.mss = None);
    all = merge(all, least, |signature| signature.scale = None);
    all = with_random_ttl(all);
    let (mut found, few): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|stack| stack.claims.all() >= least);
    found.extend(with_any_window(few, least));
    found
}

/// Makes one of stacks that are the same but for their TTL where that seems to be drawn at random.
fn with_random_ttl(stacks: Vec<Stack>) -> Vec<Stack> {
    let mut groups: BTreeMap<_, Vec<Stack>> = BTreeMap::new();
    for stack in stacks {
        let Signature { scale, window, mss, .. } = stack.signature;
        groups.entry((scale, key(window), mss)).or_default().push(stack);
    }
    let random = |group: Vec<Stack>| {
        let all = sum(&group);
        let is_one = |stack: &&Stack| {
            stack.claims.all() * TTL_OF >= all.all() && !differ(&stack.claims, &all)
        };
        if group.iter().filter(is_one).count() < 3 {
            return group;
        }
        let one = group.into_iter().reduce(|one, other| one.and(&other));
        one.into_iter()
            .map(|mut stack| {
                (stack.signature.ttl, stack.signature.is_ttl_random) = (u8::MAX, true);
                stack
            })
            .collect()
    };
    groups.into_values().flat_map(random).collect()
}

/// The forms of windows, each with the segment sizes that it was seen with: a stack that counts in
/// segments has another window over another link.
struct Forms(BTreeMap<(u8, u16), BTreeSet<u16>>);

impl Forms {
    fn of(cells: &[(Cell, Census)]) -> Self {
        let mut forms = BTreeMap::<_, BTreeSet<u16>>::new();
        for (cell, _) in cells {
            for form in forms_of(cell) {
                forms.entry(key(form)).or_default().insert(cell.observed.mss);
            }
        }
        Self(forms)
    }

    fn signature(&self, cell: &Cell) -> Signature {
        let seen = &cell.observed;
        let sizes = |form| self.0.get(&key(form)).map_or(0, BTreeSet::len);
        let plain = WindowForm::Exactly(seen.window);
        let window =
            forms_of(cell).fold(
                plain,
                |best, form| {
                    if sizes(form) > sizes(best) {
                        form
                    } else {
                        best
                    }
                },
            );
        Signature {
            version: Some(seen.version),
            ttl: seen.ttl,
            is_ttl_random: false,
            ip_options_len: seen.ip_options_len,
            mss: Some(seen.mss),
            window,
            scale: Some(seen.scale),
            layout: seen.layout,
            quirks: seen.quirks,
            has_payload: Some(seen.has_payload),
        }
    }
}

fn forms_of(cell: &Cell) -> impl Iterator<Item = WindowForm> {
    let multiple = cell.observed.multiple.map(|multiple| match multiple {
        Window::Mss(times) => WindowForm::Mss(times),
        Window::Mtu(times) => WindowForm::Mtu(times),
    });
    // What p0f's syntax has a place for.
    let multiple = multiple.filter(|&form| key(form).1 <= 1000);
    [Some(WindowForm::Exactly(cell.observed.window)), multiple].into_iter().flatten()
}

fn key(form: WindowForm) -> (u8, u16) {
    match form {
        WindowForm::Any => (0, 0),
        WindowForm::Exactly(window) => (1, window),
        WindowForm::MultipleOf(divisor) => (2, divisor),
        WindowForm::Mss(times) => (3, times),
        WindowForm::Mtu(times) => (4, times),
    }
}

/// Makes one of those stacks that are the same once something is left open, but for those whose
/// addresses claim something else than the others'.
fn merge(stacks: Vec<Stack>, least: u64, open: impl Fn(&mut Signature)) -> Vec<Stack> {
    let mut groups: BTreeMap<_, Vec<Stack>> = BTreeMap::new();
    for stack in stacks {
        let mut opened = stack.signature;
        open(&mut opened);
        let key = (opened.ttl, opened.scale, key(opened.window), opened.mss);
        groups.entry(key).or_default().push(stack);
    }
    let mut merged = Vec::new();
    for mut group in groups.into_values() {
        group.sort_by_key(|stack| std::cmp::Reverse(stack.claims.all()));
        while group.len() > 1 {
            let all = sum(&group);
            let other = group.iter().position(|stack| {
                stack.claims.all() >= least && differ(&stack.claims, &without(&all, &stack.claims))
            });
            let Some(other) = other else { break };
            merged.push(group.remove(other));
        }
        let (all, most) = (sum(&group).all(), group[0].claims.all());
        let mut opened = group[0].signature;
        open(&mut opened);
        let is_same = group.iter().all(|stack| stack.signature == opened);
        let others = all - most;
        if !is_same && (others < LEAST_OTHERS || others * OTHERS_OF < all) {
            // The values of a few may be made up.
            group.truncate(1);
            opened = group[0].signature;
        }
        let Some(mut first) = group.into_iter().reduce(|one, other| one.and(&other)) else {
            continue;
        };
        if others > 0 {
            first.signature = opened;
        }
        merged.push(first);
    }
    merged
}

impl Stack {
    /// With the addresses of another one.
    pub fn and(mut self, other: &Self) -> Self {
        self.claims = sum([&self, other]);
        if other.example.1 > self.example.1 {
            self.example = other.example;
        }
        self
    }
}

fn sum<'s>(stacks: impl IntoIterator<Item = &'s Stack>) -> Census {
    let mut all = Census::default();
    for stack in stacks {
        for (all, more) in all.0.iter_mut().zip(stack.claims.0) {
            *all = all.saturating_add(more);
        }
    }
    all
}

fn without(all: &Census, some: &Census) -> Census {
    let mut rest = *all;
    rest.0.iter_mut().zip(some.0).for_each(|(all, some)| *all -= some);
    rest
}

/// Whether two groups of addresses claim something else: by more than a tenth, and by more than
/// chance would have it (the G-test, against the Bayesian information criterion and a hundredfold).
fn differ(one: &Census, other: &Census) -> bool {
    let sums = [one, other].map(|census| census.all() as f64);
    let all = sums[0] + sums[1];
    let (mut statistic, mut distance, mut kinds) = (0.0, 0.0, 0);
    for family in Family::ALL {
        let seen = [one, other].map(|census| f64::from(census.of(family)));
        let of_family = seen[0] + seen[1];
        if of_family == 0.0 {
            continue;
        }
        kinds += 1;
        distance += (seen[0] / sums[0] - seen[1] / sums[1]).abs() / 2.0;
        for (seen, sum) in seen.into_iter().zip(sums).filter(|(seen, _)| *seen > 0.0) {
            statistic += 2.0 * seen * (seen * all / (of_family * sum)).ln();
        }
    }
    let chance = f64::from(kinds - 1) * all.ln() + 2.0 * 100.0_f64.ln();
    kinds > 1 && distance > 0.1 && statistic > chance
}

/// What is left: SYNs of many windows, none of which has enough addresses.
fn with_any_window(few: Vec<Stack>, least: u64) -> Vec<Stack> {
    let mut by_ttl: BTreeMap<u8, Vec<Stack>> = BTreeMap::new();
    few.into_iter().for_each(|stack| by_ttl.entry(stack.signature.ttl).or_default().push(stack));
    let one = |group: Vec<Stack>| {
        let windows: BTreeSet<_> = group.iter().map(|stack| key(stack.signature.window)).collect();
        let mut stack = group.into_iter().reduce(|one, other| one.and(&other))?;
        let Signature { mss, window, scale, .. } = &mut stack.signature;
        (*mss, *window, *scale) = (None, WindowForm::Any, None);
        stack.is_generic = true;
        (windows.len() >= MANY_WINDOWS && stack.claims.all() >= 2 * least).then_some(stack)
    };
    by_ttl.into_values().filter_map(one).collect()
}
