//! Who would be accused of lying: clients that tell the truth, and clients that tell another's.

use std::fmt::Write;

use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::family::Family;

use crate::labelled::{connection, Labelled};

/// What clients of a family call themselves.
fn user_agent(family: Family) -> &'static [u8] {
    match family {
        Family::Windows => b"Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        Family::Linux => b"Mozilla/5.0 (X11; Linux x86_64)",
        Family::Android => b"Mozilla/5.0 (Linux; Android 10; K)",
        Family::Apple => b"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
        Family::Bsd => b"Mozilla/5.0 (X11; FreeBSD amd64)",
        Family::Solaris => b"Mozilla/5.0 (X11; SunOS i86pc)",
        Family::Other => b"Mozilla/5.0 (PlayStation 4 11.00)",
    }
}

/// How likely SYNs contradict the claim of each family, in ten-thousandths.
pub struct Accusations<'r>(Vec<(&'r Labelled, [Option<u16>; Family::ALL.len()])>);

impl<'r> Accusations<'r> {
    pub fn of(database: &Database, rows: &'r [Labelled]) -> Self {
        let of = |row: &'r Labelled| {
            let connection = connection(database, &row.syn);
            let of_claim = |family| {
                let claim = Claim { platform: None, user_agent: Some(user_agent(family)) };
                connection.contradiction(&claim)
            };
            (row, Family::ALL.map(of_claim))
        };
        Self(rows.iter().map(of).collect())
    }

    /// The honest that are accused where it takes so much.
    pub fn honest(&self, least: u16) -> Vec<&'r Labelled> {
        let is_accused = |(row, by_claim): &&(&Labelled, [Option<u16>; 7])| {
            by_claim[row.family as usize].is_some_and(|probability| probability >= least)
        };
        self.0.iter().filter(is_accused).map(|(row, _)| *row).collect()
    }

    /// How many liars are, of how many: every SYN with the claim of every other row that is no kin's.
    pub fn liars(&self, least: u16) -> (usize, usize) {
        let kin = |one: Family, other: Family| {
            let linux = [Family::Linux, Family::Android];
            one == other || linux.contains(&one) && linux.contains(&other)
        };
        let claims =
            Family::ALL.map(|family| self.0.iter().filter(|(row, _)| row.family == family).count());
        let (mut caught, mut all) = (0, 0);
        for (row, by_claim) in &self.0 {
            for claimed in Family::ALL.into_iter().filter(|&claimed| !kin(row.family, claimed)) {
                let times = claims[claimed as usize];
                all += times;
                let accused = by_claim[claimed as usize].is_some_and(|this| this >= least);
                caught += usize::from(accused) * times;
            }
        }
        (caught, all)
    }

    /// Both, by what it takes.
    pub fn curve(&self) -> String {
        let mut text = String::from(
            "| accused from | honest clients accused | liars caught |\n|---|---|---|\n",
        );
        for least in [5000, 8000, 9000, 9500, 9800, 9900, 9950, 9980, 9990] {
            let percent = |some: usize, all: usize| some as f64 * 100.0 / all.max(1) as f64;
            let honest = percent(self.honest(least).len(), self.0.len());
            let (caught, all) = self.liars(least);
            let liars = percent(caught, all);
            let from = f64::from(least) / 100.0;
            let _ = writeln!(text, "| {from}% | {honest:.2}% | {liars:.1}% |");
        }
        text
    }
}
