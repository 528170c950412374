//! Which signature a SYN matches, in p0f's order (fp_tcp.c, `tcp_find_match`).

use std::collections::{HashMap, TryReserveError};
use std::ptr;

use rustc_hash::FxBuildHasher;

use super::census::Census;
use super::content::Entry;
use super::label::Label;
use crate::fallible::TryPush;
use crate::signature::p0f::{
    Layout, Observed, Quirks, Rules, Signature, Window, WindowForm, MAX_DIST,
};

/// What a database says of a SYN.
#[derive(Clone, Copy, Debug)]
pub struct Match<'d> {
    /// The signature behind its label, if there is one that matches.
    pub signature: Option<(&'d Label, &'d Signature)>,
    /// Whether quirks or TTL had to be stretched for it.
    pub is_fuzzy: bool,
    /// Hops that the SYN has made, as the signature's TTL or, without one, a guess tells.
    pub dist: u8,
    /// The addresses that sent such a SYN at a site, if the signature has them and is no fuzzy match.
    pub census: Option<&'d Census>,
    /// The addresses of that site.
    pub population: Option<&'d Census>,
}

impl<'d> Match<'d> {
    /// The label of the signature.
    pub fn label(&self) -> Option<&'d Label> {
        self.signature.map(|(label, _)| label)
    }

    /// Whether the signature's sender draws its TTL at random.
    pub fn is_ttl_random(&self) -> bool {
        self.signature.is_some_and(|(_, signature)| signature.is_ttl_random)
    }

    /// Whether it is the same line of the database.
    pub fn is_same_signature(&self, other: &Self) -> bool {
        let both = self.signature.zip(other.signature);
        both.is_some_and(|((_, one), (_, other))| ptr::eq(one, other))
    }
}

/// A match without its database, which knows the signature by this number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub number: Option<u32>,
    pub is_fuzzy: bool,
    pub dist: u8,
}

impl Hit {
    /// That of a SYN that no signature matches.
    pub fn none(observed: &Observed) -> Self {
        Self { number: None, is_fuzzy: false, dist: observed.guessed_dist() }
    }
}

/// Finds the few signatures that can match a SYN: those of its layout, then those of its quirks
/// and window. What it costs depends on the SYN, hardly on the number of signatures.
#[derive(Debug, Default)]
pub struct Index {
    rules: Rules,
    /// For SYNs of IPv4 and of IPv6.
    buckets: [HashMap<Key, Bucket, FxBuildHasher>; 2],
}

/// What can be neither a wildcard nor fuzzy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    layout: Layout,
    ip_options_len: u8,
}

impl Key {
    pub fn of(signature: &Signature) -> Self {
        Self { layout: signature.layout, ip_options_len: signature.ip_options_len }
    }
}

/// Signatures of one key, in the files' order.
type Bucket = HashMap<(Quirks, WindowKey), Vec<u32>, FxBuildHasher>;

/// A window as far as it can be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum WindowKey {
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
            let key = Key::of(signature);
            let form = match signature.window {
                WindowForm::Any => WindowKey::Any,
                WindowForm::Exactly(window) => WindowKey::Exactly(window),
                WindowForm::MultipleOf(_) => WindowKey::Multiple,
                WindowForm::Mss(times) => WindowKey::Of(Window::Mss(times)),
                WindowForm::Mtu(times) => WindowKey::Of(Window::Mtu(times)),
            };
            for (buckets, version) in index.buckets.iter_mut().zip([4, 6]) {
                if !rules.is_for(signature.version, version) {
                    continue;
                }
                let quirks = required(signature, version, rules);
                buckets.try_reserve(1)?;
                let bucket = buckets.entry(key).or_default();
                bucket.try_reserve(1)?;
                bucket.entry((quirks, form)).or_default().try_push(number as u32)?;
            }
        }
        Ok(index)
    }

    /// The signature that p0f's order prefers, and whether it is fuzzy: the first specific one
    /// that matches exactly, else the first generic one, else the first of any that matches with
    /// allowances.
    pub fn find(
        &self,
        entries: &[Entry],
        labels: &[Label],
        observed: &Observed,
    ) -> Option<(u32, bool)> {
        let buckets = &self.buckets[usize::from(observed.version == 6)];
        let key = Key { layout: observed.layout, ip_options_len: observed.ip_options_len };
        let bucket = buckets.get(&key)?;
        let forms = [
            Some(WindowKey::Any),
            Some(WindowKey::Exactly(observed.window)),
            Some(WindowKey::Multiple),
            observed.multiple.map(WindowKey::Of),
        ];
        let of_quirks = |quirks| {
            let lists = forms.iter().flatten().filter_map(move |form| bucket.get(&(quirks, *form)));
            lists.map(Vec::as_slice)
        };

        let quirks = self.rules.compared(observed.quirks);
        let (mut specific, mut generic, mut fuzzy) = (None, None, None);
        for list in of_quirks(quirks) {
            for &number in list {
                if !is_earlier(number, specific) {
                    break;
                }
                let Entry { signature, label, .. } = &entries[number as usize];
                match fits(signature, observed) {
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
        let missing = Quirks::DF.union(Quirks::NONZERO_ID).difference(quirks);
        let added = Quirks::ZERO_ID.union(Quirks::ECN).intersection(quirks);
        for changed in missing.union(added).subsets() {
            for list in of_quirks(quirks.symmetric_difference(changed)) {
                let mut earlier = list.iter().take_while(|&&number| is_earlier(number, fuzzy));
                if let Some(&number) = earlier.find(|&&number| {
                    fits(&entries[number as usize].signature, observed) != Fit::Not
                }) {
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
        (None, 4) => signature.quirks.difference(Quirks::FLOW),
        (None, _) => signature.quirks.difference(Quirks::IPV4_ONLY),
        _ => signature.quirks,
    };
    rules.compared(quirks)
}

/// How a SYN fits a signature in whose list it was looked up.
#[derive(PartialEq, Eq)]
enum Fit {
    Whole,
    WithOtherTtl,
    Not,
}

fn fits(signature: &Signature, observed: &Observed) -> Fit {
    let window = match signature.window {
        WindowForm::MultipleOf(divisor) => observed.window % divisor == 0,
        _ => true,
    };
    if !window
        || signature.mss.is_some_and(|mss| mss != observed.mss)
        || signature.scale.is_some_and(|scale| scale != observed.scale)
        || signature.has_payload.is_some_and(|payload| payload != observed.has_payload)
    {
        return Fit::Not;
    }
    match signature.ttl.checked_sub(observed.ttl) {
        None if signature.is_ttl_random => Fit::Not,
        Some(dist) if dist <= MAX_DIST || signature.is_ttl_random => Fit::Whole,
        _ => Fit::WithOtherTtl,
    }
}
