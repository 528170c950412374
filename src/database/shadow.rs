//! Signatures that never get their turn. The command tells of them.
#![allow(clippy::disallowed_types, reason = "the command's")]

use std::collections::HashMap;

use super::content::Entry;
use super::matcher::{required, Key};
use super::{Database, Problem};
use crate::signature::p0f::{Quirks, Signature, WindowForm};
use crate::text::Brief;

impl Database {
    /// Every signature that an earlier one always hides: whatever matches it has matched before.
    pub fn shadowed(&self) -> Vec<Problem> {
        let mut earlier: HashMap<(Key, u8, Quirks), Vec<&Entry>> = HashMap::new();
        let mut shadowed = Vec::new();
        for entry in &self.content.entries {
            let signature = &entry.signature;
            let versions = [4, 6].into_iter();
            let versions = versions.filter(|&ip| self.rules.is_for(signature.version, ip));
            let places =
                versions.map(|ip| (Key::of(signature), ip, required(signature, ip, self.rules)));
            let hiding = places.clone().map(|place| {
                earlier.get(&place)?.iter().find(|other| self.hides(other, entry)).copied()
            });
            if let Some(Some(hiding)) = hiding.reduce(|one, other| one.and(other)) {
                shadowed.push(Problem {
                    file: self.content.files[entry.file as usize].as_str().into(),
                    line: entry.line as usize,
                    column: 1,
                    reason: Brief::new(format_args!(
                        "never reached: {}:{} (\"{}\") always matches before",
                        self.content.files[hiding.file as usize],
                        hiding.line,
                        self.content.labels[hiding.label as usize],
                    )),
                });
            } else {
                places.for_each(|place| earlier.entry(place).or_default().push(entry));
            }
        }
        shadowed
    }

    /// Whether the earlier of two entries of equal layout and quirks takes all that the later one
    /// could match.
    fn hides(&self, earlier: &Entry, later: &Entry) -> bool {
        let is_generic = |entry: &Entry| self.content.labels[entry.label as usize].is_generic;
        // A specific signature is preferred to a generic one, wherever it stands.
        (!is_generic(earlier) || is_generic(later)) && covers(&earlier.signature, &later.signature)
    }
}

fn covers(wide: &Signature, narrow: &Signature) -> bool {
    fn is_wider<T: PartialEq>(wide: Option<T>, narrow: Option<T>) -> bool {
        wide.is_none() || wide == narrow
    }
    let ttl = match (wide.is_ttl_random, narrow.is_ttl_random) {
        (false, false) => wide.ttl == narrow.ttl,
        (false, true) => false,
        (true, _) => wide.ttl >= narrow.ttl,
    };
    let window = match (wide.window, narrow.window) {
        (WindowForm::Any, _) => true,
        (
            WindowForm::MultipleOf(wide),
            WindowForm::MultipleOf(narrow) | WindowForm::Exactly(narrow),
        ) => narrow % wide == 0,
        (wide, narrow) => wide == narrow,
    };
    ttl && window
        && is_wider(wide.mss, narrow.mss)
        && is_wider(wide.scale, narrow.scale)
        && is_wider(wide.has_payload, narrow.has_payload)
}
