//! How long a client has been up, by the timestamps of its SYNs.
//!
//! p0f takes any two SYNs of an address for readings of one clock that counts from boot (fp_tcp.c,
//! `check_ts_tcp`). Few clients of today have one. Linux adds a random offset since 4.10. In most
//! versions it is one for each pair of addresses: such a clock looks steady, and is wrong by up to
//! 49 days. In 4.10, and again in 6.12.107, 6.18.44 and newer, it is one for each connection, so
//! that a pair of SYNs passes for a clock by chance. Others do the like, and machines that share an
//! address do not share a clock. An uptime that may be wrong is worth nothing, so here a clock has
//! to show that it is an old Linux's:
//!
//! - The SYN is exactly that of versions before 4.10, by its label. That alone is no proof: with
//!   some settings, Linux 6.18 sends what p0f's database has for 2.6.
//! - It ticks as distributions have built them to (`CONFIG_HZ`), but not 1000 times a second, as
//!   Linux does since 4.13 with all its offsets.
//! - Three SYNs agree on that.

use super::interval::Interval;
use super::record::Record;
use crate::connection::Identity;
use crate::database::{Label, Match};
use crate::signature::p0f::Rules;

impl Record {
    /// Reads the client's clock.
    pub(super) fn measure(
        &mut self,
        identity: &Identity<'_>,
        interval: Option<Interval>,
        rules: Rules,
    ) {
        match rules {
            Rules::AsP0f => {
                if let Some(frequency) = interval.and_then(frequency) {
                    self.frequency = frequency;
                    self.uptime = identity.observed.tsval / frequency / 60 + 1;
                }
            }
            Rules::Corrected => self.measure_surely(identity, interval),
        }
    }

    fn measure_surely(&mut self, identity: &Identity<'_>, interval: Option<Interval>) {
        /// What Linux is built to do, but 1000.
        const FREQUENCIES: [u32; 3] = [100, 250, 300];
        /// Milliseconds before two of them can be told apart.
        const MEASURABLE: i64 = 1000;
        /// `INITIAL_JIFFIES` of linux/jiffies.h, since 2.6: seconds until the clock first wraps.
        const EARLY: u32 = 300;

        let interval = interval
            .filter(|interval| counts_from_boot(&identity.found) && !interval.may_have_wrapped());
        let Some(interval) = interval else {
            (self.frequency, self.uptime) = (0, 0);
            return;
        };
        let is_measurable = interval.millis as i64 >= MEASURABLE;
        if self.frequency == 0 || !interval.has(self.frequency) {
            let new = FREQUENCIES.into_iter().find(|&frequency| interval.has(frequency));
            (self.frequency, self.uptime) = (new.filter(|_| is_measurable).unwrap_or(0), 0);
        } else if is_measurable || self.uptime != 0 {
            let tsval = identity.observed.tsval;
            let is_early = tsval > u32::MAX - EARLY.saturating_mul(self.frequency);
            self.uptime = if is_early { 0 } else { tsval / self.frequency / 60 + 1 };
        }
    }
}

/// What p0f takes for the frequency of the clock that two SYNs show, rounded to one that is
/// likely.
fn frequency(interval: Interval) -> Option<u32> {
    /// Milliseconds that the measurement needs and can span.
    const SPAN: std::ops::RangeInclusive<u64> = 25..=10 * 60 * 1000;
    /// Tenths of a tick a second.
    const RATES: std::ops::RangeInclusive<u64> = 7..=15_000;

    let Interval { millis, ticks } = interval;
    // Beyond half of all ticks the clock went back.
    if !SPAN.contains(&millis) || ticks < 5 || ticks > !ticks {
        return None;
    }
    let is_likely = u64::from(ticks) * 10_000 >= RATES.start() * millis
        && u64::from(ticks) * 10_000 <= RATES.end() * millis;
    let frequency = is_likely.then(|| (u64::from(ticks) * 1000 / millis) as u32)?;
    Some(match frequency {
        0 => 1,
        1..=10 => frequency,
        11..=50 => (frequency + 3) / 5 * 5,
        51..=100 => (frequency + 7) / 10 * 10,
        101..=500 => (frequency + 33) / 50 * 50,
        _ => (frequency + 67) / 100 * 100,
    })
}

impl Interval {
    /// Whether more than a day passed, in which the client's clock cannot wrap.
    fn may_have_wrapped(self) -> bool {
        const DAY: u64 = 24 * 60 * 60 * 1000;

        (self.millis as i64).unsigned_abs() > DAY
    }

    /// Whether the client's clock has so many ticks a second, as far as delays let it be seen.
    fn has(self, frequency: u32) -> bool {
        /// Milliseconds by which one SYN may be later than the other.
        const DELAY: i64 = 50;
        /// Clocks go wrong by less than one in this.
        const DRIFT: i64 = 1000;

        // SYNs may come in another order than they were sent.
        let (millis, ticks) = (self.millis as i64, i64::from(self.ticks as i32));
        let frequency = i64::from(frequency);
        let off = ticks * 1000 - millis * frequency;
        off.abs() <= (DELAY + millis.abs() / DRIFT) * frequency
    }
}

/// Whether the SYN is exactly that of Linux, all versions of which are before 4.10.
fn counts_from_boot(found: &Match<'_>) -> bool {
    found.label().is_some_and(|label| {
        label.name == "Linux" && !label.is_generic && !found.is_fuzzy && is_old(label)
    })
}

/// Whether a label tells versions, and none from 4.10 on.
fn is_old(label: &Label) -> bool {
    const RANDOM_SINCE: (u32, u32) = (4, 10);

    let is_open = ["newer", "later", "+"].iter().any(|word| label.flavor.contains(word));
    let words = label.flavor.split(|c: char| !c.is_ascii_digit() && c != '.' && c != 'x');
    let mut versions =
        words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).peekable();
    !is_open
        && versions.peek().is_some()
        && versions.all(|version| {
            let mut parts = version.split('.').map(|part| part.parse().unwrap_or(u32::MAX));
            (parts.next().unwrap_or(u32::MAX), parts.next().unwrap_or(u32::MAX)) < RANDOM_SINCE
        })
}

#[cfg(test)]
mod tests;
