use proptest::prelude::*;

use super::wilson::at_least;
use super::*;
use crate::database::{Census, Database, BUILTIN_NAME};
use crate::families::Family;
use crate::signature::p0f::{Observed, Rules};
use crate::syn::Syn;

/// Linux 6.18, and Windows 10, over Ethernet.
const LINUX: &str =
    "4500003c08bf400036060000c0000201c6336401b50e01bb2085498700000000a002faf0000000000\
                     20405b40402080a28861183000000000103030a";
const WINDOWS: &str =
    "450000341f6f400074060000c0000201c6336401b50e01bb20854987000000008002faf00000000002\
                       0405b40103030801010402";

fn observed(hex: &str, change: impl FnOnce(&mut Vec<u8>)) -> Observed {
    let mut packet = hex::decode(hex).unwrap();
    change(&mut packet);
    Observed::of(&Syn::parse(&packet).unwrap(), Rules::Corrected).unwrap()
}

/// A cell of Linux with this segment size and scale, and a window of so many segments.
fn linux(mss: u16, times: u16, scale: u8) -> Cell {
    Cell::of(&observed(LINUX, |packet| {
        packet[42..44].copy_from_slice(&mss.to_be_bytes());
        packet[34..36].copy_from_slice(&(mss * times).to_be_bytes());
        packet[59] = scale;
    }))
}

fn census(text: &str) -> Census {
    text.parse().unwrap()
}

fn signatures(cells: &[(Cell, &str)]) -> Vec<(String, String)> {
    let cells: Vec<_> = cells.iter().map(|(cell, claims)| (*cell, census(claims))).collect();
    let mut found: Vec<_> = stacks(&cells, 20)
        .iter()
        .map(|stack| (stack.signature.to_string(), stack.claims.to_string()))
        .collect();
    found.sort();
    found
}

#[test]
fn a_bound_is_wilsons() {
    // By scipy.stats.binomtest(seen, all).proportion_ci(method="wilson").
    for (seen, all, bound) in
        [(0.0, 10.0, 0.0), (5.0, 10.0, 0.23659), (10.0, 10.0, 0.72247), (950.0, 1000.0, 0.93469)]
    {
        assert!((at_least(seen, all) - bound).abs() < 2e-5, "{seen} {all} {}", at_least(seen, all));
    }
    assert!(at_least(0.0, 0.0) < f64::EPSILON);
}

#[test]
fn what_differs_is_left_open() {
    let rest =
        |mss, window, scale| format!("4:64:0:{mss}:{window},{scale}:mss,sok,ts,nop,ws:df,id+:0");
    let same = |of: &[(Cell, &str)], expected: &[(String, &str)]| {
        let mut expected: Vec<_> = expected
            .iter()
            .map(|(signature, claims)| (signature.clone(), (*claims).to_owned()))
            .collect();
        expected.sort();
        assert_eq!(signatures(of), expected);
    };
    // One of everything: nothing is known to differ.
    same(&[(linux(1460, 44, 7), "Linux:50")], &[(rest("1460", "64240", "7"), "Linux:50")]);
    // The window follows the segment size.
    same(
        &[
            (linux(1460, 44, 7), "Linux:50"),
            (linux(1400, 44, 7), "Linux:9"),
            (linux(1380, 44, 7), "Linux:1"),
        ],
        &[(rest("*", "mss*44", "7"), "Linux:60")],
    );
    // A few addresses prove nothing, and are not counted.
    same(
        &[(linux(1460, 44, 7), "Linux:50"), (linux(1460, 44, 3), "Linux:2")],
        &[(rest("1460", "64240", "7"), "Linux:50")],
    );
    // Scales of which each is of the same systems, and one that is not.
    same(
        &[
            (linux(1460, 44, 7), "Linux:50"),
            (linux(1460, 44, 6), "Linux:40"),
            (linux(1460, 44, 9), "Android:60"),
        ],
        &[(rest("1460", "64240", "*"), "Linux:90"), (rest("1460", "64240", "9"), "Android:60")],
    );
    // Too few.
    same(&[(linux(1460, 44, 7), "Linux:19")], &[]);
}

#[test]
fn many_windows_are_any() {
    let cells: Vec<_> = (1..=20).map(|times| (linux(1460, times, 7), census("Linux:3"))).collect();
    let found = stacks(&cells, 20);
    assert_eq!(found.len(), 1);
    assert!(found[0].is_generic);
    assert_eq!(found[0].signature.to_string(), "4:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0");
    assert_eq!(stacks(&cells[..7], 20).len(), 0);
}

