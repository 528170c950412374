//! Two things measured in turns.

use std::error::Error;
use std::fmt;

/// A measurement: nanoseconds, or why there are none.
pub type Nanoseconds = Result<f64, Box<dyn Error>>;

/// What was measured, without and with something.
#[derive(Default)]
pub struct Pairs(Vec<(f64, f64)>);

impl Pairs {
    /// Measures both, in an order that changes.
    pub fn measure(
        &mut self,
        without: impl FnOnce() -> Nanoseconds,
        with: impl FnOnce() -> Nanoseconds,
    ) -> Result<(), Box<dyn Error>> {
        self.0.push(if self.0.len() % 2 == 0 {
            let without = without()?;
            (without, with()?)
        } else {
            let with = with()?;
            (without()?, with)
        });
        Ok(())
    }

    /// The median without it.
    pub fn without(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.0))
    }

    /// What the something costs: the median of the differences.
    pub fn difference(&self) -> f64 {
        median(self.0.iter().map(|(without, with)| with - without))
    }
}

/// Displays as the median without it and the median difference with its quartiles, which is told
/// in per cent, too.
impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let without = self.without();
        let difference = self.difference();
        let [low, high] = [0.25, 0.75]
            .map(|at| quantile(at, self.0.iter().map(|(without, with)| with - without)));
        write!(
            f,
            "{without:6.0} ns + {difference:5.0} ns ({low:.0} to {high:.0}), \
             {:+.2}% ({:.2} to {:.2})",
            100.0 * difference / without,
            100.0 * low / without,
            100.0 * high / without
        )
    }
}

/// The middle one of some numbers.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    quantile(0.5, numbers)
}

fn quantile(at: f64, numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get((numbers.len() as f64 * at) as usize).copied().unwrap_or(f64::NAN)
}
