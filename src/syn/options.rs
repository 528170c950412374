//! TCP options (RFC 9293, 3.2), walked as the kernel walks them.

use super::bytes::{be16, be32};
use crate::text::{Out, Text};

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
    /// Multipath TCP (RFC 8684).
    pub const MULTIPATH: u8 = 30;
    /// Fast Open (RFC 7413).
    pub const FAST_OPEN: u8 = 34;
    /// Experiments (RFC 6994): Fast Open's, to which Linux falls back.
    pub const EXPERIMENT: u8 = 254;
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

/// The options of a header.
///
/// Of several of one kind the last counts, as for the kernel; one of the wrong length is not
/// believed.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// All of the bytes, padding included.
    pub bytes: &'a [u8],
    /// Maximum segment size in bytes.
    pub mss: Option<u16>,
    /// Window scale as sent: the kernel takes more than 14 for 14 (RFC 7323, 2.3).
    pub window_scale: Option<u8>,
    /// Whether selective acknowledgment is permitted.
    pub sack_permitted: bool,
    /// TSval and TSecr.
    pub timestamps: Option<(u32, u32)>,
}

impl<'a> Options<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Self {
        let mut options =
            Self { bytes, mss: None, window_scale: None, sack_permitted: false, timestamps: None };
        for opt in options.iter() {
            match (opt.kind, opt.data) {
                (kind::MSS, Some(data @ [_, _])) => options.mss = be16(data, 0),
                (kind::WINDOW_SCALE, Some(&[scale])) => options.window_scale = Some(scale),
                (kind::SACK_PERMITTED, Some([])) => options.sack_permitted = true,
                (kind::TIMESTAMPS, Some(data)) if data.len() == 8 => {
                    options.timestamps = be32(data, 0).zip(be32(data, 4));
                }
                _ => {}
            }
        }
        options
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

    /// The kinds in order, written with `separator` between them.
    pub fn write_kinds(&self, out: &mut impl Out, separator: char) {
        for (position, opt) in self.iter().enumerate() {
            if position > 0 {
                out.push(separator);
            }
            opt.kind.write_to(out);
        }
    }
}
