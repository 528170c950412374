//! Which signature a SYN matches, in p0f's order (fp_tcp.c, `tcp_find_match`).

use std::collections::{HashMap, TryReserveError};

use rustc_hash::FxBuildHasher;

use super::{Database, Entry, Label};
use crate::fallible::TryPush;
use crate::signature::p0f::{
    Layout, Observed, Quirks, Rules, Signature, Window, WindowForm, MAX_DIST,
};

/// What a database says of a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    entry: Option<u32>,
    /// Whether quirks or TTL had to be stretched for it.
    pub is_fuzzy: bool,
    /// Hops that the SYN has made, as the signature's TTL or, without one, a guess tells.
    pub dist: u8,
}

impl Match {
    /// Whether it is the same line of the database, or none in both.
    pub fn is_same_signature(&self, other: &Self) -> bool {
        self.entry == other.entry
    }
}

impl Database {
    /// What this database says of a SYN. Allocates nothing.
    pub fn find(&self, seen: &Observed) -> Match {
        let unaided = seen.guessed_dist();
        match self.index.find(&self.entries, &self.labels, seen) {
            None => Match { entry: None, is_fuzzy: false, dist: unaided },
            Some((entry, is_fuzzy)) => {
                let Entry { signature, label, .. } = self.entries[entry as usize];
                if is_fuzzy && self.labels[label as usize].is_tool() {
                    return Match { entry: None, is_fuzzy: false, dist: 0 };
                }
                let dist = match signature.ttl.checked_sub(seen.ttl) {
                    Some(dist) if dist <= MAX_DIST || signature.is_ttl_random => dist,
                    _ => unaided,
                };
                Match { entry: Some(entry), is_fuzzy, dist }
            }
        }
    }

    /// The label of a match of this database.
    pub fn label(&self, found: &Match) -> Option<&Label> {
        Some(&self.labels[self.entry(found)?.label as usize])
    }

    /// Whether the matching signature's sender draws its TTL at random.
    pub fn is_ttl_random(&self, found: &Match) -> bool {
        self.entry(found).is_some_and(|entry| entry.signature.is_ttl_random)
    }

    fn entry(&self, found: &Match) -> Option<&Entry> {
        found.entry.and_then(|entry| self.entries.get(entry as usize))
    }
}

/// Finds the few signatures that can match a SYN: those of its layout, then those of its quirks
/// and window. What it costs depends on the SYN, hardly on the number of signatures.
#[derive(Debug, Default)]
pub struct Index {
    rules: Rules,
    /// For SYNs of IPv4 and of IPv6.
    shapes: [HashMap<Shape, Candidates, FxBuildHasher>; 2],
}

/// What can be neither a wildcard nor fuzzy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Shape {
    layout: Layout,
    ip_options_len: u8,
}

/// Signatures of one shape, in the files' order.
type Candidates = HashMap<(Quirks, Form), Vec<u32>, FxBuildHasher>;

/// A window as far as it can be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Form {
    Any,
    Exactly(u16),
    /// Of some number, which remains to be compared.
    Multiple,
    Of(Window),
}

impl Index {
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn new(entries: &[Entry], rules: Rules) -> Result<Self, TryReserveError> {
        let mut index = Self { rules, ..Self::default() };
        for (number, Entry { signature, .. }) in entries.iter().enumerate() {
            let shape =
                Shape { layout: signature.layout, ip_options_len: signature.ip_options_len };
            let form = match signature.window {
                WindowForm::Any => Form::Any,
                WindowForm::Exactly(window) => Form::Exactly(window),
                WindowForm::MultipleOf(_) => Form::Multiple,
                WindowForm::Mss(times) => Form::Of(Window::Mss(times)),
                WindowForm::Mtu(times) => Form::Of(Window::Mtu(times)),
            };
            for (shapes, version) in index.shapes.iter_mut().zip([4, 6]) {
                let quirks = required(signature, version, rules);
                shapes.try_reserve(1)?;
                let candidates = shapes.entry(shape).or_default();
                candidates.try_reserve(1)?;
                candidates.entry((quirks, form)).or_default().try_push(number as u32)?;
            }
        }
        Ok(index)
    }

