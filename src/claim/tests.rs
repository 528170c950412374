use proptest::prelude::*;

use super::*;
use Family::{Android, Apple, Linux, Other, Windows};

/// Shares in percent.
fn shares(given: &[(Family, u16)]) -> Shares {
    let mut shares = [0; Family::ALL.len()];
    for (family, share) in given {
        shares[*family as usize] = *share * 100;
    }
    Shares(shares)
}

/// Real ones, and what they claim.
fn agents() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("tests/agents.txt").lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once('\t').expect("two columns"))
}

fn of(platform: Option<&str>, agent: &str) -> Option<Family> {
    let platform = platform.map(str::as_bytes);
    Claim { platform, user_agent: Some(agent.as_bytes()) }.family()
}

#[test]
fn families_of_user_agents() {
    assert!(agents().count() >= 80);
    for (family, agent) in agents() {
        assert_eq!(of(None, agent).map_or("-", Family::as_str), family, "{agent}");
    }
    assert_eq!(Claim::default().family(), None);
    assert_eq!(of(None, ""), None);
}

#[test]
fn platforms_go_before_user_agents() {
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
    for (platform, agent, family) in [
        (r#""Android""#, windows, Some(Android)),
        (r#""Chrome OS""#, windows, Some(Linux)),
        (r#""Chromium OS""#, windows, Some(Linux)),
        (r#""Linux""#, windows, Some(Linux)),
        (r#""iOS""#, windows, Some(Apple)),
        (r#""macOS""#, windows, Some(Apple)),
        (r#""Windows""#, "curl/8.5.0", Some(Windows)),
        (r#" "macOS"	"#, windows, Some(Apple)),
        // Neither of these names a system.
        (r#""Unknown""#, windows, Some(Windows)),
        (r#""""#, windows, Some(Windows)),
        (r#"""#, windows, Some(Windows)),
        ("", windows, Some(Windows)),
        ("macOS", windows, Some(Windows)),
        (r#""macos""#, windows, Some(Windows)),
        (r#""macOS", "Linux""#, windows, Some(Windows)),
        (r#""Unknown""#, "curl/8.5.0", None),
        // A robot stays one.
        (r#""Android""#, "Mozilla/5.0 (Linux; Android 6.0.1) (compatible; Googlebot/2.1)", None),
    ] {
        assert_eq!(of(Some(platform), agent), family, "{platform} {agent}");
    }
}

/// What each kind of claim is to each family, in the order of [`Family::ALL`]: `=` agrees, `x`
/// contradicts, `.` cannot be decided.
#[test]
fn claims_agree_and_contradict() {
    for (agent, expected) in [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "=xxxxx."),
        ("Microsoft-CryptoAPI/10.0", "=......"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "x==x..."),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", "x==x..."),
        ("Wget/1.21.3 (linux-gnu)", "===x..."),
        ("Mozilla/5.0 (Linux; Android 10; K)", "x==xxx."),
        ("Dalvik/2.1.0 (Linux; U; Android 12)", "x==xxx."),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "xxx=xx."),
        ("Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X)", "xxx=xx."),
        ("Mozilla/5.0 (X11; FreeBSD amd64)", "xxxx=x."),
        ("Mozilla/5.0 (X11; SunOS i86pc)", "xxxxx=."),
        ("Mozilla/5.0 (PlayStation 4 11.00)", "......."),
        ("curl/8.5.0", "......."),
        ("", "......."),
        ("Opera/9.80 (iPhone; Opera Mini/7.0.4/28.2555; U; fr)", "......."),
    ] {
        let claim = Claim { platform: None, user_agent: Some(agent.as_bytes()) };
        let signs = Family::ALL.map(|family| {
            claim
                .contradicts(&shares(&[(family, 100)]))
                .map_or('.', |yes| if yes { 'x' } else { '=' })
        });
        assert_eq!(signs.iter().collect::<String>(), expected, "{agent}");
    }
}

#[test]
fn a_claim_is_held_against_what_is_sure() {
    let browser =
        |agent: &'static str| Claim { platform: None, user_agent: Some(agent.as_bytes()) };
    let windows = browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
    let android = browser("Mozilla/5.0 (Linux; Android 10; K)");
    for (claim, given, expected, probability) in [
        (windows, &[(Linux, 100)][..], Some(true), 10_000),
        (windows, &[(Linux, 99), (Windows, 1)], None, 9_900),
        // Behind a stack that nobody knows may be a Windows.
        (windows, &[(Linux, 99), (Other, 1)], Some(true), 9_963),
        (windows, &[(Linux, 98), (Other, 2)], None, 9_926),
        (windows, &[(Windows, 90), (Linux, 10)], Some(false), 1_000),
        (windows, &[(Windows, 89), (Linux, 11)], None, 1_100),
        // Which of the two it is does not matter.
        (windows, &[(Linux, 50), (Android, 50)], Some(true), 10_000),
        (android, &[(Linux, 50), (Android, 45), (Windows, 5)], Some(false), 500),
        (android, &[(Linux, 50), (Windows, 50)], None, 5_000),
    ] {
        assert_eq!(claim.contradicts(&shares(given)), expected, "{given:?}");
        assert_eq!(claim.contradiction(&shares(given)), Some(probability), "{given:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes(
        platform in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40)),
        agent in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let claim = Claim { platform: platform.as_deref(), user_agent: Some(&agent) };
        if claim.family().is_none() {
            prop_assert_eq!(claim.contradicts(&shares(&[(Linux, 100)])), None);
        }
    }

    /// Rubbish around a real User-Agent takes its words away at most, and adds none.
    #[test]
    fn rubbish_around(before in "[^A-Za-z0-9]{0,50}", after in "[^A-Za-z0-9]{0,50}") {
        for (family, agent) in agents() {
            let claimed = of(None, &format!("{before}{agent}{after}"));
            prop_assert_eq!(claimed.map_or("-", Family::as_str), family);
        }
    }
}
