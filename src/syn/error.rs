//! Why bytes are no SYN.

use std::fmt;

/// Why bytes are no SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynError {
    /// No byte at all.
    Empty,
    /// The first nibble is neither 4 nor 6.
    Version {
        /// That nibble.
        nibble: u8,
    },
    /// The packet ends inside a header.
    Truncated {
        /// Bytes there are.
        have: usize,
        /// Bytes that the header takes.
        need: usize,
    },
    /// The IP header leads to another protocol.
    NotTcp {
        /// That protocol's number.
        protocol: u8,
    },
    /// A part of a packet only.
    Fragment,
    /// SYN is clear, or ACK, FIN or RST is set.
    NotSyn {
        /// The nine flag bits.
        flags: u16,
    },
}

impl fmt::Display for SynError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "empty"),
            Self::Version { nibble } => write!(f, "not an IP packet: version {nibble}"),
            Self::Truncated { have, need } => {
                write!(f, "truncated: {have} bytes, the headers take at least {need}")
            }
            Self::NotTcp { protocol } => write!(f, "not TCP: IP protocol {protocol}"),
            Self::Fragment => write!(f, "a fragment"),
            Self::NotSyn { flags } => write!(f, "not a SYN: TCP flags 0x{flags:03x}"),
        }
    }
}

impl std::error::Error for SynError {}
