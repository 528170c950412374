//! HAProxy's `ip.fp` converter, mode 0 (doc/configuration.txt of HAProxy 3.4).

use crate::syn::{flag, Syn};

/// The eight bytes of the fingerprint.
///
/// | byte | bits |
/// |---|---|
/// | 0 | TOS or traffic class |
/// | 1 | 7 IPv6, 6 DF (always on IPv6), 5-4 TTL up to 32, 64, 128 or above, 3 IPv4 options, 2 payload, 1 CWR, 0 ECE |
/// | 2 | 7-4 TCP header length in words, 3-0 window scale + 1 up to 15, 0 without |
/// | 3, 4 | window |
/// | 5, 6 | MSS, 0 without |
/// | 7 | option kinds 2 to 8 from bit 0 on, any above in bit 7 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpFp([u8; 8]);

impl IpFp {
    /// The fingerprint of a SYN with a whole fixed TCP header.
    pub fn of(syn: &Syn<'_>) -> Option<Self> {
        let ip = syn.ip();
        let tcp = syn.tcp()?;
        let options = tcp.options();
        let flags = tcp.flags()?;
        let header_len = tcp.data_offset()?;
        let bit = |at: u8, is_set: bool| u8::from(is_set) << at;

        let is_v6 = ip.version() == 6;
        let ttl_class = match ip.ttl() {
            ..=32 => 0,
            33..=64 => 1,
            65..=128 => 2,
            129.. => 3,
        };
        let traits = bit(7, is_v6)
            | bit(6, ip.df().unwrap_or(true))
            | ttl_class << 4
            | bit(3, !is_v6 && !ip.options().is_empty())
            | bit(2, syn.payload_len()? > 0)
            | bit(1, flags & flag::CWR != 0)
            | bit(0, flags & flag::ECE != 0);
        let scale = options.window_scale.map_or(0, |scale| scale.saturating_add(1).min(15));
        let lengths = (header_len as u8 / 4) << 4 | scale;
        let [window_high, window_low] = tcp.window()?.to_be_bytes();
        let [mss_high, mss_low] = options.mss.unwrap_or(0).to_be_bytes();
        let kinds = options.iter().filter(|opt| opt.data.is_some()).fold(0, |bits, opt| {
            bits | match opt.kind {
                0 | 1 => 0,
                kind @ 2..=8 => bit(kind - 2, true),
                9.. => bit(7, true),
            }
        });
        Some(Self([ip.tos(), traits, lengths, window_high, window_low, mss_high, mss_low, kinds]))
    }

    /// The fingerprint's bytes.
    pub fn bytes(&self) -> &[u8; 8] {
        &self.0
    }
}
