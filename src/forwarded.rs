//! What a proxy in front hands on of its client's connection: docs/syn-tlv.md.

mod peers;
mod proxy_header;

use std::fmt;
use std::net::SocketAddr;

pub use peers::{Peer, Peers};
pub use proxy_header::{is_version_1, ProxyHeader};

use crate::syn::{Syn, SynError};

/// Bytes of the longest SYN that is taken. Over IPv4 there are 120 at most; over IPv6 extension
/// headers of this length leave no room for anything else.
pub const LONGEST: usize = 2048;

/// Why a value is no SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It begins neither like an IP header nor like one in hex.
    Encoding,
    /// It begins like hex, and something else follows, or half a byte.
    Hex,
    /// More than [`LONGEST`].
    TooLong,
    /// The bytes are no SYN.
    NoSyn(SynError),
    /// The TCP header says of itself that it is shorter than it can be, or longer than what is there.
    Offset,
    /// So many bytes follow the headers: a SYN is forwarded without its payload.
    Rest(usize),
    /// It is of another client than the header of the PROXY protocol names.
    OtherClient,
    /// There is no memory for it.
    NoMemory,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("neither an IP packet nor hex of one"),
            Self::Hex => f.write_str("broken hex"),
            Self::TooLong => write!(f, "more than {LONGEST} bytes"),
            Self::NoSyn(error) => error.fmt(f),
            Self::Offset => f.write_str("the TCP header's length is wrong"),
            Self::Rest(bytes) => write!(f, "{bytes} bytes follow the headers"),
            Self::OtherClient => f.write_str("of another client than the PROXY protocol names"),
            Self::NoMemory => f.write_str("no memory"),
        }
    }
}

impl std::error::Error for Refused {}

/// The SYN in a value: the bytes as TCP_SAVED_SYN gives them, or the same in hex of either case. The
/// first byte tells which, for an IP header begins with none that is a digit. `None` for an empty
/// value: the proxy had no SYN.
///
/// The value is whole: an IP header that leads to a whole TCP header with SYN set and ACK, FIN and
/// RST clear, and nothing behind.
///
/// `allocate` gives memory of the length that it is asked for, or none.
///
/// # Errors
///
/// [`Refused`]: the value is something else.
///
/// ```
/// use ngx_tcpfp::forwarded;
///
/// let value = "4500003ce03940003f066f4bc0000202c6336401e8bc080215371c7000000000\
///     a002faf0ec650000020405b40402080ab65da331000000000103030a";
/// let mut memory = [0; 60];
/// let syn = forwarded::syn(value.as_bytes(), |_| Some(&mut memory))?.expect("it is not empty");
/// assert_eq!(syn.tcp().expect("a TCP header").options().mss, Some(1460));
///
/// assert!(forwarded::syn(b"", |_| None)?.is_none());
/// let mut memory = [0; 50];
/// assert!(forwarded::syn(&value.as_bytes()[..100], |_| Some(&mut memory)).is_err());
/// # Ok::<_, forwarded::Refused>(())
/// ```
pub fn syn<'m>(
    value: &[u8],
    allocate: impl FnOnce(usize) -> Option<&'m mut [u8]>,
) -> Result<Option<Syn<'m>>, Refused> {
    let Some(&first) = value.first() else { return Ok(None) };
    let is_hex = first.is_ascii_digit();
    let len = if is_hex { value.len() / 2 } else { value.len() };
    if len > LONGEST {
        return Err(Refused::TooLong);
    }
    if !is_hex && !begins_header(first) {
        return Err(Refused::Encoding);
    }
    let bytes = allocate(len).ok_or(Refused::NoMemory)?;
    if is_hex {
        hex::decode_to_slice(value, bytes).map_err(|_| Refused::Hex)?;
    } else {
        bytes.copy_from_slice(value);
    }
    whole(bytes).map(Some)
}

/// Whether a byte can be the first of an IP header. None of these is a digit.
fn begins_header(first: u8) -> bool {
    matches!(first, 0x45..=0x4f | 0x60..=0x6f)
}

/// Bytes that are a SYN's headers and nothing else.
fn whole(bytes: &[u8]) -> Result<Syn<'_>, Refused> {
    let syn = Syn::parse_strict(bytes).map_err(Refused::NoSyn)?;
    if !bytes.first().is_some_and(|&first| begins_header(first)) {
        return Err(Refused::Encoding);
    }
    if syn.tcp().is_none_or(|tcp| tcp.data_offset() != Some(tcp.header_len())) {
        return Err(Refused::Offset);
    }
    match bytes.len() - syn.bytes().len() {
        0 => Ok(syn),
        rest => Err(Refused::Rest(rest)),
    }
}

/// Where a SYN came from, and where it went to.
pub fn ends(syn: &Syn<'_>) -> Option<(SocketAddr, SocketAddr)> {
    let (ip, tcp) = (syn.ip(), syn.tcp()?);
    let source = SocketAddr::new(ip.source(), tcp.source_port()?);
    Some((source, SocketAddr::new(ip.destination(), tcp.destination_port()?)))
}

/// Whether a SYN came from this address and port. An IPv4 address may be written as an IPv6 one.
pub fn is_from(syn: &Syn<'_>, client: SocketAddr) -> bool {
    ends(syn).is_some_and(|(source, _)| {
        source.ip().to_canonical() == client.ip().to_canonical() && source.port() == client.port()
    })
}

/// The round trip in a value: microseconds, decimal, as the kernel counts them in 32 bits. `None` for
/// anything else, and for 0, which is no round trip.
pub fn rtt(value: &[u8]) -> Option<u64> {
    if !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let micros: u32 = std::str::from_utf8(value).ok()?.parse().ok()?;
    (micros != 0).then(|| micros.into())
}

#[cfg(test)]
mod tests;