#[test]
fn a_random_ttl_is_one() {
    let cell = |ttl: u8| Cell::of(&observed(LINUX, |packet| packet[8] = ttl));
    let cells = [30, 60, 120, 250].map(|ttl| (cell(ttl), census("Other:10")));
    let found = stacks(&cells, 20);
    assert_eq!(found.len(), 1);
    assert!(found[0].signature.to_string().starts_with("4:255-:"), "{}", found[0].signature);
    // Three stacks, each with a TTL of its own, are not.
    let other = |ttl, times: u16| {
        let mut cell = linux(1460, times, 7);
        cell.observed.ttl = ttl;
        (cell, census("Other:30"))
    };
    assert_eq!(stacks(&[other(64, 2), other(128, 3), other(255, 4)], 20).len(), 3);
}

#[test]
fn made_up_claims_are_told_from_mixed_stacks() {
    let stack =
        |claimed: &str| Claims { claimed: census(claimed), may_be: [true; Family::ALL.len()] };
    // One in ten addresses says that it is a Windows, one in a hundred an Apple. The third stack is
    // really that of two systems.
    let noise = Noise::of(&[
        stack("Linux:890,Windows:100,Apple:10"),
        stack("Apple:4500,Windows:500"),
        stack("Linux:900,Android:890,Windows:200,Apple:10"),
        stack("BSD:178,Windows:20,Apple:2"),
    ]);
    assert!((0.08..0.13).contains(&noise.share), "{noise:?}");
    assert!(noise.claims[Family::Windows as usize] > 0.85, "{noise:?}");
    let rounded = |stack: usize| Census(noise.honest[stack].map(|count| count.round() as u32));
    for (number, families, least) in [
        (0, &[Family::Linux][..], 880),
        (1, &[Family::Apple], 4400),
        (2, &[Family::Linux, Family::Android], 1750),
        (3, &[Family::Bsd], 170),
    ] {
        let honest = rounded(number);
        let of_them: u32 = families.iter().map(|&family| honest.of(family)).sum();
        assert!(u64::from(of_them) == honest.all() && of_them >= least, "{number}: {honest}");
    }
    // Nobody lies.
    let honest = Noise::of(&[stack("Linux:1000"), stack("Windows:1000")]);
    assert!(honest.share < 0.01, "{honest:?}");
    assert!(Noise::of(&[]).share < 0.5);
}

#[test]
fn a_site_learns_what_may_be_believed() {
    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected).unwrap();
    let windows = Cell::of(&observed(WINDOWS, |_| {}));
    // Nobody sends such options.
    let new = Cell::of(&observed(WINDOWS, |packet| {
        packet[40..].copy_from_slice(b"\x04\x02\x02\x04\x05\xb4\x01\x03\x03\x08\x01\x01")
    }));
    let site = |claims: [&str; 3], takes_contradictions| {
        let cells = [windows, new, linux(1460, 44, 10)];
        let found = cells.into_iter().zip(claims);
        let found =
            found.flat_map(|(cell, claims)| stacks(&[(cell, census(claims))], 20)).collect();
        let limits = Limits { support: 20, share: 0.5, takes_contradictions };
        Site::of(found, &database, limits)
    };
    let finding = |site: &Site, cell: Cell| {
        let one = site.stacks.iter().find(|one| one.stack.example.0 == cell).unwrap();
        (one.finding, one.label.to_string(), one.honest.to_string())
    };

    let agreed = site(["Windows:500,Linux:20", "BSD:100,Windows:5", "Linux:300"], false);
    let of_windows = finding(&agreed, windows);
    assert_eq!((of_windows.0, of_windows.1.as_str()), (Finding::Known, "Windows 10 or 11"));
    assert!(
        of_windows.2.starts_with("Windows:") && !of_windows.2.contains("Linux"),
        "{of_windows:?}"
    );
    let (found, label, _) = finding(&agreed, new);
    assert_eq!((found, label.as_str()), (Finding::New, "BSD learnt here"));
    assert_eq!(agreed.written().len(), 3);

    // Robots on Linux that say Windows do not make a Windows of it, but where that is asked for.
    let robots = ["Windows:500", "BSD:40,Apple:40,Windows:40", "Windows:400,Linux:100"];
    let careful = site(robots, false);
    assert_eq!(finding(&careful, linux(1460, 44, 10)).0, Finding::Contradicts);
    assert_eq!(finding(&careful, new).0, Finding::Mixed);
    assert_eq!(careful.written().len(), 1);
    assert_eq!(careful.population().of(Family::Linux), 0);
    assert_eq!(site(robots, true).written().len(), 2);

    // What is written is read, and what is read counts.
    let text = agreed.database();
    let files = [("site", text.as_bytes()), (BUILTIN_NAME, Database::builtin())];
    let learnt = Database::read(files, Rules::Corrected).unwrap();
    assert!(learnt.shadowed().len() <= database.shadowed().len() + 3);
    let (mut before, mut after) = (Tally::default(), Tally::default());
    before.add(&new.observed, Family::Bsd, &database);
    after.add(&new.observed, Family::Bsd, &learnt);
    assert_eq!((before.right, after.right, after.labelled), (0, 1, 1));
    let report = careful.report();
    assert!(report.contains("Contradicts the model, not learnt: 1"), "{report}");
}

