//! HAProxy's `ip.fp` converter in all of its modes (doc/configuration.txt of HAProxy 3.4).

use std::net::IpAddr;

use crate::syn::{flag, kind, Options, Syn};
use crate::text::{display_text, Hex, Out, Text};

/// The fingerprint: eight bytes, and behind them what its mode asks for. Its text is hex.
///
/// | byte | bits |
/// |---|---|
/// | 0 | TOS or traffic class |
/// | 1 | 7 IPv6, 6 DF (always on IPv6), 5-4 TTL up to 32, 64, 128 or above, 3 IPv4 options or extension headers, 2 payload, 1 CWR, 0 ECE |
/// | 2 | 7-4 TCP header length in words, 3-0 window scale + 1 up to 15, 0 without |
/// | 3, 4 | window |
/// | 5, 6 | MSS, 0 without |
/// | 7 | option kinds 2 to 8 from bit 0 on, any above in bit 7 |
///
/// The mode is a sum: 1 for the TTL, 2 for the option kinds in order, 4 for the source address, in
/// this order behind the eight bytes.
#[derive(Clone, Copy, Debug)]
pub struct IpFp<'a> {
    base: [u8; 8],
    mode: u8,
    syn: &'a Syn<'a>,
}

/// What a mode adds.
mod with {
    pub const TTL: u8 = 1;
    pub const KINDS: u8 = 2;
    pub const SOURCE: u8 = 4;
}

impl<'a> IpFp<'a> {
    /// The fingerprint of a SYN with a whole fixed TCP header, in a mode from 0 to 7.
    pub fn of(syn: &'a Syn<'a>, mode: u8) -> Option<Self> {
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
            | bit(3, !ip.options().is_empty())
            | bit(2, syn.payload_len()? > 0)
            | bit(1, flags & flag::CWR != 0)
            | bit(0, flags & flag::ECE != 0);
        let (mut mss, mut scale, mut kinds) = ([0; 2], 0, 0);
        // HAProxy takes an option that is there at its word, whatever its length: with a short one,
        // what follows it is the value.
        let mut at = 0;
        for (kind, len) in whole(options) {
            let value = &options.bytes[at + len.min(2)..];
            at += len;
            match (kind, value) {
                (kind::MSS, &[high, low, ..]) => mss = [high, low],
                (kind::WINDOW_SCALE, &[shift, ..]) => scale = shift.saturating_add(1).min(15),
                _ => {}
            }
            kinds |= match kind {
                0 | 1 => 0,
                kind @ 2..=8 => bit(kind - 2, true),
                9.. => bit(7, true),
            };
        }
        let lengths = (header_len as u8 / 4) << 4 | scale;
        let ([window_high, window_low], [mss_high, mss_low]) = (tcp.window()?.to_be_bytes(), mss);
        let base = [ip.tos(), traits, lengths, window_high, window_low, mss_high, mss_low, kinds];
        Some(Self { base, mode, syn })
    }
}

/// Kind and length of each option that is all there, before end-of-list.
fn whole<'a>(options: &Options<'a>) -> impl Iterator<Item = (u8, usize)> + use<'a> {
    let before_end = options.iter().take_while(|opt| opt.kind != kind::EOL);
    before_end.map_while(|opt| match opt.kind {
        kind::NOP => Some((opt.kind, 1)),
        _ => Some((opt.kind, 2 + opt.data?.len())),
    })
}

impl Text for IpFp<'_> {
    fn write_to(&self, out: &mut impl Out) {
        Hex(&self.base).write_to(out);
        if self.mode & with::TTL != 0 {
            Hex(&[self.syn.ip().ttl()]).write_to(out);
        }
        if let Some(tcp) = self.syn.tcp().filter(|_| self.mode & with::KINDS != 0) {
            whole(tcp.options()).for_each(|(kind, _)| Hex(&[kind]).write_to(out));
        }
        if self.mode & with::SOURCE != 0 {
            match self.syn.ip().source() {
                IpAddr::V4(address) => Hex(&address.octets()).write_to(out),
                IpAddr::V6(address) => Hex(&address.octets()).write_to(out),
            }
        }
    }
}
display_text!(IpFp<'_>);
