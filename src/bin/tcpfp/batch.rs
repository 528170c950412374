//! Records, many at a time: handing over one by one would cost more than the work on it.

use std::cell::RefCell;
use std::io::{self, Read};
use std::ops::Range;

use crate::input;
use crate::item::Item;

/// Records of a batch, at most.
const FULL: usize = 1024;

/// Records in the input's order.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    items: Vec<Item<Range<usize>>>,
}

impl Batch {
    /// Takes an item; gives how many there are.
    fn push(&mut self, item: Item<&[u8]>) -> usize {
        self.items.push(item.map(|bytes| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            start..self.bytes.len()
        }));
        self.items.len()
    }

    /// The items.
    pub fn items(&self) -> impl Iterator<Item = Item<&[u8]>> {
        self.items.iter().cloned().map(|item| item.map(|range| &self.bytes[range]))
    }
}

/// Calls `each` with all items of `source`; whenever more is waited for, it has all that came.
/// It may take a batch away and leave another one, whose items are forgotten.
///
/// # Errors
///
/// Those of [`input::for_each`]; `each` had all that came before.
pub fn for_each(source: impl Read, each: impl Fn(&mut Batch) -> io::Result<()>) -> io::Result<()> {
    let batch = RefCell::new(Batch::default());
    let hand_on = || {
        let mut batch = batch.borrow_mut();
        if !batch.items.is_empty() {
            each(&mut batch)?;
            batch.items.clear();
            batch.bytes.clear();
        }
        io::Result::Ok(())
    };
    let read = input::for_each(BeforeRead { source, act: hand_on }, |item| {
        let len = batch.borrow_mut().push(item);
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
