//! struct tcp_info of linux/tcp.h, read by one table.
//!
//! The structure only ever grows at its end, and getsockopt(TCP_INFO) returns as much of it as
//! this kernel has. A field that the returned length does not reach is absent, whatever the
//! headers say that the module was built with.

use std::fmt;

/// Calls `$then` with every field: `name: type @ byte, (bits of a bit field,) meaning`.
///
/// Bit fields count from the least significant bit, as compilers lay them out on little-endian
/// machines.
macro_rules! for_each_tcp_info_field {
    ($then:ident) => {
        $then! {
            state: u8 @ 0, "state of the connection (include/net/tcp_states.h)";
            ca_state: u8 @ 1, "state of congestion avoidance";
            retransmits: u8 @ 2, "timeouts in a row without an acknowledgment";
            probes: u8 @ 3, "zero-window probes not answered";
            backoff: u8 @ 4, "exponent of the timer's backoff";
            options: u8 @ 5, "what was negotiated: 1 timestamps, 2 SACK, 4 window scaling, 8 ECN, 32 data in the SYN, 128 Fast Open child";
            snd_wscale: u8 @ 6 [0, 4], "window scale that the client asked for, at most 14";
            rcv_wscale: u8 @ 6 [4, 4], "window scale of this host";
            delivery_rate_app_limited: u8 @ 7 [0, 1], "1 if delivery_rate is limited by the application";
            fastopen_client_fail: u8 @ 7 [1, 2], "why Fast Open failed, as a client";
            rto: u32 @ 8, "retransmission timeout, microseconds";
            ato: u32 @ 12, "delayed acknowledgment timeout, microseconds";
            snd_mss: u32 @ 16, "segment size for sending, bytes";
            rcv_mss: u32 @ 20, "segment size seen from the client, bytes; 536 until data has come";
            unacked: u32 @ 24, "segments sent and not acknowledged";
            sacked: u32 @ 28, "segments acknowledged selectively";
            lost: u32 @ 32, "segments thought lost";
            retrans: u32 @ 36, "segments retransmitted and not acknowledged";
            fackets: u32 @ 40, "forward acknowledged segments (old kernels)";
            last_data_sent: u32 @ 44, "milliseconds since data was sent";
            last_ack_sent: u32 @ 48, "not kept by the kernel: 0";
            last_data_recv: u32 @ 52, "milliseconds since data came";
            last_ack_recv: u32 @ 56, "milliseconds since an acknowledgment came";
            pmtu: u32 @ 60, "path MTU as this host believes it, bytes";
            rcv_ssthresh: u32 @ 64, "receive window clamp, bytes";
            rtt: u32 @ 68, "smoothed round trip, microseconds";
            rttvar: u32 @ 72, "its mean deviation, microseconds";
            snd_ssthresh: u32 @ 76, "slow start threshold, segments";
            snd_cwnd: u32 @ 80, "congestion window, segments";
            advmss: u32 @ 84, "segment size that this host announced, bytes";
            reordering: u32 @ 88, "reordering that is expected, segments";
            rcv_rtt: u32 @ 92, "round trip seen as a receiver, microseconds";
            rcv_space: u32 @ 96, "receive buffer tuning, bytes";
            total_retrans: u32 @ 100, "segments retransmitted in all, the SYN-ACK included";
            pacing_rate: u64 @ 104, "pacing rate, bytes a second";
            max_pacing_rate: u64 @ 112, "its limit, bytes a second";
            bytes_acked: u64 @ 120, "bytes that the client acknowledged";
            bytes_received: u64 @ 128, "bytes that the client sent";
            segs_out: u32 @ 136, "segments sent";
            segs_in: u32 @ 140, "segments received";
            notsent_bytes: u32 @ 144, "bytes waiting to be sent";
            min_rtt: u32 @ 148, "smallest round trip, microseconds; 4294967295 without a sample";
            data_segs_in: u32 @ 152, "segments received that carried data";
            data_segs_out: u32 @ 156, "segments sent that carried data";
            delivery_rate: u64 @ 160, "recent delivery rate, bytes a second";
            busy_time: u64 @ 168, "time with data to send, microseconds";
            rwnd_limited: u64 @ 176, "of it limited by the client's window, microseconds";
            sndbuf_limited: u64 @ 184, "of it limited by the send buffer, microseconds";
            delivered: u32 @ 192, "segments delivered";
            delivered_ce: u32 @ 196, "of them marked Congestion Experienced";
            bytes_sent: u64 @ 200, "bytes sent, retransmissions included";
            bytes_retrans: u64 @ 208, "bytes retransmitted";
            dsack_dups: u32 @ 216, "duplicates that the client reported by DSACK";
            reord_seen: u32 @ 220, "reorderings seen";
            rcv_ooopack: u32 @ 224, "segments received out of order";
            snd_wnd: u32 @ 228, "window that the client announces, scaled, bytes";
            rcv_wnd: u32 @ 232, "window that this host announces, scaled, bytes";
            rehash: u32 @ 236, "times that the flow was hashed to another path";
            total_rto: u16 @ 240, "retransmission timeouts";
            total_rto_recoveries: u16 @ 242, "recoveries from them";
            total_rto_time: u32 @ 244, "time spent in them, milliseconds";
            received_ce: u32 @ 248, "AccECN: segments received marked Congestion Experienced";
            delivered_e1_bytes: u32 @ 252, "AccECN: bytes delivered marked ECT(1)";
            delivered_e0_bytes: u32 @ 256, "AccECN: bytes delivered marked ECT(0)";
            delivered_ce_bytes: u32 @ 260, "AccECN: bytes delivered marked Congestion Experienced";
            received_e1_bytes: u32 @ 264, "AccECN: bytes received marked ECT(1)";
            received_e0_bytes: u32 @ 268, "AccECN: bytes received marked ECT(0)";
            received_ce_bytes: u32 @ 272, "AccECN: bytes received marked Congestion Experienced";
            accecn_fail_mode: u16 @ 276, "AccECN: why it failed";
            accecn_opt_seen: u16 @ 278, "AccECN: what was seen of its option";
        }
    };
}
pub(crate) use for_each_tcp_info_field;

