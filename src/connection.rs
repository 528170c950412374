//! All that is known of one connection.

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::claim::Claim;
use crate::client_hello::ClientHello;
use crate::database::{Database, Hit, Label, Match};
use crate::ethernet::Ethernet;
use crate::family::{Shares, Verdict};
use crate::proxy::RoundTrips;
use crate::signature::p0f::{Observed, Rules, MAX_DIST};
use crate::syn::Syn;
use crate::tcp_info::{Rtt, RttQuality, TcpInfo};
use crate::text::{display_text, Hex, Out, Text};
use crate::timing::Timing;

/// What the kernel told of one connection, each part if it was there, and what follows from it.
///
/// ```
/// use ngx_tcpfp::connection::Connection;
/// use ngx_tcpfp::database::{Database, BUILTIN_NAME};
/// use ngx_tcpfp::signature::p0f::Rules;
/// use ngx_tcpfp::syn::Syn;
///
/// let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)?;
/// // IP header, TCP header, options, as the kernel saves them.
/// let packet = b"\x45\0\0\x3c\x1a\x2b\x40\0\x33\x06\0\0\xc0\0\x02\x01\xc6\x33\x64\x01\
///     \xc0\x01\x01\xbb\0\0\x12\x34\0\0\0\0\xa0\x02\xfa\xf0\0\0\0\0\
///     \x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\x12\x34\0\0\0\0\x01\x03\x03\x07";
/// let mut connection = Connection::of_syn(Syn::parse(packet).expect("a SYN"));
/// connection.database = Some(&database);
///
/// assert_eq!(connection.mtu(), Some(1500));
/// assert_eq!(connection.found().map(|found| found.dist), Some(13));
/// assert_eq!(connection.verdict().map(|verdict| verdict.family.as_str()), Some("Linux"));
/// # Ok::<_, ngx_tcpfp::database::Problem>(())
/// ```
#[derive(Clone, Debug)]
pub struct Connection<'a> {
    /// What became of the SYN.
    pub syn_status: SynStatus,
    /// The SYN.
    pub syn: Option<Syn<'a>>,
    /// The header of the frame that brought the SYN.
    pub ethernet: Option<Ethernet>,
    /// TCP_INFO right after accept.
    pub info: Option<TcpInfo<'a>>,
    /// When the server accepted it, since the Unix epoch.
    pub accept_time: Option<Duration>,
    /// The signatures to compare the SYN with.
    pub database: Option<&'a Database>,
    /// When things happened, as far as they have by now.
    pub timing: Option<&'a Cell<Timing>>,
    /// What is kept of its ClientHello, once that is there; for connections in progress.
    pub client_hello: Option<&'a Cell<Option<ClientHello<'static>>>>,
    /// Microseconds of the round trip between the client and a proxy in front, as that has told.
    pub forwarded_rtt: Option<u64>,
    /// Whether the kernel kept no SYN of this very connection, and so answered with a cookie.
    has_cookie: bool,
    /// What the comparison gave, when it was first asked for.
    compared: OnceCell<Option<Compared>>,
    /// What the SYN says of its family, when that was first asked for.
    verdict: OnceCell<Option<Verdict>>,
}

impl<'a> Connection<'a> {
    /// A connection of which nothing is known, for this reason.
    pub const fn unknown(syn_status: SynStatus) -> Self {
        Self {
            forwarded_rtt: None,
            has_cookie: matches!(syn_status, SynStatus::Missing),
            syn_status,
            syn: None,
            ethernet: None,
            info: None,
            accept_time: None,
            database: None,
            timing: None,
            client_hello: None,
            compared: OnceCell::new(),
            verdict: OnceCell::new(),
        }
    }

    /// A connection of which the SYN is known, and nothing else.
    pub const fn of_syn(syn: Syn<'a>) -> Self {
        let mut connection = Self::unknown(SynStatus::Saved);
        connection.syn = Some(syn);
        connection
    }

    /// The same connection with the SYN that a proxy in front has forwarded in place of its own, or
    /// with none, for this reason.
    pub fn with_forwarded(&self, syn: Result<Syn<'a>, SynStatus>) -> Self {
        Self {
            syn_status: syn.err().unwrap_or(SynStatus::Forwarded),
            syn: syn.ok(),
            ethernet: None,
            compared: OnceCell::new(),
            verdict: OnceCell::new(),
            ..*self
        }
    }

    /// The client's address, if a proxy in front has forwarded its SYN.
    pub fn forwarded_from(&self) -> Option<IpAddr> {
        let syn = self.syn.as_ref().filter(|_| self.syn_status == SynStatus::Forwarded)?;
        Some(syn.ip().source())
    }

    /// The handshake's round trip, as it was known at accept: the proxy's with the client, if it has
    /// told.
    pub fn handshake_rtt(&self) -> Option<Rtt> {
        if self.forwarded_rtt.is_some() {
            return Some(Rtt { micros: self.forwarded_rtt, quality: RttQuality::Forwarded });
        }
        Some(self.info?.handshake_rtt(self.has_cookie))
    }

    /// Microseconds of one TLS round trip, once the handshake is over.
    pub fn tls_rtt(&self) -> Option<u64> {
        self.timing?.get().tls_rtt()
    }

    /// The round trips of each layer, as far as they are known by now. HTTP/2's is kept elsewhere, and
    /// so is what other connections had, and TCP's own wait for the same messages.
    pub fn round_trips(&self, http2: Option<u64>) -> Option<RoundTrips> {
        Some(RoundTrips {
            handshake: self.handshake_rtt()?,
            tls: self.tls_rtt(),
            http2,
            acknowledged: None,
            hello_delay: self.timing?.get().hello_delay(),
            nearest: None,
        })
    }

