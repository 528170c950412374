//! Writes the table of stacks from the built-in database; `make family` is this test, told to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::{env, fs};

use super::families::Family;
use super::prior::{senders, Sender};
use super::stack::Cost;
use crate::database::{Database, BUILTIN_NAME};
use crate::signature::p0f::{Quirks, Rules, Signature, WindowForm};

#[test]
fn the_table_is_that_of_the_database() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/family/stacks.rs");
    let table = table();
    if env::var_os("UPDATE").is_some() {
        fs::write(path, &table).unwrap();
    }
    let is_written = fs::read_to_string(path).unwrap() == table;
    assert!(is_written, "src/family/stacks.rs is not what `make family` writes");
}

/// The windows of a stack, by how seldom they are met, whether any will do, and what else settings
/// and links change.
type Settings = BTreeMap<(Cost, bool, String), BTreeSet<String>>;

fn table() -> String {
    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database");
    // By the options, then by the rest but for the settings, in the database's order.
    let mut layouts: BTreeMap<Vec<u8>, Vec<(String, Settings)>> = BTreeMap::new();
    for (label, signature) in database.signatures() {
        let stacks = layouts.entry(signature.layout.kinds().to_vec()).or_default();
        for Sender { family, rarity, scale } in senders(label, signature) {
            let stack = stack(signature, family);
            let index = stacks.iter().position(|(known, _)| *known == stack).unwrap_or_else(|| {
                stacks.push((stack, Settings::new()));
                stacks.len() - 1
            });
            let is_any = signature.window == WindowForm::Any;
            let setting = (rarity, is_any, format!("scale: {scale:?}, mss: {:?}", signature.mss));
            let windows = stacks[index].1.entry(setting).or_default();
            windows.extend(window(signature.window));
        }
    }
    let mut text = String::from(
        "//! The stacks that the built-in database knows. Written by `make family`: do not edit.\n\n\
         use super::families::Family::{Android, Apple, Bsd, Linux, Other, Solaris, Windows};\n\
         use super::stack::{KnownLayout, Setting, Stack};\n\
         use super::window::PackedWindow as W;\n\
         use crate::signature::p0f::Quirks as Q;\n\n\
         #[rustfmt::skip]\n\
         pub static LAYOUTS: &[KnownLayout] = &[\n",
    );
    for (kinds, stacks) in layouts {
        let _ = writeln!(text, "    KnownLayout::new(&{kinds:?}, &[");
        for (stack, settings) in stacks {
            let _ = writeln!(text, "        Stack {{ {stack}, settings: &[");
            for ((rarity, _, setting), windows) in settings {
                let windows = windows.into_iter().collect::<Vec<_>>().join(", ");
                let _ = writeln!(
                    text,
                    "            Setting {{ rarity: {rarity}, {setting}, windows: &[{windows}] }},"
                );
            }
            text += "        ] },\n";
        }
        text += "    ]),\n";
    }
    text + "];\n"
}

fn stack(signature: &Signature, family: Family) -> String {
    let Signature { ttl, is_ttl_random, .. } = signature;
    let quirks = quirks(signature.quirks);
    format!("family: {family:?}, ttl: {ttl}, is_ttl_random: {is_ttl_random}, quirks: {quirks}")
}

fn window(form: WindowForm) -> Option<String> {
    match form {
        WindowForm::Any => None,
        WindowForm::Exactly(window) => Some(format!("W::exactly({window})")),
        WindowForm::Mss(times) => Some(format!("W::mss({times})")),
        other => panic!("the family model knows no window of the form {other:?}"),
    }
}

fn quirks(mut left: Quirks) -> String {
    let mut text = String::from("Q::empty()");
    for (quirk, name) in [
        (Quirks::DF, "DF"),
        (Quirks::NONZERO_ID, "NONZERO_ID"),
        (Quirks::ZERO_ID, "ZERO_ID"),
        (Quirks::ECN, "ECN"),
        (Quirks::ZERO_SEQ, "ZERO_SEQ"),
        (Quirks::NONZERO_ACK, "NONZERO_ACK"),
        (Quirks::NONZERO_URGENT, "NONZERO_URGENT"),
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
