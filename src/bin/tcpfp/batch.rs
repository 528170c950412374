//! Records, many at a time: handing over one by one would cost more than the work on it.

use std::cell::RefCell;
use std::io::{self, Read};
use std::ops::Range;

use crate::input;
use crate::record::Record;

/// Records of a batch, at most.
const FULL: usize = 1024;

/// Records in the input's order.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    records: Vec<Record<Range<usize>>>,
}

impl Batch {
    /// Takes a record; gives how many there are.
    fn push(&mut self, record: Record<&[u8]>) -> usize {
        self.records.push(record.map(|bytes| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            start..self.bytes.len()
        }));
        self.records.len()
    }

    /// The records.
    pub fn records(&self) -> impl Iterator<Item = Record<&[u8]>> {
        self.records.iter().cloned().map(|record| record.map(|range| &self.bytes[range]))
    }
}

/// Calls `each` with all records of `source`; whenever more is waited for, it has all that came.
/// It may take a batch away and leave another one, whose records are forgotten.
///
/// # Errors
///
/// Those of [`input::for_each`]; `each` had all that came before.
pub fn for_each(source: impl Read, each: impl Fn(&mut Batch) -> io::Result<()>) -> io::Result<()> {
    let batch = RefCell::new(Batch::default());
    let hand_on = || {
        let mut batch = batch.borrow_mut();
        if !batch.records.is_empty() {
            each(&mut batch)?;
            batch.records.clear();
            batch.bytes.clear();
        }
        io::Result::Ok(())
    };
    let read = input::for_each(BeforeRead { source, act: hand_on }, |record| {
        let len = batch.borrow_mut().push(record);
        if len == FULL {
            hand_on()?;
        }
        Ok(())
    });
    hand_on()?;
    read
}

/// Does something before it reads a piece.
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
