//! How closely p0f is followed.

use super::quirks::Quirks;

/// Hops beyond which p0f takes a distance for an accident (`MAX_DIST` of its config.h).
pub const MAX_DIST: u8 = 35;

/// Whether p0f is followed to the letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// With five corrections: `ack+` looks at the whole acknowledgment number, `opt+` at the last
    /// byte too, a signature of one IP version is none of the other's, and neither an IPv6 flow
    /// label, which every modern stack sets, nor an option that an application asks for (Fast Open,
    /// Multipath TCP) keeps a SYN from its signature.
    #[default]
    Corrected,
    /// As p0f 3.09b does it, bit for bit: of the acknowledgment number it sees bit 24 alone
    /// (fp_tcp.c, `fp_tcp_syn`), of the bytes behind end-of-list it skips the last.
    AsP0f,
}

impl Rules {
    /// The quirks that take part in a comparison.
    pub fn compared(self, quirks: Quirks) -> Quirks {
        match self {
            Self::Corrected => quirks.difference(Quirks::FLOW),
            Self::AsP0f => quirks,
        }
    }

    /// Whether a signature of this version, or of either, is for SYNs of that one. p0f reads the
    /// version and does not compare it.
    pub fn is_for(self, of_signature: Option<u8>, version: u8) -> bool {
        self == Self::AsP0f || of_signature.is_none_or(|its| its == version)
    }
}