    /// The signature that p0f's order prefers, and whether it is fuzzy: the first specific one
    /// that matches exactly, else the first generic one, else the first of any that matches with
    /// allowances.
    fn find(&self, entries: &[Entry], labels: &[Label], seen: &Observed) -> Option<(u32, bool)> {
        let shapes = &self.shapes[usize::from(seen.version == 6)];
        let shape = Shape { layout: seen.layout, ip_options_len: seen.ip_options_len };
        let candidates = shapes.get(&shape)?;
        let forms = [
            Some(Form::Any),
            Some(Form::Exactly(seen.window)),
            Some(Form::Multiple),
            seen.multiple.map(Form::Of),
        ];
        let of_quirks = |quirks| {
            let lists =
                forms.iter().flatten().filter_map(move |form| candidates.get(&(quirks, *form)));
            lists.map(Vec::as_slice)
        };

        let quirks = self.rules.compared(seen.quirks);
        let (mut specific, mut generic, mut fuzzy) = (None, None, None);
        for list in of_quirks(quirks) {
            for &number in list {
                if !is_earlier(number, specific) {
                    break;
                }
                let Entry { signature, label, .. } = &entries[number as usize];
                match fits(signature, seen) {
                    Fit::Not => {}
                    Fit::WithOtherTtl => keep_earlier(&mut fuzzy, number),
                    Fit::Whole if labels[*label as usize].is_generic => {
                        keep_earlier(&mut generic, number)
                    }
                    Fit::Whole => keep_earlier(&mut specific, number),
                }
            }
        }
        if let Some(exact) = specific.or(generic) {
            return Some((exact, false));
        }
        // What a path does: it clears DF, with it the identification, and sets or clears ECN bits.
        let missing = Quirks::DF.with(Quirks::NONZERO_ID).without(quirks);
        let added = Quirks::ZERO_ID.with(Quirks::ECN).and(quirks);
        for changed in missing.with(added).subsets() {
            for list in of_quirks(quirks.toggled(changed)) {
                let mut earlier = list.iter().take_while(|&&number| is_earlier(number, fuzzy));
                if let Some(&number) = earlier
                    .find(|&&number| fits(&entries[number as usize].signature, seen) != Fit::Not)
                {
                    fuzzy = Some(number);
                }
            }
        }
        fuzzy.map(|fuzzy| (fuzzy, true))
    }
}

fn is_earlier(number: u32, than: Option<u32>) -> bool {
    than.is_none_or(|than| number < than)
}

fn keep_earlier(kept: &mut Option<u32>, number: u32) {
    if is_earlier(number, *kept) {
        *kept = Some(number);
    }
}

/// The quirks that a SYN of this IP version needs for a signature. p0f does not compare the
/// versions themselves: a signature of either loses the quirks that the other cannot show.
pub fn required(signature: &Signature, version: u8, rules: Rules) -> Quirks {
    let quirks = match (signature.version, version) {
        (None, 4) => signature.quirks.without(Quirks::FLOW),
        (None, _) => signature.quirks.without(Quirks::IPV4_ONLY),
        _ => signature.quirks,
    };
    rules.compared(quirks)
}

/// How a SYN fits a signature whose shape, quirks and window's form it has.
#[derive(PartialEq, Eq)]
enum Fit {
    Whole,
    WithOtherTtl,
    Not,
}

fn fits(signature: &Signature, seen: &Observed) -> Fit {
    let window = match signature.window {
        WindowForm::MultipleOf(divisor) => seen.window.is_multiple_of(divisor),
        _ => true,
    };
    if !window
        || signature.mss.is_some_and(|mss| mss != seen.mss)
        || signature.scale.is_some_and(|scale| scale != seen.scale)
        || signature.has_payload.is_some_and(|payload| payload != seen.has_payload)
    {
        return Fit::Not;
    }
    match signature.ttl.checked_sub(seen.ttl) {
        None if signature.is_ttl_random => Fit::Not,
        Some(dist) if dist <= MAX_DIST || signature.is_ttl_random => Fit::Whole,
        _ => Fit::WithOtherTtl,
    }
}
