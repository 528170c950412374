//! Text, written straight into a `String`.
//!
//! `core::fmt` sends every piece through a table of functions, which costs more than the piece.
//! What is written for each request of nginx and for each line of the command is worth better.

use std::fmt::Write;
use std::net::IpAddr;

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

/// Decimal.
macro_rules! decimal {
    ($($number:ty)*) => {$(
        impl Text for $number {
            fn write_to(&self, out: &mut String) {
                out.push_str(itoa::Buffer::new().format(*self));
            }
        }
    )*};
}
decimal!(u8 u16 u32 u64);

impl Text for IpAddr {
    fn write_to(&self, out: &mut String) {
        match self {
            Self::V4(address) => {
                let [a, b, c, d] = address.octets();
                a.write_to(out);
                for octet in [b, c, d] {
                    out.push('.');
                    octet.write_to(out);
                }
            }
            // Which zeroes to leave out is the standard library's to know.
            Self::V6(address) => write!(out, "{address}").expect("a String takes any text"),
        }
    }
}

/// Bytes as lower-case hex.
#[derive(Clone, Copy, Debug)]
pub struct Hex<'a>(pub &'a [u8]);

impl Text for Hex<'_> {
    fn write_to(&self, out: &mut String) {
        let mut room = [0; 128];
        for chunk in self.0.chunks(room.len() / 2) {
            let digits = hex::encode_to_str(chunk, &mut room[..chunk.len() * 2]);
            out.push_str(digits.expect("twice as much room"));
        }
    }
}
