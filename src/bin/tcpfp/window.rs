//! A source of bytes, the next of which are seen in one piece however they come.

use std::io::{self, BufRead, ErrorKind, Read};

/// Bytes that are read at once, as a rule: what is in the processor's cache is soon worked on.
const PIECE: usize = 1 << 17;

/// Reads no more than it is asked for, but for what fits beside it.
pub struct Window<R> {
    source: R,
    room: Vec<u8>,
    start: usize,
    end: usize,
    passed: u64,
}

impl<R: Read> Window<R> {
    /// Begins where the source is.
    pub fn new(source: R) -> Self {
        Self { source, room: vec![0; PIECE], start: 0, end: 0, passed: 0 }
    }

    /// The next `len` bytes, or fewer where the source ends before.
    #[inline(always)]
    pub fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        if self.end - self.start < len {
            self.fill(len)?;
        }
        let len = len.min(self.end - self.start);
        Ok(&self.room[self.start..self.start + len])
    }

    /// The next `len` bytes; `None` at the end of the source.
    ///
    /// # Errors
    ///
    /// The source ends in the middle of them, or cannot be read.
    #[inline(always)]
    pub fn next(&mut self, len: usize) -> io::Result<Option<&[u8]>> {
        match self.peek(len)? {
            [] if len > 0 => Ok(None),
            bytes if bytes.len() < len => Err(self.ended()),
            // Looked at once more, because the borrow checker takes the first for too long a look.
            _ => Ok(Some(&self.room[self.start..self.start + len])),
        }
    }

    /// The next `len` bytes, which must be there.
    ///
    /// # Errors
    ///
    /// Those of [`Window::next`], at the end of the source, too.
    #[inline(always)]
    pub fn whole(&mut self, len: usize) -> io::Result<&[u8]> {
        if self.peek(len)?.len() < len {
            return Err(self.ended());
        }
        Ok(&self.room[self.start..self.start + len])
    }

    /// Passes over bytes, seen or not.
    ///
    /// # Errors
    ///
    /// The source ends before, or cannot be read.
    #[inline]
    pub fn skip(&mut self, mut len: usize) -> io::Result<()> {
        while len > self.end - self.start {
            len -= self.end - self.start;
            self.consume(self.end - self.start);
            if self.read_more(1)? == 0 {
                return Err(self.ended());
            }
        }
        self.consume(len);
        Ok(())
    }

    /// Says that what comes next makes no sense.
    pub fn damaged(&self, what: impl std::fmt::Display) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, format!("{what} at byte {}", self.passed))
    }

    fn ended(&self) -> io::Error {
        let end = self.passed + (self.end - self.start) as u64;
        let what = format!("it ends in the middle of a packet, at byte {end}");
        io::Error::new(ErrorKind::UnexpectedEof, what)
    }

    /// Reads until there are `len` bytes, or no more.
    #[cold]
    fn fill(&mut self, len: usize) -> io::Result<()> {
        while self.end - self.start < len && self.read_more(len)? > 0 {}
        Ok(())
    }

    /// Reads once, into room for `len` bytes; gives how many came.
    fn read_more(&mut self, len: usize) -> io::Result<usize> {
        if self.start == self.end || self.start + len > self.room.len() {
            self.room.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if len > self.room.len() {
            self.room.resize(len, 0);
        }
        loop {
            match self.source.read(&mut self.room[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(read) => {
                    self.end += read;
                    return Ok(read);
                }
            }
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let len = bytes.len().min(room.len());
        room[..len].copy_from_slice(&bytes[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)?;
        Ok(&self.room[self.start..self.end])
    }

    #[inline]
    fn consume(&mut self, len: usize) {
        self.start += len;
        self.passed += len as u64;
    }
}
