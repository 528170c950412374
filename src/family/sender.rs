//! Who sends the SYNs of a signature, and what makes that seldom: what the table of stacks says of
//! each besides its signature.

use std::collections::BTreeMap;

use super::cause::Cost;
use super::stack::Scales;
use crate::database::Label;
use crate::families::Family;
use crate::signature::p0f::Signature;
use crate::syn::kind;

/// Scales of carriers' and makers' buffers on Android.
const OF_ANDROID: Scales = Scales::of(&[8, 9, 10, 12]);
/// That of Linux' own buffers, to 6.15 and from 6.16 on.
const BEFORE_6_16: Scales = Scales::of(&[7]);
const OF_LINUX: Scales = Scales::of(&[7, 10]);

const WINDOWS_WITHOUT_SCALE: [u8; 4] = [kind::MSS, kind::NOP, kind::NOP, kind::SACK_PERMITTED];

/// A family that sends SYNs of a signature.
pub struct Sender {
    pub family: Family,
    /// What to call the stack.
    pub name: String,
    /// What makes it seldom, by name; together its rarity.
    pub because: Vec<String>,
    /// With what TTL it starts.
    pub ttl: u8,
    pub scales: Scales,
}

/// How seldom something is met, by its name.
pub type Rarities = BTreeMap<String, Cost>;

impl Sender {
    fn but(mut self, because: impl Into<String>) -> Self {
        self.because.push(because.into());
        self
    }

    pub fn rarity(&self, rarities: &Rarities) -> Cost {
        self.because.iter().map(|name| rarities.get(name).copied().unwrap_or(0)).sum()
    }
}

/// Who sends SYNs of a signature: the family of its label, and Linux and Android each other's.
pub fn senders(label: &Label, signature: &Signature) -> Vec<Sender> {
    let family = label.family();
    let mut settings = vec!["a generic signature".to_owned(); usize::from(label.is_generic)];
    settings.extend(vec!["an option is off".to_owned(); options_off(family, signature)]);
    if label.is_tool() {
        // Whoever writes a lone SYN seldom goes on to a connection.
        settings.push("a tool".to_owned());
    }
    let is_scaled = signature.layout.kinds().contains(&kind::WINDOW_SCALE);
    if family == Family::Windows && !is_scaled {
        // From Vista on it asks for it; paths that write options anew leave it out.
        settings.push("Windows without window scale".to_owned());
    }
    let of = |family: Family, name: String, scales| {
        let because = [&settings[..], &[family.as_str().to_owned()]].concat();
        Sender { family, name, because, ttl: signature.ttl, scales }
    };
    let scales = signature.scale.map_or(Scales::ANY, |scale| Scales::of(&[scale]));
    let is_open = scales == Scales::ANY;
    let itself =
        |scales| of(family, label.to_string(), scales).but(format!("its label is {label}"));
    let kinds_without_timestamps =
        [kind::MSS, kind::NOP, kind::WINDOW_SCALE, kind::SACK_PERMITTED, kind::EOL];
    match family {
        Family::Linux => {
            // AOSP's frameworks set tcp_rmem for each network; those of Android 4 left the first
            // window, ten segments, alone (net.ipv4.tcp_default_init_rwnd came with Android 5).
            let name = format!("Android with the buffers of {label}");
            let android = |scales| of(Family::Android, name.clone(), scales).but(name.clone());
            let is_old = !label.flavor.is_empty() && !label.flavor.ends_with("and newer");
            let default = if is_old { BEFORE_6_16 } else { OF_LINUX };
            let mut senders = if is_open {
                vec![itself(default), itself(scales).but("Linux of another scale")]
            } else {
                vec![itself(scales)]
            };
            senders.push(android(scales).but("Android of a scale of Linux"));
            if is_open {
                senders.push(android(OF_ANDROID));
            }
            senders
        }
        Family::Android => {
            let tuned = "Linux tuned like Android";
            vec![
                itself(scales),
                itself(Scales::ANY).but("Android of another scale"),
                of(Family::Linux, tuned.to_owned(), Scales::ANY).but(tuned),
            ]
        }
        // XNU's options without timestamps are FreeBSD's.
        Family::Apple if signature.layout.kinds() == kinds_without_timestamps => {
            let freebsd = "FreeBSD without timestamps";
            vec![itself(scales), of(Family::Bsd, freebsd.to_owned(), scales).but(freebsd)]
        }
        // Satori and pf.os have it from 64, too, as no Linux and no BSD.
        Family::Windows if signature.layout.kinds() == WINDOWS_WITHOUT_SCALE => {
            let lower = "Windows with a TTL of 64";
            let at_64 = Sender { ttl: 64, ..of(family, lower.to_owned(), scales).but(lower) };
            vec![itself(scales), at_64]
        }
        Family::Bsd => {
            let mut senders = vec![itself(scales)];
            // Load balancers and accelerators have FreeBSD's stack more often than people do.
            if label.name == "FreeBSD" {
                let proxy = format!("a proxy with the stack of {label}");
                let because = "a proxy with the stack of FreeBSD";
                senders.push(of(Family::Other, proxy, scales).but(because));
            }
            senders
        }
        _ => vec![itself(scales)],
    }
}

/// How many of the options that its systems send by default a signature lacks.
fn options_off(family: Family, signature: &Signature) -> usize {
    let by_default: &[u8] = match family {
        Family::Linux | Family::Android | Family::Apple | Family::Bsd => {
            &[kind::MSS, kind::SACK_PERMITTED, kind::TIMESTAMPS, kind::WINDOW_SCALE]
        }
        // Its scale has a rarity of its own.
        Family::Windows => &[kind::MSS, kind::SACK_PERMITTED],
        Family::Solaris | Family::Other => &[],
    };
    let kinds = signature.layout.kinds();
    by_default.iter().filter(|kind| !kinds.contains(kind)).count()
}
