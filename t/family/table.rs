//! Writes the stacks of the family model from the built-in database.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ngx_tcpfp::database::{Database, Label};
use ngx_tcpfp::family::Family;
use ngx_tcpfp::signature::p0f::{Quirks, Signature, WindowForm};
use ngx_tcpfp::syn::kind;

/// How seldom each family is met, in tenths of a nat: few people browse from Solaris.
fn rarity(family: Family) -> u32 {
    match family {
        Family::Windows | Family::Linux | Family::Android | Family::Apple => 0,
        Family::Bsd | Family::Other => 10,
        Family::Solaris => 30,
    }
}

/// A generic signature stands for settings that few change.
const GENERIC: u32 = 10;
/// And so does each option that a setting turned off.
const OPTION_OFF: u32 = 15;
/// Tuned servers have Android's buffers, too.
const LINUX_TUNED_LIKE_ANDROID: u32 = 17;
/// Carriers and makers choose other maxima, and so another scale.
const ANDROID_WITH_OTHER_SCALE: u32 = 10;

/// How seldom an Android has a Linux kernel's own buffers, by the kernel. AOSP's frameworks set
/// tcp_rmem for each network; those of Android 4 left the first window, ten segments, alone
/// (net.ipv4.tcp_default_init_rwnd came with Android 5). Who has a buffer of neither may be either.
fn android_with_defaults(flavor: &str) -> u32 {
    match flavor {
        "2.6.39 to 3.10" => 3,
        "3.11 to 4.19" => 20,
        "" => 15,
        _ => 30,
    }
}

/// Reads `label` and `sig` lines of `[tcp:request]`.
pub fn signatures() -> Vec<(Label, Signature)> {
    let text = std::str::from_utf8(Database::builtin()).expect("UTF-8");
    let (_, requests) = text.split_once("[tcp:request]").expect("a section of requests");
    let mut label = None;
    let mut signatures = Vec::new();
    for (key, value) in requests.lines().filter_map(|line| line.split_once('=')) {
        match key.trim() {
            "label" => {
                let parts: Vec<_> = value.trim().splitn(4, ':').map(str::to_owned).collect();
                let [kind, class, name, flavor] = parts.try_into().expect("four parts");
                label =
                    Some(Label { is_generic: kind == "g", class, name, flavor, systems: vec![] });
            }
            "sig" => {
                let label = label.clone().expect("a label");
                signatures.push((label, value.trim().parse().expect("a signature")));
            }
            _ => {}
        }
    }
    signatures
}

/// How many of the options that its systems send by default a signature lacks.
fn options_off(family: Family, signature: &Signature) -> u32 {
    let by_default: &[u8] = match family {
        Family::Linux | Family::Android | Family::Apple | Family::Bsd => {
            &[kind::MSS, kind::SACK_PERMITTED, kind::TIMESTAMPS, kind::WINDOW_SCALE]
        }
        Family::Windows => &[kind::MSS, kind::SACK_PERMITTED, kind::WINDOW_SCALE],
        Family::Solaris | Family::Other => &[],
    };
    let kinds = signature.layout.kinds();
    by_default.iter().filter(|kind| !kinds.contains(kind)).count() as u32
}

/// The windows of a stack, by how seldom they are met, whether any will do, and what else settings
/// and links change.
type Settings = BTreeMap<(u32, bool, String), BTreeSet<String>>;

/// The source text of the table.
pub fn table() -> String {
    // By the options, then by the rest but for the settings, in the database's order.
    let mut shapes: BTreeMap<Vec<u8>, Vec<(String, Settings)>> = BTreeMap::new();
    for (label, signature) in signatures() {
        let family = Family::of_label(&label);
        let generic = if label.is_generic { GENERIC } else { 0 };
        let settings = generic + OPTION_OFF * options_off(family, &signature);
        let stacks = shapes.entry(signature.layout.kinds().to_vec()).or_default();
        let mut add = |family, rarity, scale| {
            let stack = stack(&signature, family);
            let index = stacks.iter().position(|(known, _)| *known == stack).unwrap_or_else(|| {
                stacks.push((stack, Settings::new()));
                stacks.len() - 1
            });
            let is_any = signature.window == WindowForm::Any;
            let setting = (rarity, is_any, format!("scale: {scale:?}, mss: {:?}", signature.mss));
            let windows = stacks[index].1.entry(setting).or_default();
            windows.extend(window(signature.window));
        };
        add(family, rarity(family) + settings, signature.scale);
        match family {
            Family::Linux => {
                let rarity = settings + android_with_defaults(&label.flavor);
                add(Family::Android, rarity, signature.scale);
            }
            Family::Android => {
                add(Family::Android, ANDROID_WITH_OTHER_SCALE, None);
                add(Family::Linux, LINUX_TUNED_LIKE_ANDROID, signature.scale);
            }
            _ => {}
        }
    }
    let mut text = String::from(
        "//! The stacks that the built-in database knows. Written by `make family`: do not edit.\n\n\
         use super::stack::{exactly, mss, Setting, Shape, Stack};\n\
         use super::Family::{Android, Apple, Bsd, Linux, Other, Solaris, Windows};\n\
         use crate::signature::p0f::Quirks as Q;\n\n\
         #[rustfmt::skip]\n\
         pub static SHAPES: &[Shape] = &[\n",
    );
    for (kinds, stacks) in shapes {
        let _ = writeln!(text, "    Shape::new(&{kinds:?}, &[");
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
        WindowForm::Exactly(window) => Some(format!("exactly({window})")),
        WindowForm::Mss(times) => Some(format!("mss({times})")),
        other => panic!("the family model knows no window of the form {other:?}"),
    }
}

fn quirks(quirks: Quirks) -> String {
    let mut text = String::from("Q::NONE");
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
        if quirks.intersects(quirk) {
            let _ = write!(text, ".with(Q::{name})");
        }
    }
    text
}
