//! TCP options (RFC 9293, 3.2), walked as the kernel walks them.

use super::{be16, be32};
use crate::text::Text;

/// Option kinds of IANA's "TCP Option Kind Numbers" that have a meaning here.
pub mod kind {
    /// End of option list.
    pub const EOL: u8 = 0;
    /// No operation.
    pub const NOP: u8 = 1;
    /// Maximum segment size.
    pub const MSS: u8 = 2;
    /// Window scale (RFC 7323).
    pub const WINDOW_SCALE: u8 = 3;
    /// SACK permitted (RFC 2018).
    pub const SACK_PERMITTED: u8 = 4;
    /// SACK blocks (RFC 2018), which no SYN has reason to carry.
    pub const SACK: u8 = 5;
    /// Timestamps (RFC 7323).
    pub const TIMESTAMPS: u8 = 8;
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opt<'a> {
    /// Its kind.
    pub kind: u8,
    /// What follows kind and length; of end-of-list, the padding behind it. `None` where the
    /// length is missing, below 2 or past the end: the walk stops behind such an option.
    pub data: Option<&'a [u8]>,
}

/// The option bytes of a header.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    bytes: &'a [u8],
}

impl<'a> Options<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// All of the bytes, padding included.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The options in order. End-of-list is the last one, whatever stands behind it; so is one
    /// whose length is wrong (net/ipv4/tcp_input.c, `tcp_parse_options`, gives up there too).
    pub fn iter(&self) -> impl Iterator<Item = Opt<'a>> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let (&kind, behind) = rest.split_first()?;
            let data = match (kind, behind.first()) {
                (kind::EOL, _) => Some(behind),
                (kind::NOP, _) => Some(&behind[..0]),
                (_, Some(&length)) if length >= 2 => behind.get(1..usize::from(length) - 1),
                _ => None,
            };
            rest = match (kind, data) {
                (kind::EOL, _) | (_, None) => &[],
                (kind::NOP, _) => behind,
                (_, Some(data)) => &behind[1 + data.len()..],
            };
            Some(Opt { kind, data })
        })
    }

    /// Maximum segment size in bytes. Of several the last counts, as for the kernel.
    pub fn mss(&self) -> Option<u16> {
        self.last(kind::MSS, 2).and_then(|data| be16(data, 0))
    }

    /// Window scale as sent: the kernel takes more than 14 for 14 (RFC 7323, 2.3).
    pub fn window_scale(&self) -> Option<u8> {
        self.last(kind::WINDOW_SCALE, 1).map(|data| data[0])
    }

    /// Whether selective acknowledgment is permitted.
    pub fn sack_permitted(&self) -> bool {
        self.last(kind::SACK_PERMITTED, 0).is_some()
    }

    /// TSval and TSecr.
    pub fn timestamps(&self) -> Option<(u32, u32)> {
        self.last(kind::TIMESTAMPS, 8).and_then(|data| Some((be32(data, 0)?, be32(data, 4)?)))
    }

    fn last(&self, kind: u8, len: usize) -> Option<&'a [u8]> {
        self.iter()
            .filter(|opt| opt.kind == kind)
            .filter_map(|opt| opt.data)
            .filter(|data| data.len() == len)
            .last()
    }

    /// The kinds in order, written with `separator` between them.
    pub fn write_kinds(&self, out: &mut String, separator: char) {
        for (position, opt) in self.iter().enumerate() {
            if position > 0 {
                out.push(separator);
            }
            opt.kind.write_to(out);
        }
    }
}
