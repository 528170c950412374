//! TLS records (RFC 8446, 5.1), of which the handshake's bytes are taken.

/// Content type of a record.
const HANDSHAKE: u8 = 22;
/// Content type, version and length.
const HEADER: usize = 5;

/// The bytes of the handshake in records, for [`super::ClientHello::read`]. They end with a record of
/// another kind, and with the bytes that are there.
#[derive(Clone, Debug)]
pub struct Records<'b> {
    /// What is left of the record.
    fragment: &'b [u8],
    /// What follows it.
    rest: &'b [u8],
}

impl<'b> Records<'b> {
    /// The bytes as a client sends them.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { fragment: &[], rest: bytes }
    }

    /// Goes on to a record that has bytes.
    fn advance(&mut self) -> Option<()> {
        while self.fragment.is_empty() {
            let (header, rest) = self.rest.split_at_checked(HEADER)?;
            // The major version is 3 since SSL 3.0; the minor one says nothing.
            let &[HANDSHAKE, 3, _, high, low] = header else { return None };
            let len = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
            (self.fragment, self.rest) = rest.split_at(len);
        }
        Some(())
    }
}

impl Iterator for Records<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.nth(0)
    }

    fn nth(&mut self, mut before: usize) -> Option<u8> {
        loop {
            self.advance()?;
            let from = self.fragment.get(before..).unwrap_or_default();
            if let Some((&byte, rest)) = from.split_first() {
                self.fragment = rest;
                return Some(byte);
            }
            before -= self.fragment.len();
            self.fragment = &[];
        }
    }
}
