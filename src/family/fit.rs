//! Fits the model to SYNs of known origin; `make family` is this test, told to.
//!
//! Maximum likelihood: the costs are those by which the families of t/data/labelled (fit and lists)
//! are the likeliest, each SYN weighed so that families are as frequent as they are met. Where the data say
//! little a cost stays near where it started, as a normal prior around that has it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use super::cause::{Cause, CauseCosts, Cost};
use super::evidence::{FamilyCosts, Model};
use super::judge;
use super::sender::{senders, Rarities};
use super::stack::KnownLayout;
use super::table::{builtin, Table};
use crate::database::{Database, Hit};
use crate::families::Family;
use crate::signature::p0f::{Observed, Rules};
use crate::syn::Syn;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// How far a cost goes from where it started, in tenths of a nat, before that is unlikely.
const SPREAD: f64 = 5.0;
/// What a SYN of a list of signatures counts, beside one of a client: such a list has as much of the
/// nineties as of today.
const OF_A_LIST: f64 = 0.25;
/// What all SYNs of a count of flows count.
const OF_FLOWS: f64 = 300.0;
/// So much of what labels say is wrong: a User-Agent may be anybody's.
const WRONG_LABELS: f64 = 0.01;

/// A number that is fitted.
#[derive(Clone, Debug)]
enum Knob {
    Cause(usize),
    Undescribed(usize),
    Rarity(String),
    Temperature,
}

/// All of them.
#[derive(Clone, Debug)]
struct Parameters {
    model: Model,
    rarities: Rarities,
}

impl Parameters {
    fn at(&mut self, knob: &Knob) -> &mut Cost {
        match knob {
            Knob::Cause(at) => &mut self.model.causes.0[*at],
            Knob::Undescribed(at) => &mut self.model.undescribed[*at],
            Knob::Rarity(name) => self.rarities.entry(name.clone()).or_default(),
            Knob::Temperature => &mut self.model.temperature,
        }
    }
}

/// Where the search begins, and what holds where there is no data: each weighed by hand, by how
/// often paths, settings and applications are known to do such a thing.
fn start(database: &Database) -> Parameters {
    let cause = |cause| match cause {
        Cause::TtlRaised | Cause::TtlLowered => 25,
        Cause::TtlRaisedTo255 => 40,
        Cause::MssRemoved | Cause::ScaleRemoved | Cause::SackRemoved => 35,
        Cause::TimestampsRemoved => 25,
        Cause::Overwritten => 0,
        Cause::Moved => 33,
        Cause::EndMoved => 5,
        Cause::OtherPadding => 45,
        Cause::OtherOption => 10,
        Cause::OtherWindow => 50,
        Cause::AnyWindow => 20,
        Cause::OtherScale => 30,
        Cause::AnyScale => 5,
        Cause::OtherMss => 15,
        Cause::OtherDf | Cause::OtherId => 30,
        Cause::EcnBleached => 23,
        Cause::EcnAsked => 29,
        Cause::Oddity | Cause::IpOptions => 50,
        Cause::Undescribed => 0,
        Cause::UndescribedOption => 15,
    };
    let undescribed = |family| match family {
        // Such a stack is more often a device's or a tool's.
        Family::Other => 45,
        _ => 50 + rarity(family),
    };
    let mut rarities = Rarities::new();
    for (label, signature) in database.signatures() {
        for name in senders(label, signature).into_iter().flat_map(|sender| sender.because) {
            let cost = match name.as_str() {
                "a tool" => 20,
                "a generic signature" => 10,
                "an option is off" => 18,
                "Android of another scale" => 10,
                "Linux of another scale" => 15,
                "Linux tuned like Android" => 25,
                "Android of a scale of Linux" => 15,
                // Televisions and routers have that kernel, too.
                "Android with the buffers of Linux 2.6.39 to 3.10" => 22,
                "Android with the buffers of Linux 3.11 to 4.19" => 20,
                "Android with the buffers of Linux 4.20 and newer" => 25,
                _ if name.starts_with("Android with the buffers of") => 15,
                "a proxy with the stack of FreeBSD" => 6,
                // Of the nineties.
                "its label is Solaris 2.5 to 7" => 20,
                "Windows without window scale" => 10,
                "Windows with a TTL of 64" => 15,
                _ => Family::of_name(name.as_bytes()).map_or(0, rarity),
            };
            rarities.insert(name, cost);
        }
    }
    Parameters {
        model: Model {
            causes: CauseCosts(Cause::ALL.map(cause)),
            undescribed: Family::ALL.map(undescribed),
            temperature: 120,
        },
        rarities,
    }
}

