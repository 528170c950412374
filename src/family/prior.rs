//! How seldom a stack is met, in costs: what the table of stacks says of each besides its signature.
//!
//! It is weighed by hand, with the mistakes on t/data/families-seen.tsv in view; no count of clients
//! is behind it. The reason stands beside each number.

use super::families::Family;
use super::stack::Cost;
use crate::database::Label;
use crate::signature::p0f::Signature;
use crate::syn::kind;

/// Few people browse from a BSD, a device or a tool, and fewer from Solaris.
fn rarity(family: Family) -> Cost {
    match family {
        Family::Windows | Family::Linux | Family::Android | Family::Apple => 0,
        Family::Bsd | Family::Other => 10,
        Family::Solaris => 30,
    }
}

/// A generic signature stands for settings that few change.
const GENERIC: Cost = 10;
/// And so does each option that a setting turned off.
const OPTION_OFF: Cost = 15;
/// Tuned servers have Android's buffers, too.
const LINUX_TUNED_LIKE_ANDROID: Cost = 17;
/// Carriers and makers choose other maxima, and so another scale.
const ANDROID_WITH_OTHER_SCALE: Cost = 10;

/// How seldom an Android has a Linux kernel's own buffers, by the kernel. AOSP's frameworks set
/// tcp_rmem for each network; those of Android 4 left the first window, ten segments, alone
/// (net.ipv4.tcp_default_init_rwnd came with Android 5). Who has a buffer of neither may be either.
fn android_with_defaults(flavor: &str) -> Cost {
    match flavor {
        "2.6.39 to 3.10" => 3,
        "3.11 to 4.19" => 20,
        "" => 15,
        _ => 30,
    }
}

/// A family that sends SYNs of a signature.
pub struct Sender {
    pub family: Family,
    pub rarity: Cost,
    /// Window scale, if it is always the same.
    pub scale: Option<u8>,
}

/// Who sends SYNs of a signature: the family of its label, and Linux and Android each other's.
pub fn senders(label: &Label, signature: &Signature) -> Vec<Sender> {
    let family = Family::of_label(label);
    let generic = if label.is_generic { GENERIC } else { 0 };
    let settings = generic + OPTION_OFF * options_off(family, signature);
    let sender = |family, rarity| Sender { family, rarity, scale: signature.scale };
    let itself = sender(family, rarity(family) + settings);
    match family {
        Family::Linux => {
            let rarity = settings + android_with_defaults(&label.flavor);
            vec![itself, sender(Family::Android, rarity)]
        }
        Family::Android => vec![
            itself,
            Sender { family, rarity: ANDROID_WITH_OTHER_SCALE, scale: None },
            sender(Family::Linux, LINUX_TUNED_LIKE_ANDROID),
        ],
        _ => vec![itself],
    }
}

/// How many of the options that its systems send by default a signature lacks.
fn options_off(family: Family, signature: &Signature) -> Cost {
    let by_default: &[u8] = match family {
        Family::Linux | Family::Android | Family::Apple | Family::Bsd => {
            &[kind::MSS, kind::SACK_PERMITTED, kind::TIMESTAMPS, kind::WINDOW_SCALE]
        }
        Family::Windows => &[kind::MSS, kind::SACK_PERMITTED, kind::WINDOW_SCALE],
        Family::Solaris | Family::Other => &[],
    };
    let kinds = signature.layout.kinds();
    by_default.iter().filter(|kind| !kinds.contains(kind)).count() as Cost
}
