//! How long something took, over many connections.

use super::counter::Counter;
use super::page::Page;
use crate::text::Out;

/// Microseconds up to which each bucket reaches, and the same as seconds. 30 ms are where
/// docs/proxies.md begins to take a gap for a proxy.
const BOUNDS: [(u64, &str); 12] = [
    (1_000, "0.001"),
    (2_000, "0.002"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (20_000, "0.02"),
    (30_000, "0.03"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (200_000, "0.2"),
    (500_000, "0.5"),
    (1_000_000, "1.0"),
    (2_000_000, "2.0"),
];

/// Times by buckets, and their sum in microseconds.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Histogram {
    buckets: [Counter; BOUNDS.len() + 1],
    sum: Counter,
}

impl Histogram {
    /// Counts a time of so many microseconds.
    pub fn observe(&self, micros: u64) {
        let bucket = BOUNDS.iter().position(|(bound, _)| micros <= *bound);
        self.buckets[bucket.unwrap_or(BOUNDS.len())].add(1);
        self.sum.add(micros);
    }

    /// Writes its samples, with a label.
    pub fn write(&self, page: &mut Page<'_, impl Out>, label: (&str, &str)) {
        let mut count = 0;
        let bounds = BOUNDS.iter().map(|(_, bound)| *bound).chain(["+Inf"]);
        for (counter, bound) in self.buckets.iter().zip(bounds) {
            count += counter.get();
            page.sample(&[label, ("le", bound)], count);
        }
        page.sum_and_count(&[label], self.sum.get(), count);
    }
}