/// How seldom a family is met, beside Windows; of the rarest, who count more or less from place to
/// place, it counts no more than 15.
fn rarity(family: Family) -> Cost {
    let times = f64::from(Family::Windows.population()) / f64::from(family.population());
    (times.ln() * 10.0).round().min(15.0) as Cost
}

/// A SYN of known origin.
struct Row {
    observed: Observed,
    hit: Hit,
    family: Family,
    weight: f64,
}

/// The rows of a file: family, capture, client, evidence, system, SYN in hex, how many.
fn rows(database: &Database, path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let lines = || text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let flows: f64 = lines().filter_map(|line| line.split('\t').nth(6)?.parse::<f64>().ok()).sum();
    let row = |line: &str| {
        let columns: Vec<_> = line.split('\t').collect();
        let family = Family::of_name(columns[0].as_bytes()).unwrap_or_else(|| panic!("{line}"));
        let syn = hex::decode(columns[5]).unwrap_or_else(|_| panic!("{line}"));
        let observed = Observed::of(&Syn::parse(&syn).ok()?, Rules::Corrected)?;
        let weight = match columns[3] {
            "flow" | "host" | "device" | "recording" => 1.0,
            "list" => OF_A_LIST,
            "flows" => columns[6].parse::<f64>().unwrap() * OF_FLOWS / flows,
            // Another's SYN, perhaps: that of a proxy, or a forged agent.
            _ => return None,
        };
        Some(Row { observed, hit: database.hit(&observed), family, weight })
    };
    lines().filter_map(row).collect()
}

