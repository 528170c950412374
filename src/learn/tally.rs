//! How good verdicts are, on SYNs that had no part in what they rest on.

use std::fmt;

use crate::connection::Identity;
use crate::database::Database;
use crate::families::Family;
use crate::family::Verdict;
use crate::signature::p0f::Observed;

/// Steps of confidence for the calibration: tenths.
const STEPS: usize = 10;

/// Verdicts held against claims.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Addresses.
    pub all: u64,
    /// Those whose SYN has a label that fits exactly.
    pub labelled: u64,
    /// Those whose claim is the verdict.
    pub right: u64,
    /// Verdicts at a confidence of 90 or more.
    pub sure: u64,
    /// Those of them that are the claim.
    pub surely_right: u64,
    /// Of each step: verdicts, the sum of their confidence in percent, and those that are right.
    steps: [(u64, u64, u64); STEPS],
}

impl Tally {
    /// Takes the SYN of an address in, and what that claims.
    pub fn add(&mut self, observed: &Observed, claim: Family, database: &Database) {
        let identity = Identity::of(*observed, Some(database));
        let verdict = Verdict::of(&identity.observed, Some(&identity.found));
        let is_labelled = identity.found.label().is_some_and(|label| !label.is_generic);
        let is_right = verdict.family == claim;
        let is_sure = verdict.confidence >= 90;
        self.all += 1;
        self.labelled += u64::from(is_labelled && !identity.found.is_fuzzy);
        self.right += u64::from(is_right);
        self.sure += u64::from(is_sure);
        self.surely_right += u64::from(is_sure && is_right);
        let (all, said, right) =
            &mut self.steps[usize::from(verdict.confidence / 10).min(STEPS - 1)];
        *all += 1;
        *said += u64::from(verdict.confidence);
        *right += u64::from(is_right);
    }

    /// The expected calibration error, from 0 to 1: how far confidence is from being right, on
    /// average.
    pub fn calibration_error(&self) -> f64 {
        let off = |&(_, said, right): &(u64, u64, u64)| (said as f64 / 100.0 - right as f64).abs();
        self.steps.iter().map(off).sum::<f64>() / self.all.max(1) as f64
    }
}

/// A line of a table, in percent: labelled, right, sure, right of the sure, calibration error.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |some: u64, all: u64| some as f64 * 100.0 / all.max(1) as f64;
        write!(
            f,
            "{:>7.2}% {:>7.2}% {:>7.2}% {:>11.2}% {:>11.2}%",
            percent(self.labelled, self.all),
            percent(self.right, self.all),
            percent(self.sure, self.all),
            percent(self.surely_right, self.sure),
            self.calibration_error() * 100.0,
        )
    }
}
