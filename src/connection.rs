//! All that is known of one connection.

use std::fmt;
use std::time::Duration;

use crate::syn::Syn;
use crate::tcp_info::{RttQuality, TcpInfo};

/// What the kernel told of one connection, each part if it was there.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// What became of the SYN.
    pub syn_status: SynStatus,
    /// The SYN.
    pub syn: Option<Syn<'a>>,
    /// TCP_INFO right after accept.
    pub info: Option<TcpInfo<'a>>,
    /// When the server accepted it, since the Unix epoch.
    pub accept_time: Option<Duration>,
}

impl Connection<'_> {
    /// A connection of which nothing is known, for this reason.
    pub const fn unknown(syn_status: SynStatus) -> Self {
        Self { syn_status, syn: None, info: None, accept_time: None }
    }

    /// The handshake's round trip in microseconds, and how far it can be trusted.
    pub fn handshake_rtt(&self) -> Option<(Option<u64>, RttQuality)> {
        Some(self.info?.handshake_rtt(self.syn_status == SynStatus::Missing))
    }
}

/// What became of the SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynStatus {
    /// It is there.
    Saved,
    /// The kernel kept none: SYN cookies, or a handshake older than the option.
    Missing,
    /// No SYN on such a socket: unix socket, QUIC, MPTCP listener.
    Unsupported,
    /// A system call failed.
    Error,
    /// It was not asked for.
    Off,
}

impl SynStatus {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Missing => "missing",
            Self::Unsupported => "unsupported",
            Self::Error => "error",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for SynStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
