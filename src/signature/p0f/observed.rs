//! A SYN in p0f's terms, and its raw_sig (fp_tcp.c, `packet_to_sig` and `dump_sig`).

use super::layout::Layout;
use super::quirks::Quirks;
use super::rules::{Rules, MAX_DIST};
use crate::syn::{flag, kind, Syn};
use crate::text::{display_text, Out, Text};

/// What p0f looks at in a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// IP version of the packet.
    pub version: u8,
    /// TTL or hop limit, as received.
    pub ttl: u8,
    /// Bytes of IPv4 options.
    pub ip_options_len: u8,
    /// MSS, 0 without the option.
    pub mss: u16,
    /// The window, plain.
    pub window: u16,
    /// The window as a multiple, if it is one.
    pub multiple: Option<Window>,
    /// Window scale, 0 without the option.
    pub scale: u8,
    /// The options.
    pub layout: Layout,
    /// What is odd.
    pub quirks: Quirks,
    /// Whether the SYN carried data.
    pub has_payload: bool,
    /// The six DSCP bits.
    pub dscp: u8,
    /// TSval, 0 without timestamps.
    pub tsval: u32,
    /// The sender's port.
    pub source_port: u16,
}

/// A window as a multiple of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// Of the segment size.
    Mss(u16),
    /// Of the packet size.
    Mtu(u16),
}

impl Observed {
    /// Reads a SYN; `None` for what p0f passes over: fragments, anything but a lone SYN, headers
    /// that do not fit their packet; as p0f does it also IPv6 extension headers.
    pub fn of(syn: &Syn<'_>, rules: Rules) -> Option<Self> {
        let (ip, tcp) = (syn.ip(), syn.tcp()?);
        let header_len = tcp.data_offset()?;
        let flags = tcp.flags()?;
        let fits = tcp.header_len() == header_len
            && ip.header_len() + header_len <= ip.total_len()
            && !ip.is_fragment();
        let extended = ip.version() == 6 && !ip.options().is_empty();
        if !fits || flags & flag::HANDSHAKE != flag::SYN || extended && rules == Rules::AsP0f {
            return None;
        }
        let ack = tcp.ack()?;
        let urgent = flags & flag::URG != 0;
        let df = ip.df().unwrap_or(false);

        let mut quirks = Quirks::empty();
        quirks.insert_if(df, Quirks::DF);
        quirks.insert_if(df && ip.id() != Some(0), Quirks::NONZERO_ID);
        quirks.insert_if(!df && ip.id() == Some(0), Quirks::ZERO_ID);
        quirks.insert_if(ip.ecn() != 0 || flags & flag::ANY_ECN != 0, Quirks::ECN);
        quirks.insert_if(ip.flags().unwrap_or(0) & 4 != 0, Quirks::RESERVED);
        quirks.insert_if(ip.flow_label().unwrap_or(0) != 0, Quirks::FLOW);
        quirks.insert_if(tcp.seq()? == 0, Quirks::ZERO_SEQ);
        quirks.insert_if(
            match rules {
                Rules::Corrected => ack != 0,
                Rules::AsP0f => ack & 1 << 24 != 0,
            },
            Quirks::NONZERO_ACK,
        );
        quirks.insert_if(urgent, Quirks::URG);
        quirks.insert_if(!urgent && tcp.urgent_pointer()? != 0, Quirks::NONZERO_URGENT);
        quirks.insert_if(flags & flag::PSH != 0, Quirks::PUSH);

        let mut observed = Self {
            version: ip.version(),
            ttl: ip.ttl(),
            ip_options_len: if ip.version() == 4 { ip.options().len() as u8 } else { 0 },
            mss: 0,
            window: tcp.window()?,
            multiple: None,
            scale: 0,
            layout: Layout::default(),
            quirks,
            has_payload: syn.payload_len()? > 0,
            dscp: ip.tos() >> 2,
            tsval: 0,
            source_port: tcp.source_port()?,
        };
        let rest = observed.walk(tcp.options().bytes, rules);
        observed.quirks.insert_if(rest.is_none_or(|rest| !rest.is_empty()), Quirks::BAD);
        observed.multiple = observed.window_multiple(ip.header_len() + header_len);
        Some(observed)
    }

