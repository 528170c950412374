use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::database::{Census, Label};
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
    Match {
        signature: Some((label, &SIGNATURE)),
        is_fuzzy,
        dist: 0,
        census: None,
        population: None,
    }
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
        assert_eq!(label(name, flavor, false).family(), family, "{name} {flavor}");
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
    assert!(share(false, false) > 500);
    assert_eq!([share(true, false), share(false, true)], [0, 0]);
}

#[test]
fn a_site_knows_its_clients() {
    let seen = observed(LINUX);
    let of = |census: Option<&str>, population: Option<&str>| {
        let read = |text: &str| text.parse::<Census>().unwrap();
        let (census, population) = (census.map(read), population.map(read));
        let label = label("Linux", "", false);
        let (census, population) = (census.as_ref(), population.as_ref());
        Verdict::of(&seen, Some(&Match { census, population, ..matching(&label, true) })).shares
    };
    let percent = |shares: Shares, family| f64::from(shares.of_family(family)) / 100.0;
    let model = of(None, None);
    let [linux, android] = [Family::Linux, Family::Android].map(|family| percent(model, family));
    assert!(linux > 60.0 && android > 5.0, "{model}");

    // Five addresses count as much as the model; a family that it excludes is not excluded.
    let counted = of(Some("Windows:5"), None);
    assert!((percent(counted, Family::Windows) - 50.0).abs() < 0.1, "{counted}");
    assert!((percent(counted, Family::Linux) - linux / 2.0).abs() < 0.1, "{counted}");
    assert!(percent(of(Some("Android:2000"), None), Family::Android) > 98.0);

    // As frequent as anywhere: nothing changes, whatever the number.
    let same = of(None, Some("Windows:3600,Linux:1600,Android:2400,Apple:2100,BSD:40,Solaris:10"));
    assert!((percent(same, Family::Linux) - linux).abs() < 0.5, "{same}");
    // Android twenty times as frequent as Linux counts ten times, as Linux as seldom.
    let phones = of(None, Some("Android:1000000"));
    let expected = android * 1000.0 / 240.0 / (android * 1000.0 / 240.0 + linux / 10.0) * 100.0;
    assert!((percent(phones, Family::Android) - expected).abs() < 1.0, "{phones} {expected}");
}

#[test]
fn shares_fall_and_leave_out_who_has_none() {
    let shares = Shares([500, 7000, 2000, 0, 0, 500, 0]);
    assert_eq!(shares.to_string(), "Linux:70,Android:20,Windows:5,Solaris:5");
    let equal = Shares([1000, 0, 4500, 0, 0, 0, 4500]);
    assert_eq!(equal.to_string(), "Other:45,Android:45,Windows:10");
}

/// Windows without a window scale starts at 64, too: `mss,nop,nop,sok` from there is no Linux, but
/// for Linux' own window.
#[test]
fn windows_without_window_scale_may_start_at_64() {
    let of = |ttl: u8, window: u16| {
        let packet = format!(
            "450000301a2b4000{ttl:02x}0600000000000000000000c00101bb00003039000000007002{window:04x}\
             00000000020405b401010402"
        );
        Verdict::of(&observed(&packet), None)
    };
    for (ttl, window, least) in
        [(50, 8192, 60), (64, 65535, 60), (64, 16384, 60), (61, 64512, 60), (116, 64240, 90)]
    {
        let verdict = of(ttl, window);
        assert_eq!(verdict.family, Family::Windows, "{ttl} {window}");
        assert!(verdict.confidence >= least, "{ttl} {window} {}", verdict.shares);
    }
    assert!(of(50, 64240).confidence < 50);
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
        let percents = verdict.shares.percents();
        prop_assert_eq!(percents.iter().map(|&share| u32::from(share)).sum::<u32>(), 100);
        prop_assert_eq!(verdict.confidence, percents[verdict.family as usize]);
        prop_assert!(percents.iter().all(|&share| share <= verdict.confidence));
    }

    /// An explanation costs what the verdict counts for its family.
    #[test]
    fn explanations_add_up(options in proptest::collection::vec(any::<u8>(), 0..10), ttl: u8, window: u16, layout in 0..LAYOUTS.len()) {
        let mut packet = hex::decode(LINUX).unwrap();
        packet[8] = ttl;
        packet[34..36].copy_from_slice(&window.to_be_bytes());
        for (at, byte) in options.iter().enumerate() {
            packet[40 + at * 2] = *byte;
        }
        let mut observed = Observed::of(&Syn::parse(&packet).unwrap(), Rules::Corrected).unwrap();
        if ttl % 2 == 0 {
            observed.layout = Default::default();
            LAYOUTS[layout].kinds.iter().for_each(|&kind| {
                observed.layout.push(kind);
            });
        }
        let evidence = Evidence::of(&observed, &MODEL);
        let costs = evidence.costs(LAYOUTS);
        let least = costs.iter().copied().min().unwrap();
        for family in Family::ALL {
            let explanation = evidence.explanation(LAYOUTS, family);
            let cost = explanation.cost(&MODEL.causes);
            if cost < least + MODEL.farthest() {
                prop_assert_eq!(cost, costs[family as usize], "{}", explanation);
            } else {
                prop_assert!(costs[family as usize] >= cost, "{}", explanation);
            }
        }
    }
}

#[test]
fn explanations_are_told_in_words() {
    let Explanations(all) = Explanations::of(&observed(LINUX));
    assert_eq!((all[0].family, all[0].stack), (Family::Linux, Some("Linux 6.16 and newer")));
    assert_eq!(all[0].to_string(), "Linux 6.16 and newer");
    // A Windows whose TTL a proxy set, and whose id it zeroed.
    let windows = "4500003400004000400600007f0000017f000001b50e237820854987000000008002faf000000000020405b40103030801010402";
    let Explanations(all) = Explanations::of(&observed(windows));
    assert_eq!(
        all[0].to_string(),
        "Windows 10 or 11, if the TTL was lowered on the way and the identification was changed on the way"
    );
}
