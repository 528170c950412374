//! Sorts more than memory holds: what is full goes to a file as a sorted run, and the runs are merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::vec;

use rayon::slice::ParallelSliceMut;

/// Rows of bytes, on their way to be sorted. The file has no name and goes with the program.
pub struct Spill<const LEN: usize> {
    rows: Vec<[u8; LEN]>,
    /// Rows that are held in memory.
    room: usize,
    file: File,
    /// The runs in the file, in rows.
    runs: Vec<Range<u64>>,
}

impl<const LEN: usize> Spill<LEN> {
    /// One that takes so many bytes of memory at most.
    ///
    /// # Errors
    ///
    /// There is no place for its file.
    pub fn new(memory: usize) -> io::Result<Self> {
        let room = (memory / LEN).max(2);
        Ok(Self { rows: Vec::new(), room, file: tempfile::tempfile()?, runs: Vec::new() })
    }

    /// Takes a row.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn push(&mut self, row: [u8; LEN]) -> io::Result<()> {
        if self.rows.len() == self.room {
            self.flush()?;
        }
        if self.rows.capacity() == self.rows.len() {
            // Doubled, but never beyond the room.
            let more = self.rows.len().clamp(1024.min(self.room), self.room - self.rows.len());
            self.rows.reserve_exact(more);
        }
        self.rows.push(row);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.rows.par_sort_unstable();
        self.file.write_all(self.rows.as_flattened())?;
        let start = self.runs.last().map_or(0, |run| run.end);
        self.runs.push(start..start + self.rows.len() as u64);
        self.rows.clear();
        Ok(())
    }

    /// Every row, in order.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn sorted(mut self) -> io::Result<Sorted<LEN>> {
        if self.runs.is_empty() {
            self.rows.par_sort_unstable();
            return Ok(Sorted::Held(self.rows.into_iter()));
        }
        self.flush()?;
        let room = (self.room / self.runs.len()).max(1);
        self.rows = Vec::new();
        let runs = self.runs.into_iter().map(|left| Run { left, held: Vec::new().into_iter() });
        let mut merge =
            Merge { file: self.file, room, runs: runs.collect(), next: BinaryHeap::new() };
        (0..merge.runs.len()).try_for_each(|number| merge.refill(number))?;
        Ok(Sorted::Merged(merge))
    }
}

/// Rows in order.
pub enum Sorted<const LEN: usize> {
    /// All of them were held.
    Held(vec::IntoIter<[u8; LEN]>),
    /// They come from runs.
    Merged(Merge<LEN>),
}

/// Runs that are merged.
pub struct Merge<const LEN: usize> {
    file: File,
    /// Rows of a run that are held.
    room: usize,
    runs: Vec<Run<LEN>>,
    /// The next row of each run.
    next: BinaryHeap<Reverse<([u8; LEN], usize)>>,
}

struct Run<const LEN: usize> {
    left: Range<u64>,
    held: vec::IntoIter<[u8; LEN]>,
}

impl<const LEN: usize> Merge<LEN> {
    /// Puts the next row of a run where it is compared.
    fn refill(&mut self, number: usize) -> io::Result<()> {
        let run = &mut self.runs[number];
        if run.held.len() == 0 && !run.left.is_empty() {
            let count = (run.left.end - run.left.start).min(self.room as u64);
            let mut rows = vec![[0; LEN]; count as usize];
            self.file.read_exact_at(rows.as_flattened_mut(), run.left.start * LEN as u64)?;
            run.left.start += count;
            run.held = rows.into_iter();
        }
        self.next.extend(run.held.next().map(|row| Reverse((row, number))));
        Ok(())
    }
}

impl<const LEN: usize> Iterator for Sorted<LEN> {
    type Item = io::Result<[u8; LEN]>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Held(rows) => rows.next().map(Ok),
            Self::Merged(merge) => {
                let Reverse((row, number)) = merge.next.pop()?;
                Some(merge.refill(number).map(|()| row))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_memory_holds_is_sorted() {
        for (memory, runs) in [(1 << 20, 0), (4096, 79), (1, 20_000)] {
            let mut spill = Spill::<8>::new(memory).unwrap();
            let mut expected = Vec::new();
            for number in 0..40_000_u64 {
                let row = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50).to_be_bytes();
                spill.push(row).unwrap();
                expected.push(row);
            }
            assert_eq!(spill.runs.len() + usize::from(runs > 0), runs);
            assert!(spill.rows.capacity() * 8 <= memory.max(16));
            expected.sort_unstable();
            let sorted: Vec<_> = spill.sorted().unwrap().map(Result::unwrap).collect();
            assert!(sorted == expected);
        }
    }
}
