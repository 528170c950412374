//! What the family model is worth. `UPDATE=1` writes the tables of docs/families.md.

mod devices;
mod labelled;
mod packet;
mod path;
mod robust;

use std::{env, fs};

use labelled::Labelled;
use ngx_tcpfp::family::Verdict;

/// From here on a verdict is a confident one.
const CONFIDENT: u8 = 90;

/// A table of docs/families.md, by its name, is this one.
fn documented(name: &str, table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/families.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, behind) = text.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (written, behind) = behind.split_once("<!-- end -->").unwrap();
    if written == table {
        return;
    }
    assert!(
        env::var_os("UPDATE").is_some(),
        "docs/families.md: {name} is not what `make family` writes"
    );
    fs::write(path, format!("{before}<!-- {name} -->\n{table}<!-- end -->{behind}")).unwrap();
}

fn judge(rows: &[Labelled]) -> Vec<(&Labelled, Verdict)> {
    let database = labelled::builtin();
    rows.iter().filter_map(|row| Some((row, labelled::verdict(&database, &row.syn)?))).collect()
}

/// What confidence promises, on SYNs that the model has not seen.
#[test]
fn of_a_hundred_confident_verdicts_98_are_right() {
    let unseen = labelled::read(include_str!("../data/families.tsv"));
    assert!(unseen.len() >= 200, "{} SYNs", unseen.len());
    let judged = judge(&unseen);
    let (right, confident) = labelled::confident(&judged, CONFIDENT);
    println!("{}", labelled::confusion(&judged, CONFIDENT));
    println!("of verdicts at {CONFIDENT} or more {right} of {confident} are right");
    println!("{}", labelled::mistakes(&judged));
    assert!(confident >= 60 && right * 100 >= confident * 98, "{right} of {confident}");
    documented("confusion", &labelled::confusion(&judged, CONFIDENT));
    documented("calibration", &labelled::calibration(&judged));
}

/// The same with those that it has seen, which proves less.
#[test]
fn it_knows_what_it_was_weighed_with() {
    let seen = labelled::read(include_str!("../data/families-seen.tsv"));
    let judged = judge(&seen);
    println!("{}", labelled::confusion(&judged, CONFIDENT));
    println!("{}", labelled::mistakes(&judged));
    let (right, confident) = labelled::confident(&judged, CONFIDENT);
    assert!(confident >= 80 && right * 100 >= confident * 95, "{right} of {confident}");
    documented("seen", &labelled::confusion(&judged, CONFIDENT));
}

#[test]
fn no_path_makes_a_confident_verdict_wrong() {
    let robust::Outcome { table, flips } = robust::outcome(&labelled::builtin());
    println!("{table}");
    assert!(flips.is_empty(), "{}", flips.join("\n"));
    documented("robustness", &table);
}
