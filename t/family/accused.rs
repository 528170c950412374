//! Who would be accused of lying: clients that tell the truth, and clients that tell another's.

use std::fmt::Write;

use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::family::Family;
use ngx_tcpfp::field::Facts;
use ngx_tcpfp::syn::Syn;

use crate::labelled::Labelled;

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

/// How likely a SYN contradicts the claim of each family, in ten-thousandths.
pub struct Accusations {
    of: Vec<(Family, [Option<u16>; Family::ALL.len()])>,
}

impl Accusations {
    pub fn of(database: &Database, rows: &[Labelled]) -> Self {
        let of = |row: &Labelled| {
            let mut connection = Connection::of_syn(Syn::parse(&row.syn).expect("a SYN"));
            connection.database = Some(database);
            let of_claim = |family| {
                let claim = Claim { platform: None, user_agent: Some(user_agent(family)) };
                Facts { claim: Some(claim), ..(&connection).into() }.contradiction()
            };
            (row.family, Family::ALL.map(of_claim))
        };
        Self { of: rows.iter().map(of).collect() }
    }

    /// The rows of the honest that are.
    pub fn wronged<'r>(&self, rows: &'r [Labelled], least: u16) -> Vec<&'r Labelled> {
        let accused = |((family, by_claim), row): (&(Family, [Option<u16>; 7]), &'r Labelled)| {
            let is_accused = by_claim[*family as usize].is_some_and(|this| this >= least);
            is_accused.then_some(row)
        };
        self.of.iter().zip(rows).filter_map(accused).collect()
    }

    /// The honest that are accused where it takes so much, of how many.
    pub fn honest(&self, least: u16) -> (usize, usize) {
        let accused = |(family, by_claim): &&(Family, [Option<u16>; 7])| {
            by_claim[*family as usize].is_some_and(|probability| probability >= least)
        };
        (self.of.iter().filter(accused).count(), self.of.len())
    }

    /// The liars that are: every SYN with the claim of every other row that is no kin's.
    pub fn liars(&self, least: u16) -> (usize, usize) {
        let kin = |one: Family, other: Family| {
            let linux = [Family::Linux, Family::Android];
            one == other || linux.contains(&one) && linux.contains(&other)
        };
        let claims = Family::ALL.map(|family| self.of.iter().filter(|of| of.0 == family).count());
        let (mut caught, mut all) = (0, 0);
        for (family, by_claim) in &self.of {
            for claimed in Family::ALL.into_iter().filter(|&claimed| !kin(*family, claimed)) {
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
            let percent = |(some, all): (usize, usize)| some as f64 * 100.0 / all.max(1) as f64;
            let (honest, liars) = (percent(self.honest(least)), percent(self.liars(least)));
            let from = f64::from(least) / 100.0;
            let _ = writeln!(text, "| {from}% | {honest:.2}% | {liars:.1}% |");
        }
        text
    }
}
