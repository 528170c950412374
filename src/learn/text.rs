//! What was learnt, as a database and as a report.

use std::fmt::{self, Write};

use super::site::{Finding, Learnt, Site};
use crate::families::Family;

impl Site {
    /// A database in the syntax of p0f.fp, with what is ours in comments.
    pub fn database(&self) -> String {
        let mut text = String::from(
            "; The stacks of a site, by `tcpfp learn`. The addresses behind each are counts.\n",
        );
        // Writing to a String does not fail.
        let _ = self.write_database(&mut text);
        text
    }

    fn write_database(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "\nclasses = win,unix,other,proxy\n")?;
        let population = self.population();
        if population.all() > 0 {
            writeln!(text, ";tcpfp: population = {population}\n")?;
        }
        writeln!(text, "[tcp:request]")?;
        for learnt in self.written() {
            let label = &learnt.label;
            let kind = if label.is_generic { 'g' } else { 's' };
            writeln!(text, "\n; {learnt}")?;
            writeln!(text, "label = {kind}:{}:{}:{}", label.class, label.name, label.flavor)?;
            writeln!(text, "sig   = {}", learnt.stack.signature)?;
            writeln!(text, ";tcpfp: addresses = {}", learnt.honest)?;
        }
        Ok(())
    }

    /// What is new, what contradicts the databases that there are, what is left out and why.
    pub fn report(&self) -> String {
        let mut text = String::new();
        let _ = self.write_report(&mut text);
        text
    }

    fn write_report(&self, text: &mut String) -> fmt::Result {
        let noise = &self.noise;
        writeln!(text, "Claims that are made up: {:.1}% of all.", noise.share * 100.0)?;
        if noise.share > 0.001 {
            let claims = Family::ALL.into_iter().zip(noise.claims);
            let claims = claims.filter(|(_, share)| *share >= 0.01);
            let claims: Vec<_> =
                claims.map(|(family, share)| format!("{family} {:.0}%", share * 100.0)).collect();
            writeln!(text, "They claim: {}.", claims.join(", "))?;
        }
        let contradicting = if self
            .stacks
            .iter()
            .any(|one| one.finding == Finding::Contradicts && self.is_written(one))
        {
            "Contradicts the model, learnt all the same"
        } else {
            "Contradicts the model, not learnt"
        };
        for (finding, title) in [
            (Finding::New, "New"),
            (Finding::Contradicts, contradicting),
            (Finding::Mixed, "No family has enough of it, not learnt"),
            (Finding::Known, "Known before, counted"),
        ] {
            let of_it = || self.stacks.iter().filter(move |learnt| learnt.finding == finding);
            writeln!(text, "\n{title}: {}", of_it().count())?;
            for learnt in of_it() {
                writeln!(text, "\n  {}\n    {learnt}", learnt.stack.signature)?;
                let verdict = &learnt.verdict;
                writeln!(
                    text,
                    "    claims {}; before, the model said {}",
                    learnt.stack.claims, verdict.shares
                )?;
            }
        }
        Ok(())
    }
}

/// `312 addresses, 92.1% claim Windows, of the honest ones 98.7% at least`.
impl fmt::Display for Learnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.stack.claims.all();
        let share = f64::from(self.stack.claims.of(self.family)) * 100.0 / all.max(1) as f64;
        write!(f, "{all} addresses, {share:.1}% claim {}", self.family)?;
        if self.finding == Finding::Contradicts {
            return Ok(());
        }
        write!(f, ", of the honest ones {:.1}% at least", self.share * 100.0)
    }
}
