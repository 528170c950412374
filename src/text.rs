//! Text, written straight into a `String`.
//!
//! `core::fmt` sends every piece through a table of functions, which costs more than the piece.
//! What is written for each request of nginx and for each line of the command is worth better.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// What has one text.
pub trait Text {
    /// Appends the text.
    fn write_to(&self, out: &mut String);
}

/// Displays the text of a type.
macro_rules! display_text {
    ($($type:ty),*) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut text = String::new();
                $crate::text::Text::write_to(self, &mut text);
                f.write_str(&text)
            }
        }
    )*};
}
pub(crate) use display_text;

/// Decimal; most numbers of a SYN are a single digit.
macro_rules! decimal {
    ($($number:ty)*) => {$(
        impl Text for $number {
            fn write_to(&self, out: &mut String) {
                match *self {
                    digit @ 0..=9 => out.push(char::from(b'0' + digit as u8)),
                    number => out.push_str(itoa::Buffer::new().format(number)),
                }
            }
        }
    )*};
}
decimal!(u8 u16 u32 u64);

impl Text for IpAddr {
    fn write_to(&self, out: &mut String) {
        match self {
            Self::V4(address) => address.write_to(out),
            Self::V6(address) => address.write_to(out),
        }
    }
}

impl Text for Ipv4Addr {
    fn write_to(&self, out: &mut String) {
        let [first, rest @ ..] = self.octets();
        first.write_to(out);
        for octet in rest {
            out.push('.');
            octet.write_to(out);
        }
    }
}

/// As RFC 5952 has it: `::` for the first of the longest runs of zero groups, no other leading
/// zeroes.
impl Text for Ipv6Addr {
    fn write_to(&self, out: &mut String) {
        if let Some(mapped) = self.to_ipv4_mapped() {
            out.push_str("::ffff:");
            return mapped.write_to(out);
        }
        let groups = self.segments();
        let mut room = [0; 32];
        let digits = hex_digits(&self.octets(), &mut room);
        let write_groups = |range: Range<usize>, out: &mut String| {
            for at in range.clone() {
                if at > range.start {
                    out.push(':');
                }
                let zeroes = (groups[at].leading_zeros() as usize / 4).min(3);
                out.push_str(&digits[at * 4 + zeroes..at * 4 + 4]);
            }
        };
        let run = longest_run_of_zeroes(&groups);
        write_groups(0..run.start, out);
        if !run.is_empty() {
            out.push_str("::");
        }
        write_groups(run.end..groups.len(), out);
    }
}

/// The first of the longest runs; behind the end if there is none of two or more.
fn longest_run_of_zeroes(groups: &[u16; 8]) -> Range<usize> {
    // A bit for each group: a run of that many zeroes begins there.
    let mut starts = (0..8).fold(0_u8, |starts, at| starts | u8::from(groups[at] == 0) << at);
    let mut run = 0..0;
    while starts != 0 {
        let start = starts.trailing_zeros() as usize;
        run = start..start + run.len() + 1;
        starts &= starts >> 1;
    }
    if run.len() > 1 {
        run
    } else {
        groups.len()..groups.len()
    }
}

/// Bytes as lower-case hex.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl Text for Hex<'_> {
    fn write_to(&self, out: &mut String) {
        let mut room = [0; 128];
        for chunk in self.0.chunks(room.len() / 2) {
            out.push_str(hex_digits(chunk, &mut room[..chunk.len() * 2]));
        }
    }
}

fn hex_digits<'r>(bytes: &[u8], room: &'r mut [u8]) -> &'r str {
    hex::encode_to_slice(bytes, room).expect("room for two digits a byte");
    str::from_utf8(room).expect("digits")
}

#[cfg(test)]
mod tests;
