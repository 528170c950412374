//! The table of stacks, from the built-in database and what is known of how seldom each is met.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::cause::Cost;
use super::sender::{senders, Rarities};
use super::stack::{KnownLayout, Scales, Setting, Stack};
use super::window::PackedWindow;
use crate::database::{Database, BUILTIN_NAME};
use crate::families::Family;
use crate::signature::p0f::{Quirks, Rules, Signature, WindowForm};

pub fn builtin() -> Database {
    Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database")
}

/// A stack but for its settings: family, version of IP, TTL, whether that is random, quirks.
type Key = (Family, Option<u8>, u8, bool, Quirks);
/// How seldom a stack is met, whether any window will do, its name, and what else settings and links
/// change.
type SettingKey = (Cost, bool, String, Scales, Option<u16>);
/// The windows of a stack.
type Settings = BTreeMap<SettingKey, BTreeSet<PackedWindow>>;
/// Options, then the stacks that send them.
pub struct Table(BTreeMap<Vec<u8>, Vec<(Key, Settings)>>);

impl Table {
    pub fn of(database: &Database, rarities: &Rarities) -> Self {
        let mut layouts: BTreeMap<Vec<u8>, Vec<(Key, Settings)>> = BTreeMap::new();
        for (label, signature) in database.signatures() {
            let stacks = layouts.entry(signature.layout.kinds().to_vec()).or_default();
            for sender in senders(label, signature) {
                let Signature { version, is_ttl_random, quirks, mss, .. } = *signature;
                let stack = (sender.family, version, sender.ttl, is_ttl_random, quirks);
                let index = stacks.iter().position(|(known, _)| *known == stack);
                let index = index.unwrap_or_else(|| {
                    stacks.push((stack, Settings::new()));
                    stacks.len() - 1
                });
                let is_any = signature.window == WindowForm::Any;
                let rarity = sender.rarity(rarities);
                let setting = (rarity, is_any, sender.name, sender.scales, mss);
                let windows = stacks[index].1.entry(setting).or_default();
                windows.extend(window(signature.window));
            }
        }
        // The least rare first: then few of the others have to be looked at.
        let least = |(_, settings): &(Key, Settings)| settings.keys().next().map(|key| key.0);
        layouts.values_mut().for_each(|stacks| stacks.sort_by_key(least));
        Self(layouts)
    }

    /// The same as the model has it. What it refers to stays for good.
    pub fn layouts(&self) -> Vec<KnownLayout> {
        let setting = |(key, windows): (&SettingKey, &BTreeSet<PackedWindow>)| {
            let (rarity, _, label, scales, mss) = key;
            Setting {
                label: label.clone().leak(),
                rarity: *rarity,
                windows: windows.iter().copied().collect::<Vec<_>>().leak(),
                scales: *scales,
                mss: *mss,
            }
        };
        let stack =
            |((family, version, ttl, is_ttl_random, quirks), settings): &(Key, Settings)| Stack {
                family: *family,
                version: *version,
                ttl: *ttl,
                is_ttl_random: *is_ttl_random,
                quirks: *quirks,
                settings: settings.iter().map(setting).collect::<Vec<_>>().leak(),
            };
        let layout = |(kinds, stacks): (&Vec<u8>, &Vec<(Key, Settings)>)| {
            KnownLayout::new(
                kinds.clone().leak(),
                stacks.iter().map(stack).collect::<Vec<_>>().leak(),
            )
        };
        self.0.iter().map(layout).collect()
    }

    /// The same as source.
    pub fn source(&self) -> String {
        let mut text = String::from(
            "//! The stacks that the built-in database knows. Written by `make family`: do not edit.\n\n\
             use super::stack::{KnownLayout, Scales, Setting, Stack};\n\
             use super::window::PackedWindow as W;\n\
             use crate::families::Family::{Android, Apple, Bsd, Linux, Other, Solaris, Windows};\n\
             use crate::signature::p0f::Quirks as Q;\n\n\
             #[rustfmt::skip]\n\
             pub static LAYOUTS: &[KnownLayout] = &[\n",
        );
        for (kinds, stacks) in &self.0 {
            let _ = writeln!(text, "    KnownLayout::new(&{kinds:?}, &[");
            for ((family, version, ttl, is_ttl_random, quirks), settings) in stacks {
                let quirks = quirks_source(*quirks);
                let _ = writeln!(
                    text,
                    "        Stack {{ family: {family:?}, version: {version:?}, ttl: {ttl}, is_ttl_random: \
                     {is_ttl_random}, quirks: {quirks}, settings: &["
                );
                for ((rarity, _, label, scales, mss), windows) in settings {
                    let windows: Vec<_> = windows.iter().map(|window| window.source()).collect();
                    let _ = writeln!(
                        text,
                        "            Setting {{ label: {label:?}, rarity: {rarity}, scales: \
                         Scales({:#06x}), mss: {mss:?}, windows: &[{}] }},",
                        scales.0,
                        windows.join(", ")
                    );
                }
                text += "        ] },\n";
            }
            text += "    ]),\n";
        }
        text + "];\n"
    }
}

fn window(form: WindowForm) -> Option<PackedWindow> {
    match form {
        WindowForm::Any => None,
        WindowForm::Exactly(window) => Some(PackedWindow::exactly(window)),
        WindowForm::Mss(times) => Some(PackedWindow::mss(times)),
        other => panic!("the family model knows no window of the form {other:?}"),
    }
}

fn quirks_source(mut left: Quirks) -> String {
    let mut text = String::from("Q::empty()");
    for (quirk, name) in [
        (Quirks::DF, "DF"),
        (Quirks::NONZERO_ID, "NONZERO_ID"),
        (Quirks::ZERO_ID, "ZERO_ID"),
        (Quirks::ECN, "ECN"),
        (Quirks::FLOW, "FLOW"),
        (Quirks::ZERO_SEQ, "ZERO_SEQ"),
        (Quirks::NONZERO_ACK, "NONZERO_ACK"),
        (Quirks::NONZERO_URGENT, "NONZERO_URGENT"),
        (Quirks::ZERO_TS1, "ZERO_TS1"),
        (Quirks::NONZERO_TS2, "NONZERO_TS2"),
    ] {
        if left.intersects(quirk) {
            let _ = write!(text, ".union(Q::{name})");
        }
        left = left.difference(quirk);
    }
    assert_eq!(left, Quirks::empty(), "a quirk without a name here");
    text
}
