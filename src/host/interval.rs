//! What passes between two SYNs of an address.

/// It, by our clock and by the client's.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// Milliseconds; huge if the first one came later.
    pub millis: u64,
    /// By how much TSval is larger, as it wraps.
    pub ticks: u32,
}

impl Interval {
    /// Milliseconds that passed, TSval before and now; `None` unless both SYNs have one.
    pub fn between(millis: u64, before: u32, now: u32) -> Option<Self> {
        let ticks = now.wrapping_sub(before);
        (before != 0 && now != 0).then_some(Self { millis, ticks })
    }
}
