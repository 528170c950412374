//! JA4, the TLS client fingerprint of FoxIO: `t13d1516h2_8daaf6152771_e5627efa2ab1`.
//!
//! The form is that of technical_details/JA4.md in FoxIO's repository `ja4`, where JA4 itself, other
//! than the rest of JA4+, is under the BSD 3-Clause License.

use sha2::{Digest, Sha256};

use crate::client_hello::{extension, ClientHello, Transport, CODES};
use crate::text::{display_text, Hex, Out, Text};

/// How a JA4 shows its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As the beginning of their SHA-256.
    Hashed,
    /// As they are.
    Raw,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By their numbers, and without the server's name and ALPN among the extensions, which the
    /// first part tells.
    Sorted,
    /// As the client sent them.
    Original,
}

/// One of the four forms: JA4 is hashed and sorted, JA4_r raw, JA4_o in the original order, JA4_ro
/// both.
#[derive(Clone, Copy, Debug)]
pub struct Ja4<'k> {
    /// Of this hello.
    pub hello: ClientHello<'k>,
    /// With lists like this.
    pub shape: Shape,
    /// In this order.
    pub order: Order,
}

impl Text for Ja4<'_> {
    fn write_to(&self, out: &mut impl Out) {
        let hello = &self.hello;
        out.push(match hello.transport() {
            Transport::Tcp => 't',
            Transport::Quic => 'q',
        });
        out.push_str(version(hello.version()));
        out.push(if hello.has_server_name() { 'd' } else { 'i' });
        write_count(hello.ciphers().count(), out);
        write_count(hello.extensions().count(), out);
        for character in hello.alpn() {
            out.push(character.into());
        }
        out.push('_');
        self.write_ciphers(out);
        out.push('_');
        self.write_extensions(out);
    }
}
display_text!(Ja4<'_>);

impl Ja4<'_> {
    fn write_ciphers(&self, out: &mut impl Out) {
        match self.shape {
            Shape::Raw => self.write_list(self.hello.ciphers(), out),
            Shape::Hashed => write_hash(out, |hash| self.write_list(self.hello.ciphers(), hash)),
        }
    }

    fn write_extensions(&self, out: &mut impl Out) {
        match self.shape {
            Shape::Raw => self.write_extensions_raw(out),
            Shape::Hashed => write_hash(out, |hash| self.write_extensions_raw(hash)),
        }
    }

    fn write_extensions_raw(&self, out: &mut impl Out) {
        let is_told = |kind: &u16| matches!(*kind, extension::SERVER_NAME | extension::ALPN);
        let is_shown = |kind: &u16| self.order == Order::Original || !is_told(kind);
        self.write_list(self.hello.extensions().filter(is_shown), out);
        if self.hello.signature_algorithms().next().is_some() {
            out.push('_');
            write_codes(self.hello.signature_algorithms(), out);
        }
    }

    fn write_list(&self, codes: impl Iterator<Item = u16>, out: &mut impl Out) {
        if self.order == Order::Original {
            return write_codes(codes, out);
        }
        let mut sorted = [0; CODES];
        let mut len = 0;
        for (place, code) in sorted.iter_mut().zip(codes) {
            *place = code;
            len += 1;
        }
        sorted[..len].sort_unstable();
        write_codes(sorted[..len].iter().copied(), out);
    }
}

fn version(version: u16) -> &'static str {
    match version {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    }
}

/// Two digits, for which 99 is the most.
fn write_count(count: usize, out: &mut impl Out) {
    let count = count.min(99) as u8;
    (count / 10).write_to(out);
    (count % 10).write_to(out);
}

/// Four hex digits each, with commas between.
fn write_codes(codes: impl Iterator<Item = u16>, out: &mut impl Out) {
    for (position, code) in codes.enumerate() {
        if position > 0 {
            out.push(',');
        }
        Hex(&code.to_be_bytes()).write_to(out);
    }
}

/// The first six bytes of a text's SHA-256; zeroes for no text.
fn write_hash(out: &mut impl Out, write: impl FnOnce(&mut Hashed)) {
    let mut hashed = Hashed { hash: Sha256::new(), is_empty: true };
    write(&mut hashed);
    let digest: [u8; 32] = if hashed.is_empty { [0; 32] } else { hashed.hash.finalize().into() };
    Hex(&digest[..6]).write_to(out);
}

/// Text that goes into a hash.
struct Hashed {
    hash: Sha256,
    is_empty: bool,
}

impl Out for Hashed {
    fn push_str(&mut self, piece: &str) {
        self.hash.update(piece);
        self.is_empty = false;
    }
}
