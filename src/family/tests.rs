use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::database::Label;
use crate::signature::p0f::{Rules, Signature};
use crate::syn::Syn;

fn observed(hex: &str) -> Observed {
    Observed::of(&Syn::parse(&hex::decode(hex).unwrap()).unwrap(), Rules::Corrected).unwrap()
}

/// Linux 6.18 over loopback.
const LINUX: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";

fn label(name: &str, flavor: &str, is_generic: bool) -> Label {
    Label {
        is_generic,
        class: "unix".into(),
        name: name.into(),
        flavor: flavor.into(),
        systems: vec![],
    }
}

/// A match of some signature under a label.
fn matching(label: &Label, is_fuzzy: bool) -> Match<'_> {
    static SIGNATURE: LazyLock<Signature> =
        LazyLock::new(|| "*:64:0:*:*,*:mss:df:0".parse().unwrap());
    Match { signature: Some((label, &SIGNATURE)), is_fuzzy, dist: 0 }
}

#[test]
fn labels_have_a_family() {
    let cases = [
        ("Linux", "3.11 and newer", Family::Linux),
        ("Linux", "(Android)", Family::Android),
        ("Windows", "XP", Family::Windows),
        ("MacOS X", "10.9 or newer", Family::Apple),
        ("OpenBSD", "", Family::Bsd),
        ("Solaris", "10", Family::Solaris),
        ("lwIP", "", Family::Other),
    ];
    for (name, flavor, family) in cases {
        assert_eq!(Family::of_label(&label(name, flavor, false)), family, "{name} {flavor}");
    }
}

#[test]
fn the_label_of_another_stack_leads() {
    let seen = observed(LINUX);
    assert_eq!(Verdict::of(&seen, None).family, Family::Linux);
    let cases = [(false, false, 90), (true, false, 50), (false, true, 50)];
    for (is_generic, is_fuzzy, least) in cases {
        let label = label("gVisor", "", is_generic);
        let verdict = Verdict::of(&seen, Some(&matching(&label, is_fuzzy)));
        assert_eq!(verdict.family, Family::Other);
        assert!(verdict.confidence >= least, "{}", verdict.shares);
    }
}

#[test]
fn an_exact_label_counts_a_generic_one_does_not() {
    let seen = observed(LINUX);
    let share = |is_generic, is_fuzzy| {
        let label = label("FreeBSD", "", is_generic);
        let verdict = Verdict::of(&seen, Some(&matching(&label, is_fuzzy)));
        verdict.shares.0[Family::Bsd as usize]
    };
    assert!(share(false, false) > 10);
    assert_eq!([share(true, false), share(false, true)], [0, 0]);
}

#[test]
fn shares_fall_and_leave_out_who_has_none() {
    let shares = Shares([5, 70, 20, 0, 0, 5, 0]);
    assert_eq!(shares.to_string(), "Linux:70,Android:20,Windows:5,Solaris:5");
}

proptest! {
    /// Every SYN has a verdict, and shares make up 100.
    #[test]
    fn shares_make_up_100(options in proptest::collection::vec(any::<u8>(), 0..10), ttl: u8, window: u16, flags in 0_u8..4) {
        let mut packet = hex::decode(LINUX).unwrap();
        packet[8] = ttl;
        packet[6] = flags << 6 & 0x40;
        packet[34..36].copy_from_slice(&window.to_be_bytes());
        for (at, byte) in options.iter().enumerate() {
            packet[40 + at * 2] = *byte;
        }
        let syn = Syn::parse(&packet).unwrap();
        let verdict = Verdict::of(&Observed::of(&syn, Rules::Corrected).unwrap(), None);
        prop_assert_eq!(verdict.shares.0.iter().map(|&share| u32::from(share)).sum::<u32>(), 100);
        prop_assert_eq!(verdict.confidence, verdict.shares.0[verdict.family as usize]);
        prop_assert!(verdict.shares.0.iter().all(|&share| share <= verdict.confidence));
    }
}
