//! What path changes, alone and in pairs, do to verdicts.

use std::fmt::Write;

use ngx_tcpfp::database::{Database, Label};
use ngx_tcpfp::family::{Family, Verdict};
use ngx_tcpfp::signature::p0f::Signature;

use crate::labelled::connection;
use crate::packet::Packet;
use crate::path::{with_mtu, Change, CHANGES, MSS};
use crate::CONFIDENT;

const FAMILIES: [Family; 6] =
    [Family::Windows, Family::Linux, Family::Android, Family::Apple, Family::Bsd, Family::Solaris];

/// The table for the documentation, and every verdict that went wrong on the way.
pub struct Outcome {
    pub table: String,
    pub flips: Vec<String>,
}

/// What every change alone, and any two that can come together, make of every system that the
/// built-in database describes exactly.
pub fn outcome(database: &Database) -> Outcome {
    let mut run = Run { database, subjects: subjects(database), table: head(), flips: Vec::new() };
    run.row("none", &[(None, vec![])]);
    for change in CHANGES {
        run.row(change.name, &[(None, vec![change])]);
    }
    for mss in MSS {
        run.row(&format!("MTU of {}", mss + 40), &[(Some(mss), vec![])]);
    }
    let mut pairs: Vec<Path> = Vec::new();
    for (index, first) in CHANGES.iter().enumerate() {
        pairs.extend(MSS.map(|mss| (Some(mss), vec![first])));
        let earlier = CHANGES[..index].iter().filter(|second| second.group != first.group);
        pairs.extend(earlier.map(|second| (None, vec![second, first])));
    }
    run.row("any two", &pairs);
    Outcome { table: run.table, flips: run.flips }
}

/// The MSS that the sender itself has, if not Ethernet's, and what happens on the way.
type Path = (Option<u16>, Vec<&'static Change>);

/// A system as it sends, and what is said of that.
struct Subject {
    family: Family,
    signature: Signature,
    packet: Packet,
    unchanged: Verdict,
}

fn subjects(database: &Database) -> Vec<Subject> {
    let subject = |(label, signature): (&Label, &Signature)| {
        let family = label.family();
        let packet = Packet::of(signature, 1460).filter(|_| !label.is_generic)?;
        let unchanged = verdict_of_system(database, &packet.bytes())?;
        assert!(family == Family::Other || unchanged.family == family, "{label}: {signature}");
        let signature = *signature;
        FAMILIES.contains(&family).then_some(Subject { family, signature, packet, unchanged })
    };
    database.signatures().filter_map(subject).collect()
}

/// What is said of a SYN, but nothing where its label is a proxy's or a tool's: whatever is behind.
fn verdict_of_system(database: &Database, syn: &[u8]) -> Option<Verdict> {
    let connection = connection(database, syn);
    let is_system = connection.label().is_none_or(|label| !label.is_proxy() && !label.is_tool());
    is_system.then(|| *connection.verdict().expect("a verdict"))
}

fn head() -> String {
    let names = FAMILIES.map(Family::as_str).join(" | ");
    format!("| change | {names} |\n|---|{}\n", "---|".repeat(FAMILIES.len()))
}

/// What became of the verdicts on one family.
#[derive(Default)]
struct Tally {
    all: u32,
    same: u32,
    /// The least confidence of those that stayed.
    least: Option<u8>,
    /// The greatest of those that did not.
    worst: u8,
}

struct Run<'d> {
    database: &'d Database,
    subjects: Vec<Subject>,
    table: String,
    flips: Vec<String>,
}

impl Run<'_> {
    fn row(&mut self, name: &str, paths: &[Path]) {
        let _ = write!(self.table, "| {name} |");
        for family in FAMILIES {
            let mut tally = Tally::default();
            for subject in self.subjects.iter().filter(|subject| subject.family == family) {
                for path in paths {
                    self.flips.extend(judge(self.database, subject, path, &mut tally));
                }
            }
            let Tally { all, same, least, worst } = tally;
            let _ = match least {
                Some(least) if all == same => write!(self.table, " {least} |"),
                _ => write!(self.table, " {same} of {all}, else up to {worst} |"),
            };
        }
        self.table.push('\n');
    }
}

/// Counts a verdict. One that has changed and is confident is told.
fn judge(
    database: &Database,
    subject: &Subject,
    (mss, changes): &Path,
    tally: &mut Tally,
) -> Option<String> {
    let mut packet = match mss {
        None => subject.packet.clone(),
        Some(mss) => with_mtu(&subject.signature, *mss)?,
    };
    for change in changes {
        (change.apply)(&mut packet);
    }
    let now = verdict_of_system(database, &packet.bytes())?;
    tally.all += 1;
    if now.family == subject.family {
        tally.same += 1;
        tally.least = Some(tally.least.map_or(now.confidence, |least| least.min(now.confidence)));
        return None;
    }
    tally.worst = tally.worst.max(now.confidence);
    let names: Vec<_> = changes.iter().map(|change| change.name).collect();
    (now.confidence >= CONFIDENT).then(|| {
        let Subject { signature, unchanged, .. } = subject;
        format!("{signature} {names:?} {mss:?}: {} -> {}", unchanged.shares, now.shares)
    })
}
