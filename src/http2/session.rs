//! What is heard of one HTTP/2 connection: its opening, and the round trip of our SETTINGS.

use std::cell::RefCell;
use std::time::Duration;

use super::opening::Opening;

/// So many reads after the opening, who has not acknowledged our SETTINGS does not count: each has to
/// be looked through.
const PATIENCE: u8 = 32;

/// A connection, as far as its bytes were heard. All times are since one moment.
#[derive(Debug)]
pub struct Session {
    /// None if it went by unheard.
    opening: Option<Opening>,
    /// How often more is read for the round trip, if that is wanted.
    patience: u8,
    /// When our first flight left, which begins with SETTINGS.
    asked: Option<Duration>,
    /// When bytes were last read, if what they were is not known.
    read: Option<Duration>,
    rtt: Option<Duration>,
}

impl Session {
    /// One of which nothing is heard yet.
    pub fn new(wants_rtt: bool) -> Self {
        let patience = if wants_rtt { PATIENCE } else { 0 };
        Self { opening: Some(Opening::default()), patience, asked: None, read: None, rtt: None }
    }

    /// One whose opening went by unheard, from the moment when our first flight left, and with when bytes
    /// were last read. Somebody else has to tell of the [acknowledgment](Self::acknowledged).
    pub fn unheard(read: Duration) -> Self {
        Self {
            opening: None,
            patience: PATIENCE,
            asked: Some(Duration::ZERO),
            read: Some(read),
            rtt: None,
        }
    }

    /// We have sent something. Only the first time counts.
    pub fn sent(&mut self, now: Duration) {
        self.asked.get_or_insert(now);
    }

    /// The client's bytes were read. The clock is read only if that matters.
    pub fn received(&mut self, bytes: &[u8], now: impl FnOnce() -> Duration) {
        let Some(opening) = &mut self.opening else {
            self.read = Some(now());
            self.patience = self.patience.saturating_sub(1);
            return;
        };
        let is_acknowledged = opening.take(bytes);
        if let (true, Some(asked), None) = (is_acknowledged, self.asked, self.rtt) {
            self.rtt = Some(now().saturating_sub(asked));
        }
        if !opening.is_open() {
            self.patience = self.patience.saturating_sub(1);
        }
    }

    /// The acknowledgment was among what was last read, of an opening that went by unheard. Only the
    /// first time counts.
    pub fn acknowledged(&mut self) {
        if let (Some(asked), Some(read), None) = (self.asked, self.read, self.rtt) {
            self.rtt = Some(read.saturating_sub(asked));
        }
    }

    /// Whether nothing more is to be learned.
    pub fn is_over(&self) -> bool {
        let wants_rtt = self.patience > 0 && self.rtt.is_none();
        match &self.opening {
            Some(opening) => !(opening.is_open() || wants_rtt && opening.is_known()),
            None => !wants_rtt,
        }
    }

    /// The opening, once it is whole.
    pub fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref().filter(|opening| opening.is_whole())
    }

    /// Microseconds from our SETTINGS to the client's acknowledgment. One that was there before them
    /// does not count.
    pub fn rtt(&self) -> Option<u64> {
        self.rtt.map(|rtt| u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX))
    }
}

/// [`Session::rtt`] of one that may be in use.
pub fn rtt(session: &RefCell<Session>) -> Option<u64> {
    session.try_borrow().ok()?.rtt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The preface, SETTINGS, and a request; then what follows it.
    const OPENING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
        \0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01a";
    const ACKNOWLEDGMENT: &[u8] = b"\0\0\0\x04\x01\0\0\0\0";
    const OTHER: &[u8] = b"\0\0\x04\0\0\0\0\0\x01data";

    /// Of an opening that went by, others tell of the acknowledgment: it came with what was last read.
    #[test]
    fn the_round_trip_of_an_opening_that_went_by() {
        let [first, second] = [9, 20].map(Duration::from_millis);
        let with_the_first = Session::unheard(first);
        let mut with_the_second = Session::unheard(first);
        with_the_second.received(OTHER, || second);
        for (mut session, rtt) in [(with_the_first, 9_000), (with_the_second, 20_000)] {
            assert_eq!((session.rtt(), session.is_over()), (None, false));
            session.acknowledged();
            assert_eq!((session.rtt(), session.is_over()), (Some(rtt), true));
            session.received(OTHER, || Duration::MAX);
            session.acknowledged();
            assert_eq!(session.rtt(), Some(rtt));
            assert!(session.opening().is_none());
        }
        let mut never = Session::unheard(first);
        (0..PATIENCE).for_each(|_| never.received(OTHER, || second));
        assert!(never.is_over());
    }

    /// What is known when these have come, each at its millisecond, and ours has gone at `sent`.
    fn play(wants_rtt: bool, heard: &[(u64, &[u8])], sent: u64) -> (Option<u64>, bool) {
        let mut session = Session::new(wants_rtt);
        for &(millis, bytes) in heard {
            if millis > sent {
                session.sent(Duration::from_millis(sent));
            }
            session.received(bytes, || Duration::from_millis(millis));
        }
        (session.rtt(), session.is_over())
    }

    #[test]
    fn the_round_trip_of_our_settings() {
        let both = [OPENING, ACKNOWLEDGMENT].concat();
        let mut never: Vec<_> = (3..100).map(|millis| (millis, OTHER)).collect();
        never.insert(0, (1, OPENING));
        let cases: [(&str, bool, &[(u64, &[u8])], u64, _); 8] = [
            ("behind", true, &[(1, OPENING), (9, ACKNOWLEDGMENT)], 2, (Some(7_000), true)),
            (
                "later",
                true,
                &[(1, OPENING), (5, OTHER), (9, ACKNOWLEDGMENT)],
                2,
                (Some(7_000), true),
            ),
            ("with the opening", true, &[(3, &both)], 1, (Some(2_000), true)),
            ("before ours", true, &[(1, &both)], 2, (None, false)),
            ("still to come", true, &[(1, OPENING), (5, OTHER)], 2, (None, false)),
            ("not wanted", false, &[(1, OPENING)], 2, (None, true)),
            ("none of HTTP/2", true, &[(1, b"GET / HTTP/1.1")], 2, (None, true)),
            ("never", true, &never, 2, (None, true)),
        ];
        for (name, wants_rtt, heard, sent, expected) in cases {
            assert_eq!(play(wants_rtt, heard, sent), expected, "{name}");
        }
    }
}