/// All rows that the model may be fitted to, weighed.
fn data(database: &Database) -> Vec<Row> {
    let folder = |name| fs::read_dir(Path::new(ROOT).join("t/data/labelled").join(name)).unwrap();
    let mut files: Vec<_> = folder("fit")
        .chain(folder("lists"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsv"))
        .collect();
    files.sort();
    let mut all: Vec<_> = files.iter().flat_map(|path| rows(database, path)).collect();
    let sum = |rows: &[Row], family: Option<Family>| -> f64 {
        let of = rows.iter().filter(|row| family.is_none_or(|family| family == row.family));
        of.map(|row| row.weight).sum()
    };
    let whole = sum(&all, None);
    for family in Family::ALL {
        let of_family = sum(&all, Some(family));
        for row in all.iter_mut().filter(|row| row.family == family) {
            row.weight *= f64::from(family.population()) / 1000.0 * whole / of_family;
        }
    }
    all
}

/// What a SYN's own family has by a model.
fn likelihood(costs: &FamilyCosts, family: Family, temperature: Cost) -> f64 {
    let least = f64::from(*costs.iter().min().unwrap());
    let weight = |cost: Cost| ((least - f64::from(cost)) * 10.0 / f64::from(temperature)).exp();
    let sum: f64 = costs.iter().copied().map(weight).sum();
    weight(costs[family as usize]) / sum
}

/// How bad parameters are: the less likely, the worse.
fn loss(database: &Database, rows: &[Row], now: &Parameters, layouts: &[KnownLayout]) -> f64 {
    rows.iter()
        .map(|row| {
            let found = row.hit.of(Some(database));
            let costs = judge(&row.observed, Some(&found), &now.model, layouts);
            let share = likelihood(&costs, row.family, now.model.temperature);
            let with_wrong = share * (1.0 - WRONG_LABELS) + WRONG_LABELS / 7.0;
            -row.weight * with_wrong.ln()
        })
        .sum()
}

fn fit(database: &Database, rows: &[Row]) -> Parameters {
    let start = start(database);
    let mut knobs: Vec<Knob> = (0..Cause::ALL.len()).map(Knob::Cause).collect();
    // Of the other families the data have too few to tell more than how many people use them.
    knobs.push(Knob::Undescribed(Family::Other as usize));
    knobs.extend(start.rarities.keys().cloned().map(Knob::Rarity));
    knobs.push(Knob::Temperature);
    let mut now = start.clone();
    let mut start = start;
    let mut far = |knob: &Knob, value: Cost| {
        let off = (f64::from(value) - f64::from(*start.at(knob))) / SPREAD;
        off * off / 2.0
    };
    let mut layouts = Table::of(database, &now.rarities).layouts();
    // Without the priors: of them only the turned knob's changes.
    let mut least = loss(database, rows, &now, &layouts);
    for round in 0..30 {
        let before = least;
        for knob in &knobs {
            for step in [8, -8, 3, -3, 1, -1] {
                loop {
                    let old = *now.at(knob);
                    let Some(value) = old.checked_add_signed(step) else { break };
                    if matches!(knob, Knob::Temperature) && value < 50 {
                        break;
                    }
                    *now.at(knob) = value;
                    let is_rarity = matches!(knob, Knob::Rarity(_));
                    let other = is_rarity.then(|| Table::of(database, &now.rarities).layouts());
                    let tried = loss(database, rows, &now, other.as_ref().unwrap_or(&layouts));
                    if tried + far(knob, value) >= least + far(knob, old) - 1e-9 {
                        *now.at(knob) = old;
                        break;
                    }
                    least = tried;
                    layouts = other.unwrap_or(layouts);
                }
            }
        }
        eprintln!("round {round}: {least:.2}");
        if before - least < 0.01 {
            break;
        }
    }
    now
}

/// The fitted numbers as source.
fn fitted_source(parameters: &Parameters) -> String {
    let mut text = String::from(
        "//! What the model's numbers are. Written by `make family`: do not edit.\n\n\
         use super::cause::CauseCosts;\n\
         use super::evidence::Model;\n\n\
         #[rustfmt::skip]\n\
         pub static MODEL: Model = Model {\n    causes: CauseCosts([\n",
    );
    let Model { causes, undescribed, temperature } = &parameters.model;
    for (cause, cost) in Cause::ALL.into_iter().zip(causes.0) {
        let _ = writeln!(text, "        /* {cause:?} */ {cost},");
    }
    text += "    ]),\n    undescribed: [\n";
    for (family, cost) in Family::ALL.into_iter().zip(undescribed) {
        let _ = writeln!(text, "        /* {family} */ {cost},");
    }
    let _ = writeln!(text, "    ],\n    temperature: {temperature},\n}};");
    text
}

fn rarities_table(rarities: &Rarities) -> String {
    let mut text = String::from(
        "# How seldom stacks are met, in tenths of a nat, by what makes them so; a stack's rarity is the\n\
         # sum. Written by `make family`: do not edit.\n",
    );
    for (name, cost) in rarities {
        let _ = writeln!(text, "{name}\t{cost}");
    }
    text
}

/// A file is this, or is written anew if that was asked for.
fn written(name: &str, text: &str) {
    let path = format!("{ROOT}/src/family/{name}");
    if env::var_os("UPDATE").is_some() {
        fs::write(path, text).unwrap();
    } else {
        let is_written = fs::read_to_string(path).unwrap() == text;
        assert!(is_written, "src/family/{name} is not what `make family` writes");
    }
}

#[test]
fn the_model_is_what_the_data_say() {
    let database = builtin();
    let rows = data(&database);
    let mut by_family: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *by_family.entry(row.family.as_str()).or_default() += 1);
    eprintln!("{} SYNs: {by_family:?}", rows.len());
    let parameters = fit(&database, &rows);
    written("fitted.rs", &fitted_source(&parameters));
    written("rarity.tsv", &rarities_table(&parameters.rarities));
    written("stacks.rs", &Table::of(&database, &parameters.rarities).source());
}