    /// Reads the options as p0f walks them: unlike the kernel it takes the size of those that it
    /// knows for given, whatever their length byte says. Gives what is left behind the last one
    /// that there is room for; `None` where one is cut off.
    fn walk<'a>(&mut self, mut bytes: &'a [u8], rules: Rules) -> Option<&'a [u8]> {
        while let Some((&kind, behind)) = bytes.split_first() {
            if kind == kind::EOL {
                if !self.layout.push_eol(behind.len() as u8) {
                    return Some(bytes);
                }
                let looked_at = match (rules, behind) {
                    (Rules::AsP0f, [but_last @ .., _]) => but_last,
                    _ => behind,
                };
                self.quirks.insert_if(looked_at.iter().any(|&byte| byte != 0), Quirks::TRAILING);
                return Some(&[]);
            }
            if !self.layout.push(kind) {
                return Some(bytes);
            }
            bytes = match kind {
                kind::NOP => behind,
                kind::MSS => {
                    let (data, rest) = self.fixed::<3>(behind)?;
                    self.mss = u16::from_be_bytes([data[1], data[2]]);
                    rest
                }
                kind::WINDOW_SCALE => {
                    let (data, rest) = self.fixed::<2>(behind)?;
                    self.scale = data[1];
                    self.quirks.insert_if(self.scale > 14, Quirks::EXCESS_SCALE);
                    rest
                }
                kind::SACK_PERMITTED => self.fixed::<1>(behind)?.1,
                kind::TIMESTAMPS => {
                    let (data, rest) = self.fixed::<9>(behind)?;
                    self.tsval = u32::from_be_bytes([data[1], data[2], data[3], data[4]]);
                    self.quirks.insert_if(self.tsval == 0, Quirks::ZERO_TS1);
                    self.quirks
                        .insert_if(data[5..].iter().any(|&byte| byte != 0), Quirks::NONZERO_TS2);
                    rest
                }
                _ => {
                    let lengths = if kind == kind::SACK { 10..=34 } else { 2..=40 };
                    let length = *behind.first().filter(|length| lengths.contains(*length))?;
                    behind.get(usize::from(length) - 1..)?
                }
            };
        }
        Some(bytes)
    }

    /// The length byte and data of an option that takes `N` bytes behind its kind.
    fn fixed<'a, const N: usize>(&mut self, behind: &'a [u8]) -> Option<(&'a [u8; N], &'a [u8])> {
        let (data, rest) = behind.split_first_chunk::<N>()?;
        self.quirks.insert_if(usize::from(data[0]) != N + 1, Quirks::BAD);
        Some((data, rest))
    }

    /// Hops to the next likely initial TTL (fp_tcp.c, `guess_dist`).
    pub fn guessed_dist(&self) -> u8 {
        let initial = match self.ttl {
            ..=32 => 32,
            33..=64 => 64,
            65..=128 => 128,
            129.. => 255,
        };
        initial - self.ttl
    }

    /// The path's MTU as the MSS tells it (fp_mtu.c, `fingerprint_mtu`); `None` without MSS.
    pub fn mtu(&self) -> Option<u32> {
        let headers = if self.version == 4 { 40 } else { 60 };
        (self.mss != 0).then_some(u32::from(self.mss) + headers)
    }

    /// Whether it is a probe of p0f's own tool, which chooses window and MSS for p0f to know it
    /// (tools/p0f-sendsyn.c).
    pub fn is_sendsyn(&self) -> bool {
        (self.window, self.mss) == (1337, 1331)
    }

    /// The first divisor that leaves no rest (fp_tcp.c, `detect_win_multi`).
    fn window_multiple(&self, headers: usize) -> Option<Window> {
        /// Below it a segment size is no sensible divisor.
        const MIN_MSS: u16 = 100;

        if self.window == 0 || self.mss < MIN_MSS {
            return None;
        }
        let (mss, v6) = (u32::from(self.mss), self.version == 6);
        // Segment sizes, the last four the common ones of Ethernet with and without timestamps.
        let mss_like = [
            Some(mss),
            (self.tsval != 0).then(|| mss - 12),
            Some(1460),
            Some(1448),
            v6.then_some(1440),
            v6.then_some(1428),
        ];
        let mtu_like =
            [Some(mss + 40), Some(mss + headers as u32), v6.then_some(mss + 60), Some(1500)];
        let window = u32::from(self.window);
        let multiple_of = |divisors: &[Option<u32>]| {
            let divides = |divisor: &u32| window % divisor == 0;
            let divisor = divisors.iter().find_map(|divisor| divisor.filter(divides))?;
            Some((window / divisor) as u16)
        };
        let of_mtu = || multiple_of(&mtu_like).map(Window::Mtu);
        multiple_of(&mss_like).map(Window::Mss).or_else(of_mtu)
    }
}

impl Observed {
    /// The layout that takes part in a comparison.
    pub fn compared_layout(&self, rules: Rules) -> Layout {
        match rules {
            Rules::Corrected => self.layout.of_stack(),
            Rules::AsP0f => self.layout,
        }
    }

    /// The SYN as the stack sends it where no application asks for more: without the options of
    /// [`Layout::of_stack`], and without the data that Fast Open put into it. `None` if it is that.
    pub fn of_stack(&self) -> Option<Self> {
        let layout = self.layout.of_stack();
        (layout != self.layout).then_some(Self { layout, has_payload: false, ..*self })
    }
}

/// p0f's raw_sig.
impl Text for Observed {
    fn write_to(&self, out: &mut impl Out) {
        self.version.write_to(out);
        out.push(':');
        self.ttl.write_to(out);
        match self.guessed_dist() {
            dist if dist > MAX_DIST => out.push_str("+?"),
            dist => {
                out.push('+');
                dist.write_to(out);
            }
        }
        out.push(':');
        self.ip_options_len.write_to(out);
        out.push(':');
        self.mss.write_to(out);
        let (form, window) = match self.multiple {
            Some(Window::Mss(times)) => (":mss*", times),
            Some(Window::Mtu(times)) => (":mtu*", times),
            None => (":", self.window),
        };
        out.push_str(form);
        window.write_to(out);
        out.push(',');
        self.scale.write_to(out);
        out.push(':');
        self.layout.write_to(out);
        out.push(':');
        self.quirks.write_to(out);
        out.push_str(if self.has_payload { ":+" } else { ":0" });
    }
}
display_text!(Observed);
