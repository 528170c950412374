//! What the family model is worth. `UPDATE=1` writes the tables of docs/families.md.

mod accused;
mod devices;
mod labelled;
mod packet;
mod path;
mod robust;

use std::collections::HashSet;
use std::{env, fs};

use accused::Accusations;
use labelled::Labelled;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::Label;
use ngx_tcpfp::family::{Family, Verdict};
use ngx_tcpfp::syn::Syn;
use packet::Packet;

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
    rows.iter().map(|row| (row, labelled::verdict(&database, &row.syn))).collect()
}

/// SYNs that the model was not fitted to.
fn kept_out() -> Vec<Labelled> {
    let mut rows = labelled::read(include_str!("../data/families.tsv"));
    // What is there already does not count twice.
    let form = |row: &Labelled| {
        let syn = Syn::parse(&row.syn).expect("a SYN");
        (row.family.as_str(), Connection::of_syn(syn).observed().map(ToString::to_string))
    };
    let known: HashSet<_> = rows.iter().map(form).collect();
    let others = labelled::read_folder("labelled/judge").into_iter();
    rows.extend(others.filter(|row| !known.contains(&form(row))));
    rows
}

/// What confidence promises, on SYNs that the model was not fitted to: Linux and Android are one
/// kernel, and which of them tuned its buffers cannot be seen.
#[test]
fn of_a_hundred_confident_verdicts_97_name_the_right_kernel() {
    let kept_out = kept_out();
    assert!(kept_out.len() >= 200, "{} SYNs", kept_out.len());
    let judged = judge(&kept_out);
    let steps = labelled::steps(&judged);
    let (right, confident) = labelled::confident(&judged, CONFIDENT);
    println!("{}", labelled::confusion(&judged, CONFIDENT));
    println!("of verdicts at {CONFIDENT} or more {right} of {confident} are right");
    println!("{}", labelled::mistakes(&judged));
    println!("expected calibration error {:.1}%", labelled::calibration_error(&steps));
    let (of_kernel, of_system) = labelled::confident_of_kernel(&judged, CONFIDENT);
    println!("that name a system: {of_kernel} of {of_system} have the right kernel");
    assert!(of_system >= 60 && of_kernel * 100 >= of_system * 97, "{of_kernel} of {of_system}");
    documented("confusion", &labelled::confusion(&judged, CONFIDENT));
    documented("calibration", &labelled::calibration(&steps));
}

/// The same with those that it was fitted to, which proves less.
#[test]
fn it_knows_what_it_was_fitted_to() {
    let mut seen = labelled::read_folder("labelled/fit");
    seen.extend(labelled::read_folder("labelled/lists"));
    let judged = judge(&seen);
    println!("{}", labelled::confusion(&judged, CONFIDENT));
    println!("{}", labelled::mistakes(&judged));
    let (right, confident) = labelled::confident(&judged, CONFIDENT);
    assert!(confident >= 80 && right * 100 >= confident * 95, "{right} of {confident}");
    documented("seen", &labelled::confusion(&judged, CONFIDENT));
}

#[test]
fn who_is_accused() {
    let database = labelled::builtin();
    let rows = kept_out();
    let accusations = Accusations::of(&database, &rows);
    println!("{}", accusations.curve());
    // Captures in which a machine sends another's User-Agent.
    let accused = accusations.honest(9950);
    for row in &accused {
        println!("accused: {} ({}, {})", row.family, row.system, row.source);
    }
    assert!(accused.len() * 100 <= rows.len() * 3, "{} of {}", accused.len(), rows.len());
    documented("accused", &accusations.curve());
}

/// Whoever sends the SYN of a current system and claims another kernel's is accused, and nobody else.
#[test]
fn current_systems_as_they_are_sent() {
    let database = labelled::builtin();
    let current = |label: &Label| {
        let flavor = ["10 or 11", "2017 and newer", "4.20 and newer", "6.16 and newer", "Android"];
        let is_current = flavor.iter().any(|flavor| label.flavor.contains(flavor));
        is_current && label.name != "ZMap"
    };
    let mut rows = Vec::new();
    for (label, signature) in database.signatures().filter(|(label, _)| current(label)) {
        for mss in [1460, 1400, 1360] {
            let Some(packet) = Packet::of(signature, mss) else { continue };
            let family = label.family();
            for version in [4, 6] {
                if signature.version.is_none_or(|only| only == version) {
                    let syn = Packet { version, ..packet.clone() }.bytes();
                    rows.push(Labelled { family, source: "built-in", system: "", syn });
                }
            }
        }
    }
    let accusations = Accusations::of(&database, &rows);
    let (honest, (caught, liars)) = (accusations.honest(9950).len(), accusations.liars(9950));
    println!("{honest} of {} honest are accused, {caught} of {liars} liars", rows.len());
    assert_eq!((honest, caught), (0, liars));
}

/// Whatever its settings, a Linux that was recorded here is one: Android's buffers make it an Android.
#[test]
fn recorded_linux_is_linux() {
    let database = labelled::builtin();
    let files = [
        include_str!("../data/captures/linux-6.18.tsv"),
        include_str!("../data/captures/kernels.tsv"),
        include_str!("../data/captures/tunnels.tsv"),
    ];
    let lines = files.into_iter().flat_map(str::lines).filter(|line| !line.starts_with('#'));
    let mut count = 0;
    for line in lines {
        let [_, system, syn] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let verdict = labelled::verdict(&database, &hex::decode(syn).unwrap());
        let is_linux = matches!(verdict.family, Family::Linux | Family::Android);
        assert!(is_linux, "{system}: {}", verdict.shares);
        count += 1;
    }
    assert!(count > 480, "{count}");
}

#[test]
fn no_path_makes_a_confident_verdict_wrong() {
    let robust::Outcome { table, flips } = robust::outcome(&labelled::builtin());
    println!("{table}");
    assert!(flips.is_empty(), "{}", flips.join("\n"));
    documented("robustness", &table);
}