    /// The SYN in p0f's terms, if p0f would look at it.
    pub fn observed(&self) -> Option<&Observed> {
        self.compared().map(|compared| &compared.observed)
    }

    /// What the database says of the SYN; `None` without either.
    pub fn found(&self) -> Option<Match<'a>> {
        self.database?;
        self.compared().map(|compared| compared.hit.of(self.database))
    }

    /// Who the SYN shows, as far as p0f's view of it and the database go.
    pub fn identity(&self) -> Option<Identity<'a>> {
        self.compared().map(|compared| compared.identity(self.database))
    }

    fn compared(&self) -> Option<&Compared> {
        let compare = || {
            let rules = self.database.map_or(Rules::default(), Database::rules);
            Some(Compared::with(Observed::of(self.syn.as_ref()?, rules)?, self.database))
        };
        self.compared.get_or_init(compare).as_ref()
    }

    /// The label of the signature that the SYN matches.
    pub fn label(&self) -> Option<&'a Label> {
        self.found()?.label()
    }

    /// Which family of systems the SYN comes from, and how sure that is.
    pub fn verdict(&self) -> Option<&Verdict> {
        let judge = || self.compared().map(|compared| compared.verdict(self.database));
        self.verdict.get_or_init(judge).as_ref()
    }

    /// Whether the SYN contradicts a claim; `None` if that cannot be decided, as of the SYN of a
    /// proxy, behind which any system may be.
    pub fn contradicts(&self, claim: &Claim<'_>) -> Option<bool> {
        claim.contradicts(self.own_shares()?)
    }

    /// How likely that is, in ten-thousandths.
    pub fn contradiction(&self, claim: &Claim<'_>) -> Option<u16> {
        claim.contradiction(self.own_shares()?)
    }

    /// Shares of the families that the client's own system may be of, if the SYN is not a proxy's.
    fn own_shares(&self) -> Option<&Shares> {
        let is_proxy = self.label().is_some_and(Label::is_proxy);
        self.verdict().map(|verdict| &verdict.shares).filter(|_| !is_proxy)
    }

    /// What p0f calls params: how good the match is, and what is remarkable besides.
    pub fn params(&self) -> Option<Params> {
        let (observed, found) = (self.observed()?, self.found()?);
        Some(Params {
            is_generic: found.label().is_some_and(|label| label.is_generic),
            is_fuzzy: found.is_fuzzy,
            is_ttl_random: found.is_ttl_random(),
            is_far: found.dist > MAX_DIST,
            dscp: observed.dscp,
        })
    }

    /// The path's MTU as the MSS tells it; tools choose theirs freely.
    pub fn mtu(&self) -> Option<u32> {
        let observed = self.observed()?;
        let is_tool = self.label().is_some_and(Label::is_tool) || observed.is_sendsyn();
        observed.mtu().filter(|_| !is_tool)
    }

    /// The kind of link that has that MTU.
    pub fn link(&self) -> Option<&'a str> {
        self.database?.link(self.mtu()?)
    }
}

/// Who a SYN shows.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'d> {
    /// The SYN in p0f's terms.
    pub observed: Observed,
    /// What the database says of it.
    pub found: Match<'d>,
}

impl<'d> Identity<'d> {
    /// Holds a SYN against a database, if there is one.
    pub fn of(observed: Observed, database: Option<&'d Database>) -> Self {
        Compared::with(observed, database).identity(database)
    }
}

/// A SYN and what it hit in a database: an [`Identity`] to be kept beside a reference to that. (In a
/// cell, the identity itself would tie whoever has the cell to one lifetime.)
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compared {
    pub observed: Observed,
    hit: Hit,
}

impl Compared {
    pub fn with(observed: Observed, database: Option<&Database>) -> Self {
        let hit = match database {
            Some(database) => database.hit(&observed),
            None => Hit::none(&observed),
        };
        Self { observed, hit }
    }

    /// The identity; `database` is the same as before.
    pub fn identity<'d>(&self, database: Option<&'d Database>) -> Identity<'d> {
        Identity { observed: self.observed, found: self.hit.of(database) }
    }

    pub fn verdict(&self, database: Option<&Database>) -> Verdict {
        Verdict::of(&self.observed, Some(&self.hit.of(database)))
    }
}

/// p0f's params: `none`, or words between spaces.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// The signature is a generic one.
    pub is_generic: bool,
    /// Quirks or TTL had to be stretched.
    pub is_fuzzy: bool,
    /// The sender draws its TTL at random.
    pub is_ttl_random: bool,
    /// More hops than plausible.
    pub is_far: bool,
    /// DSCP bits.
    pub dscp: u8,
}

impl Text for Params {
    fn write_to(&self, out: &mut impl Out) {
        let words = [
            (self.is_generic, "generic"),
            (self.is_fuzzy, "fuzzy"),
            (self.is_ttl_random, "random_ttl"),
            (self.is_far, "excess_dist"),
        ];
        let mut separator = "";
        for (_, word) in words.iter().filter(|(applies, _)| *applies) {
            out.push_str(separator);
            out.push_str(word);
            separator = " ";
        }
        if self.dscp != 0 {
            out.push_str(separator);
            out.push_str("tos:0x");
            Hex(&[self.dscp]).write_to(out);
        } else if separator.is_empty() {
            out.push_str("none");
        }
    }
}
display_text!(Params);

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
    /// A proxy in front, which is trusted, has handed it on.
    Forwarded,
}

impl SynStatus {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Saved, Self::Missing, Self::Unsupported, Self::Error, Self::Off, Self::Forwarded];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Missing => "missing",
            Self::Unsupported => "unsupported",
            Self::Error => "error",
            Self::Off => "off",
            Self::Forwarded => "forwarded",
        }
    }
}

impl fmt::Display for SynStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
