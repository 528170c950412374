//! The TCP header (RFC 9293, 3.1).

use super::bytes::{be16, be32};
use super::options::Options;

/// Where the fields of a TCP header are, in bytes.
mod field {
    pub const SOURCE_PORT: usize = 0;
    pub const DESTINATION_PORT: usize = 2;
    pub const SEQ: usize = 4;
    pub const ACK: usize = 8;
    pub const OFFSET_FLAGS: usize = 12;
    pub const WINDOW: usize = 14;
    pub const CHECKSUM: usize = 16;
    pub const URGENT: usize = 18;
}

/// Bytes of a header without options.
pub const MIN_HEADER_LEN: usize = 20;

/// Bits of [`Tcp::flags`].
pub mod flag {
    /// Synchronize.
    pub const SYN: u16 = 0x002;
    /// Push.
    pub const PSH: u16 = 0x008;
    /// Urgent.
    pub const URG: u16 = 0x020;
    /// ECN echo (RFC 3168).
    pub const ECE: u16 = 0x040;
    /// Congestion window reduced (RFC 3168).
    pub const CWR: u16 = 0x080;
    /// ECE, CWR, and AE (RFC 9768; NS in RFC 3540).
    pub const ANY_ECN: u16 = ECE | CWR | 0x100;
    /// FIN, SYN, RST and ACK: of these a client's first packet sets SYN alone.
    pub const HANDSHAKE: u16 = 0x017;
}

/// A TCP header, or the beginning of one: what the bytes do not reach is `None`.
#[derive(Clone, Copy, Debug)]
pub struct Tcp<'a> {
    header: &'a [u8],
    options: Options<'a>,
}

impl<'a> Tcp<'a> {
    #[inline]
    pub(super) fn parse(segment: &'a [u8]) -> Self {
        let len = data_offset(segment).unwrap_or(0).max(MIN_HEADER_LEN);
        let header = &segment[..len.min(segment.len())];
        let options = Options::parse(header.get(MIN_HEADER_LEN..).unwrap_or_default());
        Self { header, options }
    }

    /// The port of the sender.
    pub fn source_port(&self) -> Option<u16> {
        be16(self.header, field::SOURCE_PORT)
    }

    /// The port that it sent to.
    pub fn destination_port(&self) -> Option<u16> {
        be16(self.header, field::DESTINATION_PORT)
    }

    /// Sequence number.
    pub fn seq(&self) -> Option<u32> {
        be32(self.header, field::SEQ)
    }

    /// Acknowledgment number, which a SYN should leave 0.
    pub fn ack(&self) -> Option<u32> {
        be32(self.header, field::ACK)
    }

    /// Bytes of the header as it says itself; may be less than it takes or more than there is.
    pub fn data_offset(&self) -> Option<usize> {
        data_offset(self.header)
    }

    /// The nine flag bits: NS (AE since RFC 9768), CWR, ECE, URG, ACK, PSH, RST, SYN, FIN.
    pub fn flags(&self) -> Option<u16> {
        be16(self.header, field::OFFSET_FLAGS).map(|word| word & 0x1ff)
    }

    /// The window, never scaled in a SYN (RFC 7323, 2.2).
    pub fn window(&self) -> Option<u16> {
        be16(self.header, field::WINDOW)
    }

    /// The checksum: over the whole segment, or a partial sum where a virtual link left the rest
    /// to hardware that is not there.
    pub fn checksum(&self) -> Option<u16> {
        be16(self.header, field::CHECKSUM)
    }

    /// Urgent pointer, whether URG is set or not.
    pub fn urgent_pointer(&self) -> Option<u16> {
        be16(self.header, field::URGENT)
    }

    /// The options, as far as the packet reaches.
    pub fn options(&self) -> &Options<'a> {
        &self.options
    }

    /// Bytes of header that are there.
    pub fn header_len(&self) -> usize {
        self.header.len()
    }
}

fn data_offset(segment: &[u8]) -> Option<usize> {
    segment.get(field::OFFSET_FLAGS).map(|byte| usize::from(byte >> 4) * 4)
}
