//! IPv4 (RFC 791) and IPv6 (RFC 8200) headers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::be16;
use super::error::SynError;

/// Where the fields of an IPv4 header are, in bytes.
mod v4 {
    pub const VERSION_IHL: usize = 0;
    pub const TOS: usize = 1;
    pub const TOTAL_LENGTH: usize = 2;
    pub const ID: usize = 4;
    pub const FLAGS: usize = 6;
    pub const TTL: usize = 8;
    pub const PROTOCOL: usize = 9;
    pub const CHECKSUM: usize = 10;
    pub const SOURCE: usize = 12;
    pub const DESTINATION: usize = 16;
    pub const HEADER_LEN: usize = 20;
}

/// Where the fields of an IPv6 header are, in bytes.
mod v6 {
    pub const PAYLOAD_LENGTH: usize = 4;
    pub const NEXT_HEADER: usize = 6;
    pub const HOP_LIMIT: usize = 7;
    pub const SOURCE: usize = 8;
    pub const DESTINATION: usize = 24;
    pub const HEADER_LEN: usize = 40;
}

/// The IP header of a packet.
#[derive(Clone, Copy, Debug)]
pub enum Ip<'a> {
    /// IPv4.
    V4 {
        /// The fixed part.
        header: &'a [u8; v4::HEADER_LEN],
        /// The options, as far as the packet reaches.
        options: &'a [u8],
    },
    /// IPv6.
    V6 {
        /// The fixed part.
        header: &'a [u8; v6::HEADER_LEN],
        /// The extension headers, as far as they could be walked.
        extensions: &'a [u8],
        /// The protocol behind the last of them.
        protocol: u8,
    },
}

impl<'a> Ip<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, SynError> {
        let have = bytes.len();
        match bytes.first().map(|first| first >> 4) {
            None => Err(SynError::Empty),
            Some(4) => {
                let (header, rest) = bytes
                    .split_first_chunk()
                    .ok_or(SynError::Truncated { have, need: v4::HEADER_LEN })?;
                let len = usize::from(header[v4::VERSION_IHL] & 0x0f) * 4;
                let options = len.saturating_sub(v4::HEADER_LEN).min(rest.len());
                Ok(Self::V4 { header, options: &rest[..options] })
            }
            Some(6) => {
                let (header, rest) = bytes
                    .split_first_chunk()
                    .ok_or(SynError::Truncated { have, need: v6::HEADER_LEN })?;
                let (extensions, protocol) = walk_extensions(header[v6::NEXT_HEADER], rest);
                Ok(Self::V6 { header, extensions, protocol })
            }
            Some(nibble) => Err(SynError::Version { nibble }),
        }
    }

    /// 4 or 6.
    pub fn version(&self) -> u8 {
        match self {
            Self::V4 { .. } => 4,
            Self::V6 { .. } => 6,
        }
    }

    /// TTL or hop limit, as received.
    pub fn ttl(&self) -> u8 {
        match self {
            Self::V4 { header, .. } => header[v4::TTL],
            Self::V6 { header, .. } => header[v6::HOP_LIMIT],
        }
    }

    /// TOS or traffic class byte: six bits of DSCP (RFC 2474), two of ECN (RFC 3168).
    pub fn tos(&self) -> u8 {
        match self {
            Self::V4 { header, .. } => header[v4::TOS],
            Self::V6 { header, .. } => header[0] << 4 | header[1] >> 4,
        }
    }

    /// The two ECN bits of [`Ip::tos`].
    pub fn ecn(&self) -> u8 {
        self.tos() & 3
    }

    /// The three flag bits of IPv4: 4 reserved, 2 DF, 1 MF.
    pub fn flags(&self) -> Option<u8> {
        match self {
            Self::V4 { header, .. } => Some(header[v4::FLAGS] >> 5),
            Self::V6 { .. } => None,
        }
    }

    /// Don't Fragment, of IPv4.
    pub fn df(&self) -> Option<bool> {
        self.flags().map(|flags| flags & 2 != 0)
    }

    /// Whether more IPv4 fragments follow or precede. The kernel reassembles a SYN before it
    /// saves it.
    pub fn is_fragment(&self) -> bool {
        self.v4_u16(v4::FLAGS).is_some_and(|word| word & 0x3fff != 0)
    }

    /// The identification of IPv4.
    pub fn id(&self) -> Option<u16> {
        self.v4_u16(v4::ID)
    }

    /// The header checksum of IPv4, as received.
    pub fn checksum(&self) -> Option<u16> {
        self.v4_u16(v4::CHECKSUM)
    }

    /// The flow label of IPv6 (RFC 6437).
    pub fn flow_label(&self) -> Option<u32> {
        match self {
            Self::V4 { .. } => None,
            Self::V6 { header: [_, a, b, c, ..], .. } => {
                Some(u32::from_be_bytes([0, a & 0x0f, *b, *c]))
            }
        }
    }

    /// Bytes of the header with its options or extension headers. An IPv4 header that claims
    /// fewer than the fixed part takes has the fixed part all the same.
    pub fn header_len(&self) -> usize {
        match self {
            Self::V4 { options, .. } => v4::HEADER_LEN + options.len(),
            Self::V6 { extensions, .. } => v6::HEADER_LEN + extensions.len(),
        }
    }

    /// Bytes of the whole packet, payload included, as the header says.
    pub fn total_len(&self) -> usize {
        match self {
            Self::V4 { header, .. } => usize::from(u16::from_be_bytes([
                header[v4::TOTAL_LENGTH],
                header[v4::TOTAL_LENGTH + 1],
            ])),
            Self::V6 { header, .. } => {
                let payload = [header[v6::PAYLOAD_LENGTH], header[v6::PAYLOAD_LENGTH + 1]];
                v6::HEADER_LEN + usize::from(u16::from_be_bytes(payload))
            }
        }
    }

    /// The raw IPv4 options or IPv6 extension headers.
    pub fn options(&self) -> &'a [u8] {
        match self {
            Self::V4 { options, .. } => options,
            Self::V6 { extensions, .. } => extensions,
        }
    }

    /// The protocol behind the header and its extensions.
    pub fn protocol(&self) -> u8 {
        match self {
            Self::V4 { header, .. } => header[v4::PROTOCOL],
            Self::V6 { protocol, .. } => *protocol,
        }
    }

    /// The sender's address.
    pub fn source(&self) -> IpAddr {
        match self {
            Self::V4 { header, .. } => v4_address(header, v4::SOURCE),
            Self::V6 { header, .. } => v6_address(header, v6::SOURCE),
        }
    }

    /// The address that it sent to.
    pub fn destination(&self) -> IpAddr {
        match self {
            Self::V4 { header, .. } => v4_address(header, v4::DESTINATION),
            Self::V6 { header, .. } => v6_address(header, v6::DESTINATION),
        }
    }

    fn v4_u16(&self, at: usize) -> Option<u16> {
        match self {
            Self::V4 { header, .. } => Some(u16::from_be_bytes([header[at], header[at + 1]])),
            Self::V6 { .. } => None,
        }
    }
}

