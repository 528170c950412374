//! SYNs of known origin, and what the model makes of them.

use std::fmt::Write;

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::family::{Family, Verdict};
use ngx_tcpfp::signature::p0f::{Rules, Signature};
use ngx_tcpfp::syn::Syn;

use crate::packet::Packet;

/// A SYN, and who sent it.
pub struct Labelled {
    pub family: Family,
    pub source: &'static str,
    pub system: &'static str,
    pub syn: Vec<u8>,
}

/// Those of a file in t/data: family, source, system and signature.
pub fn read(text: &'static str) -> Vec<Labelled> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let columns: Vec<_> = line.split('\t').collect();
        let [family, source, system, signature] = columns[..] else { panic!("{line}") };
        let signature: Signature = signature.parse().unwrap_or_else(|_| panic!("{line}"));
        let syn = Packet::of(&signature, 1460).unwrap_or_else(|| panic!("{line}")).bytes();
        let family = Family::ALL.into_iter().find(|known| known.as_str() == family).expect(line);
        Labelled { family, source, system, syn }
    };
    lines.map(row).collect()
}

/// The database that comes with the module.
pub fn builtin() -> Database {
    Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database")
}

/// What the module says of a SYN; nothing if by its label a proxy or a tool sent it, whatever is
/// behind.
pub fn verdict(database: &Database, syn: &[u8]) -> Option<Verdict> {
    let mut connection = Connection::of_syn(Syn::parse(syn).expect("a SYN"));
    connection.database = Some(database);
    let is_system = connection.label().is_none_or(|label| !label.is_proxy() && !label.is_tool());
    is_system.then(|| *connection.verdict().expect("a verdict"))
}

/// How many verdicts of a confidence there are, and how many of them are right: right, all.
pub fn confident(judged: &[(&Labelled, Verdict)], confidence: u8) -> (usize, usize) {
    let all: Vec<_> = judged.iter().filter(|(_, v)| v.confidence >= confidence).collect();
    (all.iter().filter(|(syn, verdict)| syn.family == verdict.family).count(), all.len())
}

/// A line for each wrong verdict.
pub fn mistakes(judged: &[(&Labelled, Verdict)]) -> String {
    let wrong = judged.iter().filter(|(syn, verdict)| syn.family != verdict.family);
    wrong.fold(String::new(), |mut text, (syn, verdict)| {
        let Labelled { family, source, system, .. } = syn;
        let _ = writeln!(text, "{family} ({system}, {source}): {}", verdict.shares);
        text
    })
}

/// Confidence, in steps, against how many of the verdicts are right.
pub fn calibration(judged: &[(&Labelled, Verdict)]) -> String {
    let mut text = String::from("| confidence | verdicts | right |\n|---|---|---|\n");
    for (from, to) in [(90, 100), (75, 89), (50, 74), (0, 49)] {
        let step: Vec<_> =
            judged.iter().copied().filter(|(_, v)| (from..=to).contains(&v.confidence)).collect();
        let (right, all) = confident(&step, from);
        let _ = writeln!(text, "| {from}-{to} | {all} | {right} |");
    }
    text
}

/// Rows: who it was; columns: who it is said to be.
pub fn confusion(judged: &[(&Labelled, Verdict)], confidence: u8) -> String {
    let mut text = String::from("| | SYNs |");
    for family in Family::ALL {
        let _ = write!(text, " {family} |");
    }
    let _ = writeln!(text, " right | right at {confidence} or more |");
    text += "|---|---|";
    text += &"---|".repeat(Family::ALL.len() + 2);
    text.push('\n');
    for row in Family::ALL.into_iter().map(Some).chain([None]) {
        let of_row: Vec<_> = judged
            .iter()
            .copied()
            .filter(|(syn, _)| row.is_none_or(|row| row == syn.family))
            .collect();
        if of_row.is_empty() {
            continue;
        }
        let name = row.map_or("all", Family::as_str);
        let _ = write!(text, "| {name} | {} |", of_row.len());
        for column in Family::ALL {
            match of_row.iter().filter(|(_, verdict)| verdict.family == column).count() {
                0 => text += " |",
                count => {
                    let _ = write!(text, " {count} |");
                }
            }
        }
        let (right, _) = confident(&of_row, 0);
        let (right_of_confident, all_confident) = confident(&of_row, confidence);
        let _ = writeln!(text, " {right} | {right_of_confident} of {all_confident} |");
    }
    text
}
