//! The header of the PROXY protocol, version 2, with a SYN (its specification, 2.2).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::text::{Room, Text};

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Version 2, and a connection that was made for somebody else.
const VERSION_PROXY: u8 = 0x21;

/// Address family and transport.
mod family {
    pub const UNSPECIFIED: u8 = 0x00;
    pub const TCP_OVER_IPV4: u8 = 0x11;
    pub const TCP_OVER_IPV6: u8 = 0x21;
}

/// Types of TLVs, of the range for private use.
mod tlv {
    pub const SYN: u8 = 0xe5;
    pub const RTT: u8 = 0xe6;
}

/// Bytes in front of the addresses.
const FIXED: usize = SIGNATURE.len() + 4;
/// Addresses and ports, of IPv6.
const ADDRESSES: usize = 2 * (16 + 2);
/// Type and length of a TLV.
const TLV: usize = 3;
/// Digits of a round trip.
const RTT_DIGITS: usize = 20;

/// Bytes of a header of version 1 at most, with its end of line (the specification, 2.1).
const VERSION_1_MAX: usize = 107;

/// Whether this is a header of version 1, and nothing else.
pub fn is_version_1(bytes: &[u8]) -> bool {
    let line = bytes.strip_prefix(b"PROXY ").and_then(|rest| rest.strip_suffix(b"\r\n"));
    bytes.len() <= VERSION_1_MAX && line.is_some_and(|line| !line.contains(&b'\n'))
}

/// A header for the beginning of a connection to another server.
///
/// ```
/// use ngx_tcpfp::forwarded::ProxyHeader;
///
/// let header = ProxyHeader {
///     addresses: Some(("192.0.2.1:50000".parse()?, "198.51.100.1:443".parse()?)),
///     syn: b"\x45\0",
///     rtt: Some(12_345),
/// };
/// let mut memory = [0; 128];
/// assert!(header.room() <= memory.len());
/// let written = header.write(&mut memory).expect("room");
/// assert_eq!(
///     written,
///     b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x1b\xc0\0\x02\x01\xc6\x33\x64\x01\xc3\x50\x01\xbb\
///         \xe5\0\x044500\xe6\0\x0512345",
/// );
/// # Ok::<_, std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ProxyHeader<'a> {
    /// The client's address and the one that it connected to; `None` for a unix socket.
    pub addresses: Option<(SocketAddr, SocketAddr)>,
    /// The client's SYN; empty where there is none.
    pub syn: &'a [u8],
    /// The round trip to the client, microseconds.
    pub rtt: Option<u64>,
}

impl ProxyHeader<'_> {
    /// Bytes that [`ProxyHeader::write`] needs at most.
    pub fn room(&self) -> usize {
        FIXED + ADDRESSES + TLV + self.syn.len() * 2 + TLV + RTT_DIGITS
    }

    /// Writes the header; `None` if it does not fit, or is longer than a header can be.
    pub fn write<'m>(&self, memory: &'m mut [u8]) -> Option<&'m [u8]> {
        let mut rest = Rest { memory: &mut *memory, written: FIXED };
        let family = self.write_addresses(&mut rest)?;
        rest.push(&tlv_head(tlv::SYN, self.syn.len() * 2)?)?;
        hex::encode_to_slice(self.syn, rest.take(self.syn.len() * 2)?).ok()?;
        if let Some(micros) = self.rtt {
            let mut digits = [0; RTT_DIGITS];
            let mut digits = Room::new(&mut digits);
            micros.write_to(&mut digits);
            let digits = digits.text()?;
            rest.push(&tlv_head(tlv::RTT, digits.len())?)?;
            rest.push(digits)?;
        }
        let written = rest.written;
        let len = u16::try_from(written - FIXED).ok()?.to_be_bytes();
        let (signature, behind) = memory.split_first_chunk_mut()?;
        *signature = *SIGNATURE;
        behind.get_mut(..4)?.copy_from_slice(&[VERSION_PROXY, family, len[0], len[1]]);
        memory.get(..written)
    }

    /// Writes the addresses and ports, and gives their family.
    fn write_addresses(&self, rest: &mut Rest<'_>) -> Option<u8> {
        let Some((source, destination)) = self.addresses else { return Some(family::UNSPECIFIED) };
        let family = match (source.ip().to_canonical(), destination.ip().to_canonical()) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                rest.push(&source.octets())?;
                rest.push(&destination.octets())?;
                family::TCP_OVER_IPV4
            }
            (source, destination) => {
                rest.push(&as_v6(source).octets())?;
                rest.push(&as_v6(destination).octets())?;
                family::TCP_OVER_IPV6
            }
        };
        rest.push(&source.port().to_be_bytes())?;
        rest.push(&destination.port().to_be_bytes())?;
        Some(family)
    }
}

/// Type and length of a TLV.
fn tlv_head(kind: u8, len: usize) -> Option<[u8; TLV]> {
    let [high, low] = u16::try_from(len).ok()?.to_be_bytes();
    Some([kind, high, low])
}

fn as_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// Memory that is filled from its beginning.
struct Rest<'m> {
    memory: &'m mut [u8],
    written: usize,
}

impl Rest<'_> {
    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        self.take(bytes.len())?.copy_from_slice(bytes);
        Some(())
    }

    fn take(&mut self, len: usize) -> Option<&mut [u8]> {
        let start = self.written;
        self.written += len;
        self.memory.get_mut(start..self.written)
    }
}
