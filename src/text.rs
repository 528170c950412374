//! Text, written straight to where it stays.
//!
//! `core::fmt` sends every piece through a table of functions, which costs more than the piece.
//! What is written for each request of nginx and for each line of the command is worth better.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::str::from_utf8;
use std::time::Duration;

/// What has one text.
pub trait Text {
    /// Appends the text.
    fn write_to(&self, out: &mut impl Out);
}

/// Where text goes.
pub trait Out {
    /// Appends a piece.
    fn push_str(&mut self, piece: &str);

    /// Appends a character.
    fn push(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }
}

/// For the command, which may end where memory does.
#[allow(clippy::disallowed_types, reason = "nothing in nginx writes to one")]
impl Out for String {
    fn push_str(&mut self, piece: &str) {
        self.push_str(piece);
    }

    fn push(&mut self, character: char) {
        self.push(character);
    }
}

/// Text in memory that is there. Nothing is allocated: what does not fit is counted only.
#[derive(Debug)]
pub struct Room<'m> {
    memory: &'m mut [u8],
    needed: usize,
}

impl<'m> Room<'m> {
    /// Empty memory.
    pub fn new(memory: &'m mut [u8]) -> Self {
        Self { memory, needed: 0 }
    }

    /// How many bytes all of the text takes.
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// The text, if all of it fits.
    pub fn text(&self) -> Option<&[u8]> {
        self.memory.get(..self.needed)
    }
}

impl Out for Room<'_> {
    fn push_str(&mut self, piece: &str) {
        let start = self.needed;
        self.needed += piece.len();
        if let Some(place) = self.memory.get_mut(start..self.needed) {
            place.copy_from_slice(piece.as_bytes());
        }
    }

    fn push(&mut self, character: char) {
        match self.memory.get_mut(self.needed) {
            // Most of what is pushed is a digit, a comma or a quote.
            Some(place) if character.is_ascii() => {
                *place = character as u8;
                self.needed += 1;
            }
            _ => self.push_str(character.encode_utf8(&mut [0; 4])),
        }
    }
}

/// A short text that takes no memory but its own: a message, cut where it is too long.
#[derive(Clone, Copy)]
pub struct Brief {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Brief {
    /// Bytes at most: as many as nginx keeps of what is wrong with a configuration
    /// (NGX_MAX_CONF_ERRSTR), so that a long file name cuts no reason.
    pub const ROOM: usize = 1024;

    /// The text that these arguments make.
    pub fn new(text: fmt::Arguments<'_>) -> Self {
        let mut brief = Self { bytes: [0; Self::ROOM], len: 0 };
        // It is only cut, which is no error.
        let _ = fmt::Write::write_fmt(&mut brief, text);
        brief
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl fmt::Write for Brief {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut fits = text.len().min(Self::ROOM - self.len);
        while !text.is_char_boundary(fits) {
            fits -= 1;
        }
        self.bytes[self.len..self.len + fits].copy_from_slice(&text.as_bytes()[..fits]);
        self.len += fits;
        if fits < text.len() {
            return Err(fmt::Error);
        }
        Ok(())
    }
}

impl fmt::Display for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Brief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl From<fmt::Arguments<'_>> for Brief {
    fn from(text: fmt::Arguments<'_>) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Brief {
    fn from(text: &str) -> Self {
        Self::new(format_args!("{text}"))
    }
}

impl PartialEq for Brief {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Brief {}

/// A formatter, and what came of writing to it.
pub(crate) struct Formatted<'f, 'b>(pub &'f mut fmt::Formatter<'b>, pub fmt::Result);

impl Out for Formatted<'_, '_> {
    fn push_str(&mut self, piece: &str) {
        if self.1.is_ok() {
            self.1 = self.0.write_str(piece);
        }
    }
}

/// Displays the text of a type.
macro_rules! display_text {
    ($($type:ty),*) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut out = $crate::text::Formatted(f, Ok(()));
                $crate::text::Text::write_to(self, &mut out);
                out.1
            }
        }
    )*};
}
pub(crate) use display_text;

/// Decimal; most numbers of a SYN are a single digit.
macro_rules! decimal {
    ($($number:ty)*) => {$(
        impl Text for $number {
            fn write_to(&self, out: &mut impl Out) {
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
    fn write_to(&self, out: &mut impl Out) {
        match self {
            Self::V4(address) => address.write_to(out),
            Self::V6(address) => address.write_to(out),
        }
    }
}

impl Text for Ipv4Addr {
    fn write_to(&self, out: &mut impl Out) {
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
    fn write_to(&self, out: &mut impl Out) {
        if let Some(mapped) = self.to_ipv4_mapped() {
            out.push_str("::ffff:");
            return mapped.write_to(out);
        }
        let groups = self.segments();
        let mut room = [0; 32];
        let digits = hex_digits(&self.octets(), &mut room);
        let run = longest_run_of_zeroes(&groups);
        let mut write_groups = |range: Range<usize>| {
            for at in range.clone() {
                if at > range.start {
                    out.push(':');
                }
                let zeroes = (groups[at].leading_zeros() as usize / 4).min(3);
                out.push_str(&digits[at * 4 + zeroes..at * 4 + 4]);
            }
            if range.end == run.start && !run.is_empty() {
                out.push_str("::");
            }
        };
        write_groups(0..run.start);
        write_groups(run.end..groups.len());
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

/// A time as seconds, in the shortest form that is a fraction: `1.5`, `2.0`.
#[derive(Clone, Copy, Debug)]
pub struct ShortSeconds(pub Duration);

impl Text for ShortSeconds {
    fn write_to(&self, out: &mut impl Out) {
        self.0.as_secs().write_to(out);
        out.push('.');
        let mut digits = itoa::Buffer::new();
        let micros = &digits.format(1_000_000 + self.0.subsec_micros())[1..];
        out.push_str(match micros.trim_end_matches('0') {
            "" => "0",
            micros => micros,
        });
    }
}

/// Bytes as lower-case hex.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl Text for Hex<'_> {
    fn write_to(&self, out: &mut impl Out) {
        let mut room = [0; 128];
        for chunk in self.0.chunks(room.len() / 2) {
            out.push_str(hex_digits(chunk, &mut room[..chunk.len() * 2]));
        }
    }
}

/// The two digits of every byte.
const HEX: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < pairs.len() {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

fn hex_digits<'r>(bytes: &[u8], room: &'r mut [u8]) -> &'r str {
    for (place, &byte) in room.chunks_exact_mut(2).zip(bytes) {
        place.copy_from_slice(&HEX[usize::from(byte)]);
    }
    from_utf8(room).expect("digits")
}

#[cfg(test)]
mod tests;
