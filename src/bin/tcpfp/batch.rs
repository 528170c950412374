//! Records, many at a time: handing over one by one would cost more than the work on it.

use std::cell::RefCell;
use std::io::{self, Read};
use std::ops::Range;

use anyhow::Result;

use crate::input::{self, Record};

/// Records of a batch, at most.
const FULL: usize = 512;

/// Records in the input's order.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    records: Vec<Record<Range<usize>>>,
}

impl Batch {
    fn push(&mut self, record: Record<&[u8]>) {
        self.records.push(record.map(|bytes| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            start..self.bytes.len()
        }));
    }

    /// The records.
    pub fn records(&self) -> impl Iterator<Item = Record<&[u8]>> {
        self.records.iter().cloned().map(|record| record.map(|range| &self.bytes[range]))
    }
}

/// Calls `each` with all records of `source`; whenever more is waited for, it has all that came.
pub fn for_each(source: impl Read, each: impl Fn(Batch) -> io::Result<()>) -> Result<()> {
    let batch = RefCell::new(Batch::default());
    let hand_on = || {
        let batch = batch.take();
        if batch.records.is_empty() {
            return Ok(());
        }
        each(batch)
    };
    input::for_each(BeforeRead { source, act: hand_on }, |record| {
        batch.borrow_mut().push(record);
        if batch.borrow().records.len() == FULL {
            hand_on()?;
        }
        Ok(())
    })?;
    Ok(hand_on()?)
}

/// Does something before it reads.
struct BeforeRead<R, F> {
    source: R,
    act: F,
}

impl<R: Read, F: Fn() -> io::Result<()>> Read for BeforeRead<R, F> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        (self.act)()?;
        self.source.read(room)
    }
}