/// One field of struct tcp_info.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// `rtt` for `tcpi_rtt`.
    pub name: &'static str,
    /// First byte.
    pub at: usize,
    /// Bytes.
    pub size: usize,
    /// First bit and number of bits, of a bit field.
    pub bits: Option<(u32, u32)>,
    /// Meaning and unit.
    pub about: &'static str,
}

macro_rules! members {
    ($($name:ident: $type:ident @ $at:literal $([$bit:literal, $bits:literal])?, $about:literal;)*) => {
        /// The fields by their names.
        #[allow(non_upper_case_globals, missing_docs)]
        pub mod member {
            use super::Member;
            $(pub static $name: Member = Member {
                name: stringify!($name),
                at: $at,
                size: size_of::<$type>(),
                bits: members!(@bits $($bit, $bits)?),
                about: $about,
            };)*
        }

        /// Every field that this library knows, in the kernel's order.
        pub static MEMBERS: &[&Member] = &[$(&member::$name,)*];
    };
    (@bits) => { None };
    (@bits $bit:literal, $bits:literal) => { Some(($bit, $bits)) };
}
for_each_tcp_info_field!(members);

/// The value of the kernel for "no sample yet" in tcpi_min_rtt.
const NO_MIN_RTT: u64 = u32::MAX as u64;

/// TCP_SYN_RECV (include/net/tcp_states.h): a Fast Open child before the third ACK.
const SYN_RECV: u64 = 3;

/// What getsockopt(TCP_INFO) returned.
///
/// ```
/// use ngx_tcpfp::tcp_info::{member, TcpInfo};
///
/// // As an old kernel returns it, which has no more than 104 bytes.
/// let mut bytes = [0; 104];
/// bytes[68..72].copy_from_slice(&23_456_u32.to_ne_bytes());
/// let info = TcpInfo::new(&bytes);
/// assert_eq!(info.get(&member::rtt), Some(23_456));
/// assert_eq!(info.get(&member::min_rtt), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TcpInfo<'a> {
    bytes: &'a [u8],
}

impl<'a> TcpInfo<'a> {
    /// Takes the bytes as they are, in this machine's byte order.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The structure as returned.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// One field; `None` if this kernel does not have it.
    #[inline(always)]
    pub fn get(&self, member: &Member) -> Option<u64> {
        let bytes = self.bytes.get(member.at..member.at + member.size)?;
        let value = match *bytes {
            [a] => a.into(),
            [a, b] => u16::from_ne_bytes([a, b]).into(),
            [a, b, c, d] => u32::from_ne_bytes([a, b, c, d]).into(),
            _ => u64::from_ne_bytes(bytes.try_into().ok()?),
        };
        Some(member.bits.map_or(value, |(bit, bits)| value >> bit & ((1 << bits) - 1)))
    }

