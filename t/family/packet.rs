//! A client's first packet, field by field.

use ngx_tcpfp::signature::p0f::{Quirks, Signature, WindowForm};
use ngx_tcpfp::syn::{flag, kind};

/// What a stack chooses, and a path changes.
#[derive(Clone, Debug)]
pub struct Packet {
    pub version: u8,
    pub ttl: u8,
    pub df: bool,
    pub id: u16,
    pub ip_ecn: u8,
    pub flags: u16,
    pub seq: u32,
    pub ack: u32,
    pub urgent: u16,
    pub window: u16,
    /// Kind and data, to the end-of-list.
    pub options: Vec<(u8, Vec<u8>)>,
}

impl Packet {
    /// A packet that has a signature. Where that leaves a choice it is `mss` and a scale of 7;
    /// a window that is open too makes it `None`.
    pub fn of(signature: &Signature, mss: u16) -> Option<Self> {
        let has = |quirk| signature.quirks.intersects(quirk);
        let mss = signature.mss.unwrap_or(mss);
        let window = match signature.window {
            WindowForm::Any => return None,
            WindowForm::Exactly(window) => window,
            WindowForm::MultipleOf(divisor) => divisor,
            WindowForm::Mss(times) => times.checked_mul(mss)?,
            WindowForm::Mtu(times) => times.checked_mul(mss + 40)?,
        };
        let timestamp =
            |absent, quirk| if has(quirk) != absent { vec![0, 0, 7, 9] } else { vec![0; 4] };
        let data = |kind| match kind {
            kind::MSS => mss.to_be_bytes().to_vec(),
            kind::WINDOW_SCALE => vec![signature.scale.unwrap_or(7)],
            kind::TIMESTAMPS => {
                [timestamp(true, Quirks::ZERO_TS1), timestamp(false, Quirks::NONZERO_TS2)].concat()
            }
            // Fast Open's experimental form, a request without a cookie: RFC 7413, appendix A.
            254 => vec![0xf9, 0x89],
            30 => vec![0, 0x81, 0, 0, 0, 0, 0, 0, 0, 1],
            _ => vec![],
        };
        let ecn = if has(Quirks::ECN) { flag::ECE | flag::CWR } else { 0 };
        Some(Self {
            version: signature.version.unwrap_or(4),
            ttl: signature.ttl,
            df: has(Quirks::DF),
            id: u16::from(has(Quirks::NONZERO_ID) || !has(Quirks::DF) && !has(Quirks::ZERO_ID))
                * 7919,
            ip_ecn: 0,
            flags: flag::SYN | ecn,
            seq: u32::from(!has(Quirks::ZERO_SEQ)) * 77_777,
            ack: u32::from(has(Quirks::NONZERO_ACK)) * 16_777_217,
            urgent: u16::from(has(Quirks::NONZERO_URGENT)),
            window,
            options: signature.layout.kinds().iter().map(|&kind| (kind, data(kind))).collect(),
        })
    }

    /// The headers, as the kernel saves them; the checksums are 0.
    pub fn bytes(&self) -> Vec<u8> {
        let mut options = Vec::new();
        for (kind, data) in &self.options {
            options.push(*kind);
            if !matches!(*kind, kind::EOL | kind::NOP) {
                options.push(data.len() as u8 + 2);
            }
            options.extend(data);
        }
        options.resize(options.len().next_multiple_of(4), 0);
        let tcp_len = 20 + options.len() as u16;
        let mut packet = if self.version == 4 {
            let fragment = u16::from(self.df) << 14;
            let mut ip = vec![0x45, self.ip_ecn];
            ip.extend((20 + tcp_len).to_be_bytes());
            ip.extend(self.id.to_be_bytes());
            ip.extend(fragment.to_be_bytes());
            ip.extend([self.ttl, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 1]);
            ip
        } else {
            let mut ip = vec![0x60, self.ip_ecn << 4, 0, 0];
            ip.extend(tcp_len.to_be_bytes());
            ip.extend([6, self.ttl]);
            ip.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1].repeat(2));
            ip
        };
        packet.extend([0xc0, 0x01, 0x01, 0xbb]);
        packet.extend(self.seq.to_be_bytes());
        packet.extend(self.ack.to_be_bytes());
        packet.extend((tcp_len << 10 | self.flags).to_be_bytes());
        packet.extend(self.window.to_be_bytes());
        packet.extend([0, 0]);
        packet.extend(self.urgent.to_be_bytes());
        packet.extend(options);
        packet
    }
}