/// Without DF and with an id, IPv4's SYN has the quirks of IPv6's: p0f does not compare versions.
#[test]
fn no_signature_is_covered_by_one_before_it() {
    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected).unwrap();
    let v4 = |change: fn(&mut Vec<u8>)| {
        Cell::of(&observed(LINUX, |packet| {
            packet[6] = 0;
            change(packet);
        }))
    };
    let v6 = format!(
        "60000000002806360000000000000000000000000000000100000000000000000000000000000001{}",
        &LINUX[40..]
    );
    let cells = [
        v4(|_| {}),
        Cell::of(&observed(&v6, |_| {})),
        // From a TTL of 32, which one of 64 with 32 hops may also be.
        v4(|packet| packet[8] = 30),
        v4(|packet| packet[43] = 0xb5),
    ];
    let found = cells.map(|cell| stacks(&[(cell, census("Linux:50"))], 20)).concat();
    let limits = Limits { support: 20, share: 0.5, takes_contradictions: false };
    let site = Site::of(found, &database, limits);
    let written: Vec<_> =
        site.written().iter().map(|learnt| learnt.stack.signature.to_string()).collect();
    let rest = |start: &str, mss: u16| format!("{start}:0:{mss}:64240,10:mss,sok,ts,nop,ws::0");
    assert_eq!(written, [rest("4:32", 1460), rest("*:64", 1460), rest("4:64", 1461)]);
    assert_eq!(site.stacks[0].stack.claims, census("Linux:100"));
}

proptest! {
    #[test]
    fn cells_are_read_as_written(ttl in 1_u8.., window: u16, mss: u16, scale: u8, options in proptest::collection::vec(any::<u8>(), 0..10), flags in 0_u8..4) {
        let seen = observed(LINUX, |packet| {
            packet[8] = ttl;
            packet[6] = flags << 6 & 0x40;
            packet[34..36].copy_from_slice(&window.to_be_bytes());
            for (at, byte) in options.iter().enumerate() {
                packet[44 + at] = *byte;
            }
            packet[42..44].copy_from_slice(&mss.to_be_bytes());
            packet[59] = scale;
        });
        let cell = Cell::of(&seen);
        prop_assert_eq!(Cell::from_bytes(&cell.to_bytes()), cell);
        prop_assert_eq!(Cell::of(&cell.observed), cell);
    }

    /// A signature fits every cell that it was made of.
    #[test]
    fn signatures_fit_their_cells(cells in proptest::collection::vec((1000_u16..1461, 1_u16..45, 0_u8..12, 0_usize..7, 1_u32..200), 1..30)) {
        let mut counted = std::collections::BTreeMap::new();
        for (mss, times, scale, family, count) in cells {
            let claims = counted.entry(linux(mss, times, scale).to_bytes()).or_insert(Census::default());
            claims.0[family] += count;
        }
        let cells: Vec<_> = counted.iter().map(|(bytes, claims)| (Cell::from_bytes(bytes), *claims)).collect();
        let found = stacks(&cells, 20);
        let all: u64 = cells.iter().map(|(_, claims)| claims.all()).sum();
        prop_assert!(found.iter().map(|stack| stack.claims.all()).sum::<u64>() <= all);
        for stack in &found {
            let text = format!("classes = unix\n[tcp:request]\nlabel = s:unix:a:\nsig = {}\n", stack.signature);
            let database = Database::read([("a", text.as_bytes())], Rules::Corrected).unwrap();
            let fitting = cells.iter().filter(|(cell, _)| {
                let found = database.find(&cell.observed);
                found.label().is_some() && !found.is_fuzzy
            });
            prop_assert!(fitting.map(|(_, claims)| claims.all()).sum::<u64>() >= stack.claims.all());
            prop_assert!(stack.claims.all() >= 20);
        }
    }
}