    /// The kernel's minimum round trip in microseconds, once it has one.
    pub fn min_rtt(&self) -> Option<u64> {
        self.get(&member::min_rtt).filter(|&rtt| rtt != NO_MIN_RTT)
    }

    /// The handshake's round trip, SYN-ACK to ACK. Asked right after accept, before the server has
    /// sent data: only its data makes further samples.
    ///
    /// `cookie` says that the kernel kept no SYN although it was asked to.
    pub fn handshake_rtt(&self, cookie: bool) -> Rtt {
        let rtt = self.get(&member::rtt).filter(|&rtt| rtt != 0);
        let (Some(rtt), Some(min_rtt)) = (rtt, self.min_rtt()) else { return Rtt::UNKNOWN };
        if self.get(&member::state) == Some(SYN_RECV) {
            return Rtt::UNKNOWN;
        }
        if cookie {
            return Rtt::of(rtt, RttQuality::Cookie);
        }
        if self.get(&member::total_retrans) != Some(0) {
            return Rtt::of(rtt, RttQuality::Retrans);
        }
        // The SYN is one of the segments and the bare third ACK must be another; without it the
        // sample ends with the client's first data.
        let bare = self.get(&member::segs_in).zip(self.get(&member::data_segs_in));
        if bare.is_none_or(|(all, data)| all.saturating_sub(data) < 2) {
            return Rtt::of(rtt, RttQuality::UpperBound);
        }
        // After one sample rttvar is half of it (net/ipv4/tcp_input.c, tcp_rtt_estimator).
        let half = self.get(&member::rttvar).map_or(u64::MAX, |var| var.abs_diff(rtt / 2));
        if half > 1 {
            return Rtt::of(min_rtt, RttQuality::Mixed);
        }
        Rtt::of(rtt, RttQuality::Ok)
    }

    /// The round trip as this later reading tells it, where accept was too early: with Fast Open
    /// the handshake's own, when its third ACK has come; after an upper bound the smallest since,
    /// when the client has acknowledged data. Else that at accept.
    pub fn late_rtt(&self, at_accept: Rtt) -> Rtt {
        let is_new = match at_accept.quality {
            RttQuality::None => self.get(&member::state) != Some(SYN_RECV),
            RttQuality::UpperBound => self.get(&member::bytes_acked).is_some_and(|bytes| bytes > 0),
            _ => false,
        };
        let late = self.min_rtt().filter(|_| is_new);
        late.map_or(at_accept, |late| Rtt::of(late, RttQuality::Late))
    }
}

/// A round trip of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rtt {
    /// Microseconds; `None` if there is no sample.
    pub micros: Option<u64>,
    /// How far it can be trusted.
    pub quality: RttQuality,
}

impl Rtt {
    const UNKNOWN: Self = Self { micros: None, quality: RttQuality::None };

    fn of(micros: u64, quality: RttQuality) -> Self {
        Self { micros: Some(micros), quality }
    }
}

/// How far the handshake's round trip can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RttQuality {
    /// One sample, SYN-ACK to ACK.
    Ok,
    /// More than one sample: the minimum is given.
    Mixed,
    /// The third ACK was not seen alone (deferred accept, or it was lost): the wait for the
    /// client's first data may be in it.
    UpperBound,
    /// Something was retransmitted.
    Retrans,
    /// SYN cookies: measured from the timestamp option, in the clock's granularity.
    Cookie,
    /// No sample.
    None,
    /// Accept was too early, and later the kernel had the path's true minimum.
    Late,
    /// A proxy in front has measured it, and told.
    Forwarded,
}

impl RttQuality {
    /// Whether a later reading can tell more.
    pub fn is_early(self) -> bool {
        matches!(self, Self::UpperBound | Self::None)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Mixed => "mixed",
            Self::UpperBound => "upper_bound",
            Self::Retrans => "retrans",
            Self::Cookie => "cookie",
            Self::None => "none",
            Self::Late => "late",
            Self::Forwarded => "forwarded",
        }
    }
}

impl fmt::Display for RttQuality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
