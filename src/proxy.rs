//! Whether somebody stands between a client and the server, by the round trips of each layer.
//!
//! A relay ends the client's TCP and lets what is in it through. TCP's round trip then ends at the
//! relay, and that of TLS or HTTP/2 at the client. Their difference is the way that is hidden.

use crate::tcp_info::{member, Rtt, RttQuality, TcpInfo};

/// How long the hidden way may be, in microseconds of its round trip: below the first it is that of a
/// direct client, from the second on that of one behind a proxy.
///
/// The default is between what was measured of real proxies in homes and of direct clients: these
/// were up to 8.5 ms late, the nearest of those 31.5 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Less is direct.
    pub direct: u64,
    /// This and more is proxied.
    pub proxied: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { direct: 12_000, proxied: 25_000 }
    }
}

/// What the round trips of a connection say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// Who speaks TLS is where TCP ends.
    Direct,
    /// It may be one or the other.
    Unsure,
    /// There is a way behind the end of TCP.
    Proxied,
}

impl Proxy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Unsure, Self::Proxied];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Unsure => "unsure",
            Self::Proxied => "proxied",
        }
    }
}

/// The round trips of a connection, in microseconds, each if it is known.
#[derive(Clone, Copy, Debug)]
pub struct RoundTrips {
    /// The handshake's of TCP.
    pub handshake: Rtt,
    /// One of TLS, with the client's time to think.
    pub tls: Option<u64>,
    /// HTTP/2's, likewise.
    pub http2: Option<u64>,
    /// How long TCP waited until our part of the handshake of TLS was [acknowledged].
    pub acknowledged: Option<u64>,
    /// From accept to the client's first byte.
    pub hello_delay: Option<u64>,
    /// The shortest [gap](Self::gap) of the client's connections of late, where they are counted.
    pub nearest: Option<u64>,
}

/// Microseconds after which a client sends again what nobody has acknowledged, at the earliest: the
/// kernel's TCP_RTO_MIN (include/net/tcp.h), and the like elsewhere (RFC 8985, 7.2, for a tail of one
/// segment).
const SENT_AGAIN: u64 = 200_000;

/// Microseconds that are no distance any more: the client was busy, or has asked its user.
const NO_DISTANCE: u64 = 1_000_000;

/// Segments that a handshake of TLS may take, session tickets included. More is an answer, which
/// may wait in a queue of its own making.
const HANDSHAKE: u64 = 8;

/// Microseconds until the client's end of TCP had acknowledged what the handshake of TLS sent, on
/// average; `None` before that, and when more has been acknowledged since.
pub fn acknowledged(at_accept: &TcpInfo<'_>, now: &TcpInfo<'_>) -> Option<u64> {
    let [before, by_now] = [at_accept, now].map(|info| info.get(&member::delivered));
    let segments = by_now?.checked_sub(before?).filter(|count| (1..=HANDSHAKE).contains(count))?;
    let [before, by_now] = [at_accept, now].map(|info| info.get(&member::rtt));
    let (before, by_now) = (before.filter(|&rtt| rtt > 0)? as f64, by_now? as f64);
    // Each round trip moves the smoothed one an eighth of the way to it (RFC 6298, 2.3). There is at
    // most one to a segment; were there fewer, then theirs are further from the first.
    let kept = 0.875_f64.powi(segments as i32);
    Some(((by_now - before * kept) / (1.0 - kept)) as u64)
}

impl RoundTrips {
    /// The shortest that whoever speaks inside of TCP has answered.
    pub fn inside(&self) -> Option<u64> {
        self.tls.into_iter().chain(self.http2).min()
    }

    /// What TLS took longer than TCP; `None` where TCP's round trip is not that of this hop, or may be
    /// too long.
    ///
    /// Whoever is near acknowledges a message as late as they answer it. So TCP's is the wait for the
    /// very same messages, where that was longer than the handshake's. But a relay may hold its
    /// acknowledgments back for 40 ms and more (TCP_DELACK_MIN of include/net/tcp.h, and the like
    /// elsewhere), so what is long enough for a proxy stays as it is.
    pub fn gap(&self, now: &TcpInfo<'_>, limits: Limits) -> Option<u64> {
        let Rtt { micros, quality } = now.late_rtt(self.handshake);
        if matches!(quality, RttQuality::Forwarded | RttQuality::UpperBound) {
            return None;
        }
        let (tls, tcp) = (self.tls?, micros?);
        let gap = tls.saturating_sub(tcp);
        let end = tcp.max(self.acknowledged.filter(|_| gap < limits.proxied).unwrap_or(tcp));
        Some(tls.saturating_sub(end))
    }

    /// The verdict; `None` without a round trip of both TCP and what is inside, or where TCP's is
    /// another hop's.
    ///
    /// `now` is struct tcp_info by now, when TCP has seen the same answers arrive: if their times vary,
    /// then a late answer from inside is no sign. What was lost on the way comes late, too, and so is
    /// none by itself.
    ///
    /// TLS and HTTP/2 are two witnesses of one distance, so the nearer one limits it, and the two
    /// together are not both late by a loss. But an acknowledgment of HTTP/2 can be sent unasked, while
    /// an answer in TLS needs ours: without TLS, there is no verdict but `proxied`. Whose other
    /// connections have been near is not behind a proxy by one that is late.
    pub fn verdict(&self, now: &TcpInfo<'_>, limits: Limits) -> Option<Proxy> {
        let Rtt { micros, quality } = now.late_rtt(self.handshake);
        let tcp = micros?;
        let inside = self.inside()?;
        if quality == RttQuality::Forwarded {
            return None;
        }
        let is_near = |gap: u64| gap < limits.direct;
        if self.gap(now, limits).is_some_and(is_near) {
            return Some(Proxy::Direct);
        }
        let has_two = self.tls.and(self.http2).is_some();
        // What TCP itself would still expect (RFC 6298, with less patience). Its variance begins with
        // half a round trip, which nobody has seen vary: a margin for one witness alone, who may have
        // had much to compute. For two it is enough how much TCP's own waits have differed.
        let [smoothed, variance] = [&member::rtt, &member::rttvar].map(|it| now.get(it));
        let expected = tcp.max(smoothed? + 2 * variance?);
        let seen = |wait: u64| tcp.max(wait) + 2 * tcp.abs_diff(wait);
        let longest = match self.acknowledged.filter(|_| has_two) {
            Some(wait) => expected.min(seen(wait)),
            None => expected,
        };
        let hidden = inside.saturating_sub(longest);
        let has_waited = self.hello_delay.is_some_and(|delay| delay >= limits.proxied);
        let has_lost = [&member::total_retrans, &member::rcv_ooopack]
            .into_iter()
            .any(|member| now.get(member).is_some_and(|count| count > 0));
        let is_as_late_as_lost = inside.saturating_sub(tcp) >= SENT_AGAIN;
        let may_be_loss = has_lost || (is_as_late_as_lost && !has_waited && !has_two);
        let was_near = self.nearest.is_some_and(is_near);
        let is_far = hidden >= limits.proxied && hidden < NO_DISTANCE && !may_be_loss && !was_near;
        match self.tls {
            _ if is_far => Some(Proxy::Proxied),
            Some(_) => Some(Proxy::Unsure),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests;
