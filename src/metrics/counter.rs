//! What everything else here is made of.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that goes up.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct Counter(pub AtomicU64);

impl Counter {
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a connection came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subsystem {
    /// A server of http.
    Http,
    /// A server of stream.
    Stream,
}

impl Subsystem {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Http, Self::Stream];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Stream => "stream",
        }
    }
}

/// The value of a label of which there is none.
pub const NONE: &str = "none";
