//! What is heard of one HTTP/2 connection: its opening, and the round trip of our SETTINGS.

use std::time::Duration;

use super::Opening;

/// So many reads after the opening, who has not acknowledged our SETTINGS does not count: each has to
/// be looked through.
const PATIENCE: u8 = 32;

/// A connection, as far as its bytes were heard. All times are since one moment.
#[derive(Debug)]
pub struct Session {
    opening: Opening,
    /// How often more is read for the round trip, if that is wanted.
    patience: u8,
    /// When our first flight left, which begins with SETTINGS.
    asked: Option<Duration>,
    rtt: Option<Duration>,
}

impl Session {
    /// One of which nothing is heard yet.
    pub fn new(wants_rtt: bool) -> Self {
        let patience = if wants_rtt { PATIENCE } else { 0 };
        Self { opening: Opening::default(), patience, asked: None, rtt: None }
    }

    /// We have sent something. Only the first time counts.
    pub fn sent(&mut self, now: Duration) {
        self.asked.get_or_insert(now);
    }

    /// The client's bytes were read. The clock is read only if that matters.
    pub fn received(&mut self, bytes: &[u8], now: impl FnOnce() -> Duration) {
        let is_acknowledged = self.opening.take(bytes);
        if let (true, Some(asked), None) = (is_acknowledged, self.asked, self.rtt) {
            self.rtt = Some(now().saturating_sub(asked));
        }
        if !self.opening.is_open() {
            self.patience = self.patience.saturating_sub(1);
        }
    }

    /// Whether nothing more is to be learned.
    pub fn is_over(&self) -> bool {
        let wants_rtt = self.patience > 0 && self.rtt.is_none() && self.opening.is_known();
        !self.opening.is_open() && !wants_rtt
    }

    /// The opening, once it is whole.
    pub fn opening(&self) -> Option<&Opening> {
        Some(&self.opening).filter(|opening| opening.is_whole())
    }

    /// Microseconds from our SETTINGS to the client's acknowledgment. One that was there before them
    /// does not count.
    pub fn rtt(&self) -> Option<u64> {
        self.rtt.map(|rtt| u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX))
    }
}