fn v4_address(header: &[u8; v4::HEADER_LEN], at: usize) -> IpAddr {
    let mut octets = [0; 4];
    octets.copy_from_slice(&header[at..at + 4]);
    Ipv4Addr::from(octets).into()
}

fn v6_address(header: &[u8; v6::HEADER_LEN], at: usize) -> IpAddr {
    let mut octets = [0; 16];
    octets.copy_from_slice(&header[at..at + 16]);
    Ipv6Addr::from(octets).into()
}

/// The extension headers at the start of `bytes` and the protocol behind them.
///
/// A header that the bytes do not hold whole ends the walk, with its own number as the protocol. So
/// does that of a fragment which is not the first: no header is behind it.
fn walk_extensions(first: u8, bytes: &[u8]) -> (&[u8], u8) {
    // IANA's "IPv6 Extension Header Types". Every one but the fragment header (RFC 8200, 4.5)
    // and the authentication header (RFC 4302, 2.2) counts its length in units of eight bytes,
    // the first not counted (RFC 6564, 4).
    const HOP_BY_HOP: u8 = 0;
    const ROUTING: u8 = 43;
    const FRAGMENT: u8 = 44;
    const AUTHENTICATION: u8 = 51;
    const DESTINATION: u8 = 60;
    const MOBILITY: u8 = 135;
    const HOST_IDENTITY: u8 = 139;
    const SHIM6: u8 = 140;

    let (mut protocol, mut at) = (first, 0);
    while let Some(&[next, length]) = bytes.get(at..at + 2) {
        let length = usize::from(length);
        let len = match protocol {
            HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY | HOST_IDENTITY | SHIM6 => 8 + length * 8,
            FRAGMENT => 8,
            AUTHENTICATION => 8 + length * 4,
            _ => break,
        };
        let is_later = protocol == FRAGMENT && be16(bytes, at + 2).is_some_and(|word| word > 7);
        if at + len > bytes.len() || is_later {
            break;
        }
        (protocol, at) = (next, at + len);
    }
    (&bytes[..at], protocol)
}
