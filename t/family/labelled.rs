//! SYNs of known origin, and what the model makes of them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

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

/// Those of the files of a folder in t/data: family, capture, client, evidence, system, SYN in hex.
pub fn read_folder(name: &str) -> Vec<Labelled> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("t/data").join(name);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|it| it == "tsv")).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text: &'static str = fs::read_to_string(file).unwrap().leak();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<_> = line.split('\t').collect();
            let family = Family::of_name(columns[0].as_bytes()).expect(line);
            let syn = hex::decode(columns[5]).expect(line);
            if matches!(columns[3], "flow" | "host" | "device" | "recording" | "list") {
                all.push(Labelled { family, source: columns[1], system: columns[4], syn });
            }
        }
    }
    all
}

/// The database that comes with the module.
pub fn builtin() -> Database {
    Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database")
}

/// All that the module says of a SYN.
pub fn connection<'a>(database: &'a Database, syn: &'a [u8]) -> Connection<'a> {
    let mut connection = Connection::of_syn(Syn::parse(syn).expect("a SYN"));
    connection.database = Some(database);
    connection
}

/// Its verdict.
pub fn verdict(database: &Database, syn: &[u8]) -> Verdict {
    *connection(database, syn).verdict().expect("a verdict")
}

/// How many verdicts of a confidence there are, and how many of them are right: right, all.
pub fn confident(judged: &[(&Labelled, Verdict)], confidence: u8) -> (usize, usize) {
    let all: Vec<_> = judged.iter().filter(|(_, v)| v.confidence >= confidence).collect();
    (all.iter().filter(|(syn, verdict)| syn.family == verdict.family).count(), all.len())
}

/// The same of verdicts that name a system, where Linux and Android count as one.
pub fn confident_of_kernel(judged: &[(&Labelled, Verdict)], confidence: u8) -> (usize, usize) {
    let kernel = |family| if family == Family::Android { Family::Linux } else { family };
    let is_confident = |v: &Verdict| v.confidence >= confidence && v.family != Family::Other;
    let all: Vec<_> = judged.iter().filter(|(_, v)| is_confident(v)).collect();
    (all.iter().filter(|(syn, v)| kernel(syn.family) == kernel(v.family)).count(), all.len())
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

/// Verdicts of about one confidence.
pub struct Step {
    /// The least of its confidences, and the greatest.
    range: (u8, u8),
    count: usize,
    /// Confidence on average, and the share that is right, in percent.
    said: f64,
    right: f64,
}

/// Ten steps of confidence, the surest first; those that have no verdict are left out.
pub fn steps(judged: &[(&Labelled, Verdict)]) -> Vec<Step> {
    let step = |from: u8| {
        let range = (from, if from == 90 { 100 } else { from + 9 });
        let is_in = |v: &Verdict| (range.0..=range.1).contains(&v.confidence);
        let step: Vec<_> = judged.iter().filter(|(_, v)| is_in(v)).collect();
        let count = step.len();
        let said = step.iter().map(|(_, v)| f64::from(v.confidence)).sum::<f64>() / count as f64;
        let right = step.iter().filter(|(syn, v)| syn.family == v.family).count();
        Step { range, count, said, right: right as f64 * 100.0 / count as f64 }
    };
    (0..10).rev().map(|tens| step(tens * 10)).filter(|step| step.count > 0).collect()
}

/// Confidence, in steps, against how many of the verdicts are right.
pub fn calibration(steps: &[Step]) -> String {
    let mut text =
        String::from("| confidence | verdicts | said on average | right |\n|---|---|---|---|\n");
    for Step { range: (from, to), count, said, right } in steps {
        let _ = writeln!(text, "| {from}-{to} | {count} | {said:.0}% | {right:.0}% |");
    }
    text
}

/// How far confidence is from the share that is right, on average, in percent: the expected
/// calibration error.
pub fn calibration_error(steps: &[Step]) -> f64 {
    let all: usize = steps.iter().map(|step| step.count).sum();
    let off = |step: &Step| (step.said - step.right).abs() * step.count as f64;
    steps.iter().map(off).sum::<f64>() / all as f64
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
