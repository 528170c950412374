//! The one list of fields: what exists here exists as an nginx variable in http and stream, as a
//! key in the JSON and as a row of docs/variables.md.

use std::cell::RefCell;
use std::net::IpAddr;

use crate::claim::Claim;
use crate::connection::Connection;
use crate::ethernet::Ethernet;
use crate::host::Host;
use crate::http2::{self, Session};
use crate::json::Object;
use crate::key;
use crate::proxy::Proxy;
#[cfg(feature = "ja4t")]
use crate::signature::Ja4t;
use crate::signature::{IpFp, Ja4, MuonFp, Order, Shape, Stack};
use crate::syn::{flag, Ip, Options, Tcp};
use crate::tcp_info::{for_each_tcp_info_field, member, Member, Rtt, TcpInfo};
use crate::text::{Out, Text};
use crate::timing::Timing;
use crate::value::Value;
use crate::watched::Watched;

/// One thing that can be asked of a connection.
#[derive(Debug)]
pub struct Field {
    /// The variable's name without `tcpfp_`.
    pub name: &'static str,
    /// The name as a JSON key, by [`key!`].
    pub key: &'static str,
    /// What it is, in one line: shape, unit, when absent.
    pub about: &'static str,
    /// What has to be watched on connections for it, struct tcp_info apart.
    watched: Watched,
    read: Read,
}

/// What is known when a field is read. What a field does not need may be left out.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'c> {
    /// The connection.
    pub connection: &'c Connection<'c>,
    /// What a request on it claims.
    pub claim: Option<Claim<'c>>,
    /// What its client's record says.
    pub host: Option<&'c Host<'c>>,
    /// struct tcp_info as it is now.
    pub now: Option<TcpInfo<'c>>,
    /// Whether a proxy hides its client.
    pub proxy: Option<Proxy>,
    /// What was heard of it, if it speaks HTTP/2.
    pub http2: Option<&'c RefCell<Session>>,
}

impl Facts<'_> {
    /// How likely the SYN contradicts what the request claims, in ten-thousandths.
    pub fn contradiction(&self) -> Option<u16> {
        self.connection.contradiction(&self.claim?)
    }
}

impl<'c> From<&'c Connection<'c>> for Facts<'c> {
    fn from(connection: &'c Connection<'c>) -> Self {
        Self { connection, claim: None, host: None, now: None, proxy: None, http2: None }
    }
}

/// Where a field's value comes from.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// What was kept of the connection; constant while it lasts.
    Kept(for<'c> fn(&'c Connection<'c>) -> Option<Value<'c>>),
    /// The same, too bulky for the JSON.
    Bulky(for<'c> fn(&'c Connection<'c>) -> Option<Value<'c>>),
    /// The frame that brought the SYN; constant, too.
    Framed(fn(&Ethernet) -> Option<Value<'static>>),
    /// When things happened on the connection, as far as they have.
    Timed(fn(&Timing) -> Option<u64>),
    /// struct tcp_info at accept.
    AtAccept(&'static Member),
    /// struct tcp_info now.
    Live(&'static Member),
    /// The kernel's minimum round trip now.
    LiveMinRtt,
    /// The handshake's round trip, measured later where accept was too early.
    Rtt(fn(&Connection<'_>, Rtt) -> Option<Value<'static>>),
    /// What all round trips say by now.
    Proxy,
    /// Every layer in one, as far as it is there.
    Stack,
    /// A form of JA4, once the ClientHello is there.
    Ja4(Shape, Order),
    /// What was heard of HTTP/2 by now.
    Http2(for<'c> fn(&'c RefCell<Session>) -> Option<Value<'c>>),
    /// What a request on the connection claims.
    Claimed(for<'c> fn(&'c Connection<'c>, Claim<'c>) -> Option<Value<'c>>),
    /// The record of a client; the key in an object that is all about one.
    Host(&'static str, for<'c> fn(&'c Host<'c>) -> Option<Value<'c>>),
    /// The same, as one object.
    HostJson,
    /// All of it.
    Json,
}

impl Field {
    /// What has to be watched on connections for it.
    pub fn watched(&self) -> Watched {
        match self.read {
            Read::AtAccept(_) | Read::Live(_) | Read::LiveMinRtt | Read::Rtt(_) => {
                self.watched | Watched::INFO
            }
            _ => self.watched,
        }
    }

    /// Whether the value can be another one when it is asked for again: it follows from what it is
    /// read from. What was kept of the connection stays. What happens on it may still have to
    /// happen, struct tcp_info goes on, and a request can come to locations that ask for the
    /// records of different addresses.
    pub fn may_change(&self) -> bool {
        match self.read {
            Read::Kept(_)
            | Read::Bulky(_)
            | Read::Framed(_)
            | Read::AtAccept(_)
            | Read::Claimed(_) => false,
            Read::Timed(_)
            | Read::Live(_)
            | Read::LiveMinRtt
            | Read::Rtt(_)
            | Read::Proxy
            | Read::Stack
            | Read::Ja4(..)
            | Read::Http2(_)
            | Read::Host(..)
            | Read::HostJson
            | Read::Json => true,
        }
    }

    /// Whether the value is a request's, so that there is none where there are no requests.
    pub fn is_of_request(&self) -> bool {
        matches!(self.read, Read::Claimed(_) | Read::Http2(_))
    }

    /// Whether it is read from the [`Facts`]' claim.
    pub fn needs_claim(&self) -> bool {
        matches!(self.read, Read::Claimed(_) | Read::Json)
    }

    /// Whether it is read from the [`Facts`]' host.
    pub fn needs_host(&self) -> bool {
        matches!(self.read, Read::Host(..) | Read::HostJson | Read::Json)
    }

    /// Whether it is read from what struct tcp_info is now, which costs a system call.
    pub fn needs_now(&self, connection: &Connection<'_>) -> bool {
        let is_early = || connection.handshake_rtt().is_some_and(|rtt| rtt.quality.is_early());
        match self.read {
            Read::Live(_) | Read::LiveMinRtt => true,
            Read::Rtt(_) | Read::Json => is_early(),
            _ => false,
        }
    }

    /// Whether it is read from the [`Facts`]' HTTP/2.
    pub fn needs_http2(&self) -> bool {
        matches!(self.read, Read::Http2(_) | Read::Stack | Read::Json)
    }

    /// Whether it is read from the [`Facts`]' verdict about proxies.
    pub fn needs_proxy(&self) -> bool {
        matches!(self.read, Read::Proxy | Read::Json)
    }

    /// Whether it is an object, of a few kilobytes.
    pub fn is_object(&self) -> bool {
        matches!(self.read, Read::HostJson | Read::Json)
    }

    /// Whether a SYN that was recorded can tell it, alone or with others and with what is claimed.
    pub fn is_of_syn(&self) -> bool {
        let is_of_syn =
            matches!(self.read, Read::Kept(_) | Read::Bulky(_) | Read::Claimed(_) | Read::Host(..));
        // What is kept, but is the server's.
        is_of_syn && !matches!(self.name, "accept_time" | "tcp_info")
    }

    /// Whether the JSON object has it; those at accept apart.
    // Inlined, as the others of its kind: together, that saves classify 18% of its instructions.
    #[inline(always)]
    pub const fn is_in_json(&self) -> bool {
        matches!(
            self.read,
            Read::Kept(_)
                | Read::Framed(_)
                | Read::Timed(_)
                | Read::Rtt(_)
                | Read::Proxy
                | Read::Stack
                | Read::Ja4(Shape::Hashed, Order::Sorted)
                | Read::Http2(_)
                | Read::Claimed(_)
                | Read::Host(..)
        )
    }

    /// Writes its member of the JSON object, if there is a value.
    #[inline(always)]
    fn write_member(&self, facts: &Facts<'_>, object: &mut Object<'_, impl Out>) {
        if let Some(value) = self.read(facts) {
            object.member(self.key, &value);
        }
    }

    /// The field's value, `None` where it is absent, or an object.
    #[inline(always)]
    pub fn read<'c>(&self, facts: &Facts<'c>) -> Option<Value<'c>> {
        let &Facts { connection, claim, host, now, proxy, http2 } = facts;
        match self.read {
            Read::Kept(read) | Read::Bulky(read) => read(connection),
            Read::Framed(read) => read(&connection.ethernet?),
            Read::Timed(read) => number(read(&connection.timing?.get())?),
            Read::AtAccept(member) => number(connection.info?.get(member)?),
            Read::Live(member) => number(now?.get(member)?),
            Read::LiveMinRtt => number(now?.min_rtt()?),
            Read::Rtt(show) => {
                let rtt = connection.handshake_rtt()?;
                show(connection, now.map_or(rtt, |now| now.late_rtt(rtt)))
            }
            Read::Proxy => Some(Value::Text(proxy?.as_str())),
            Read::Ja4(shape, order) => {
                Some(Value::Ja4(Ja4 { hello: connection.client_hello?.get()?, shape, order }))
            }
            Read::Stack => {
                // Of connections in progress.
                let hello = connection.client_hello?.get();
                Some(Value::Stack(Stack { observed: connection.observed(), hello, http2 }))
            }
            Read::Http2(read) => read(http2?),
            Read::Claimed(read) => read(connection, claim?),
            Read::Host(_, read) => read(host?),
            Read::HostJson | Read::Json => None,
        }
    }

    /// Writes the field's text; `None` where it is absent.
    pub fn write(&self, facts: &Facts<'_>, out: &mut impl Out) -> Option<()> {
        match self.read {
            Read::HostJson => write_host(facts.host?, Object::new(out)),
            Read::Json => {
                let mut object = Object::new(out);
                write_members(facts, &mut object);
                object.end();
            }
            _ => self.read(facts)?.write_to(out),
        }
        Some(())
    }
}

/// Every field, in the order of docs/variables.md.
pub fn all() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().chain(AT_ACCEPT).chain(LIVE)
}

/// Writes a client's record as an object: its keys are the variables without `tcpfp_host_`, and
/// `address`, `event`, `p0f` (raw_sig of the last SYN), `family` and `confidence` (of that SYN) and
/// `os` (the last system that was identified).
pub fn write_host(host: &Host<'_>, mut object: Object<'_, impl Out>) {
    let mut member = |key, value: Option<Value<'_>>| {
        if let Some(value) = value {
            object.member(key, &value);
        }
    };
    let verdict = host.verdict();
    member(key!("address"), host.address.map(Value::Address));
    for field in FIELDS {
        if let Read::Host(key, read) = field.read {
            member(key, read(host));
        }
    }
    member(key!("event"), host.record.event().map(|event| Value::Text(event.as_str())));
    member(key!("p0f"), host.observed().map(Value::Observed));
    member(key!("family"), verdict.map(|verdict| Value::Text(verdict.family.as_str())));
    member(key!("confidence"), verdict.map(|verdict| Value::Number(verdict.confidence.into())));
    member(key!("os"), host.system().and_then(|found| found.label()).map(Value::Label));
    object.end();
}

/// The field of this name, without `tcpfp_`.
pub fn find(name: &[u8]) -> Option<&'static Field> {
    all().find(|field| field.name.as_bytes() == name)
}

macro_rules! field {
    ($name:expr, $about:expr, $read:expr $(,)?) => {
        Field {
            name: $name,
            key: key!($name),
            about: $about,
            watched: Watched::empty(),
            read: $read,
        }
    };
}

macro_rules! watched {
    ($watched:expr, $($field:tt)*) => {
        Field { watched: $watched, ..field!($($field)*) }
    };
}

macro_rules! kept {
    ($name:literal, $about:literal, $read:expr $(,)?) => {
        field!($name, $about, Read::Kept($read))
    };
}

macro_rules! framed {
    ($name:literal, $about:literal, $read:expr $(,)?) => {
        field!($name, $about, Read::Framed($read))
    };
}

macro_rules! ip_fp {
    ($mode:literal, $about:literal $(,)?) => {
        field!(concat!("ip_fp", $mode), $about, Read::Bulky(|c| ip_fp(c, $mode)))
    };
}

macro_rules! ja4 {
    ($name:literal, $about:literal, $shape:ident, $order:ident $(,)?) => {
        watched!(Watched::CLIENT_HELLO, $name, $about, Read::Ja4(Shape::$shape, Order::$order))
    };
}

macro_rules! host {
    ($name:literal, $about:literal, $read:expr $(,)?) => {
        field!(concat!("host_", $name), $about, Read::Host(key!($name), $read))
    };
}

/// The list, and the same as code: who asks for every field need not look up what each is, which
/// saves classify 14% of its instructions.
macro_rules! fields {
    ($($(#[$when:meta])* $kind:ident!($($field:tt)*),)*) => {
        static FIELDS: &[Field] = &[$($(#[$when])* $kind!($($field)*),)*];

        /// Writes every field of the JSON object that is there.
        pub fn write_members(facts: &Facts<'_>, object: &mut Object<'_, impl Out>) {
            $($(#[$when])* {
                const FIELD: &Field = &$kind!($($field)*);
                if FIELD.is_in_json() {
                    FIELD.write_member(facts, object);
                }
            })*
            if let Some(info) = &facts.connection.info {
                write_members_at_accept(info, object);
            }
        }
    };
}

fields! {
    kept!("syn_status",
        "what became of the SYN: `saved`; `missing` (the kernel kept none: SYN cookies, or a handshake older than the option); `forwarded` (a trusted proxy's, by `tcpfp_source`); `unsupported` (unix socket, QUIC, MPTCP listener); `error`; `off`. Never absent",
        |c| Some(Value::Text(c.syn_status.as_str())),
    ),
    // The IP header.
    kept!("ip_version", "4 or 6, of the packet (not of the socket)", |c| number(ip(c)?.version())),
    kept!("ttl", "TTL or hop limit as received", |c| number(ip(c)?.ttl())),
    kept!("df", "Don't Fragment, 0 or 1; absent on IPv6", |c| number(ip(c)?.df()?)),
    kept!("ip_id", "identification; absent on IPv6", |c| number(ip(c)?.id()?)),
    kept!("tos", "TOS or traffic class byte", |c| number(ip(c)?.tos())),
    kept!("ip_ecn", "its two ECN bits, 0-3", |c| number(ip(c)?.ecn())),
    kept!("ip_flags", "the three IPv4 flag bits as a number: 4 reserved, 2 DF, 1 MF; absent on IPv6", |c| {
        number(ip(c)?.flags()?)
    }),
    kept!("ip_hlen", "bytes of IP header, with options or extension headers", |c| {
        count(ip(c)?.header_len())
    }),
    kept!("ip_len", "bytes of the whole packet, payload included", |c| count(ip(c)?.total_len())),
    kept!("ip_options", "IPv4 options or IPv6 extension headers, hex; absent if none", |c| {
        hex(ip(c)?.options())
    }),
    kept!("flow_label", "IPv6 flow label; absent on IPv4", |c| number(ip(c)?.flow_label()?)),
    kept!("ip_checksum", "header checksum as saved; absent on IPv6", |c| number(ip(c)?.checksum()?)),
    kept!("tcp_checksum", "TCP checksum as saved: a partial sum on virtual links, so never proof of anything", |c| {
        number(tcp(c)?.checksum()?)
    }),
    kept!("src_addr", "source address of the packet", |c| address(ip(c)?.source())),
    kept!("src_port", "source port of the packet", |c| number(tcp(c)?.source_port()?)),
    kept!("dst_addr", "destination address of the packet", |c| address(ip(c)?.destination())),
    kept!("dst_port", "destination port of the packet", |c| number(tcp(c)?.destination_port()?)),
    // The TCP header.
    kept!("window", "window, bytes, never scaled in a SYN", |c| number(tcp(c)?.window()?)),
    kept!("mss", "maximum segment size, bytes; absent without the option", |c| number(options(c)?.mss?)),
    kept!("wscale", "window scale as sent; absent without the option", |c| {
        number(options(c)?.window_scale?)
    }),
    kept!("options", "option kinds in order, `2,4,8,1,3`: end-of-list included, padding after it not; absent if none", |c| {
        options(c).filter(|options| !options.bytes.is_empty()).map(Value::Kinds)
    }),
    kept!("options_hex", "the raw option bytes, hex; absent if none", |c| hex(options(c)?.bytes)),
    kept!("sack_ok", "SACK permitted, 0 or 1", |c| number(options(c)?.sack_permitted)),
    kept!("tsval", "TSval of the timestamp option; absent without it", |c| {
        number(options(c)?.timestamps?.0)
    }),
    kept!("tsecr", "TSecr of the timestamp option; absent without it", |c| {
        number(options(c)?.timestamps?.1)
    }),
    kept!("seq", "sequence number", |c| number(tcp(c)?.seq()?)),
    kept!("ack", "acknowledgment number, which a SYN should leave 0", |c| number(tcp(c)?.ack()?)),
    kept!("urgptr", "urgent pointer", |c| number(tcp(c)?.urgent_pointer()?)),
    kept!("flags", "the nine TCP flag bits as a number: 2 is SYN, 194 SYN+ECE+CWR", |c| {
        number(tcp(c)?.flags()?)
    }),
    kept!("tcp_ecn", "ECE (1) + CWR (2) + AE (4): 3 asks for ECN (RFC 3168), 7 for AccECN (RFC 9768)", |c| {
        // Their bits are neighbours in this order.
        number((tcp(c)?.flags()? & flag::ANY_ECN) / flag::ECE)
    }),
    kept!("tcp_hlen", "bytes of TCP header", |c| count(tcp(c)?.data_offset()?)),
    kept!("payload_len", "bytes of payload in the SYN (TCP Fast Open)", |c| {
        count(c.syn.as_ref()?.payload_len()?)
    }),
    kept!("syn", "the whole saved SYN, hex", |c| hex(c.syn.as_ref()?.bytes())),
    // The frame that brought it.
    framed!("eth_src", "address that sent the SYN's Ethernet frame, `52:54:00:12:34:56`: the last router's, or a neighbour's; these are absent without `tcpfp ... ethernet`, and from a link that is no Ethernet", |frame| {
        Some(Value::Mac(frame.source))
    }),
    framed!("eth_dst", "address that the frame was sent to", |frame| Some(Value::Mac(frame.destination))),
    framed!("eth_proto", "what it carries: 2048 is IPv4, 34525 IPv6", |frame| number(frame.protocol)),
    framed!("vlan", "identifier in its last VLAN tag; absent if none, or if the kernel took it off", |frame| {
        number(frame.vlan?)
    }),
    // TCP_INFO and time.
    field!("rtt",
        "handshake round trip in microseconds, SYN-ACK to ACK; the proxy's with `tcpfp_source_rtt`; absent if the quality is `none`",
        Read::Rtt(|_, rtt| number(rtt.micros?)),
    ),
    field!("rtt_quality",
        "how far it can be trusted: `ok`, `mixed`, `late`, `upper_bound`, `retrans`, `cookie`, `none`, `forwarded`",
        Read::Rtt(|_, rtt| Some(Value::Text(rtt.quality.as_str()))),
    ),
    field!("min_rtt", "*live*: the kernel's minimum round trip now, microseconds", Read::LiveMinRtt),
    watched!(Watched::INFO, "tcp_info", "struct tcp_info at accept, hex", Read::Bulky(|c| hex(c.info.as_ref()?.bytes()))),
    kept!("accept_time", "Unix time of accept, seconds with six decimals", |c| {
        c.accept_time.map(Value::Seconds)
    }),
    watched!(Watched::HELLO, "hello_delay",
        "microseconds from accept to the client's first byte (TLS ClientHello or request); absent until it is there",
        Read::Timed(Timing::hello_delay),
    ),
    watched!(Watched::TLS, "tls_rtt",
        "microseconds of one TLS round trip to the real client, its time to think included; absent without TLS and with early data",
        Read::Timed(Timing::tls_rtt),
    ),
    watched!(Watched::TLS, "rtt_gap",
        "`tls_rtt - rtt`, microseconds, never negative: the distance that a proxy hides; absent if either is",
        Read::Rtt(|c, rtt| number(c.tls_rtt()?.saturating_sub(rtt.micros?))),
    ),
    watched!(Watched::HTTP2_RTT, "h2_rtt",
        "http: microseconds from our HTTP/2 SETTINGS to the client's acknowledgment, also with early data; absent until that is there, and without HTTP/2",
        Read::Http2(|session| number(http2::rtt(session)?)),
    ),
    watched!(Watched::PROXY, "proxy",
        "whether a proxy hides the client, by all round trips so far: `direct`, `unsure`, `proxied`; absent without a round trip of both TCP and TLS, and with `tcpfp_source_rtt`; with HTTP/2 and no TLS only `proxied`",
        Read::Proxy,
    ),
    // Fingerprints.
    kept!("p0f", "p0f's raw_sig", |c| c.observed().map(Value::Observed)),
    kept!("quirks", "its quirks, separated by commas; absent if none", |c| {
        Some(c.observed()?.quirks).filter(|quirks| !quirks.is_empty()).map(Value::Quirks)
    }),
    kept!("olayout", "its options' layout; absent if none", |c| {
        Some(&c.observed()?.layout)
            .filter(|layout| !layout.kinds().is_empty())
            .map(Value::Layout)
    }),
    kept!("muonfp", "MuonFP's form, `window:kinds:mss:scale`", |c| {
        MuonFp::of(c.syn.as_ref()?).map(Value::MuonFp)
    }),
    kept!("ip_fp", "HAProxy's `ip.fp` (mode 0), hex", |c| ip_fp(c, 0)),
    ip_fp!(1, "the same and the TTL (mode 1)"),
    ip_fp!(2, "the same and the option kinds (mode 2)"),
    ip_fp!(3, "the same, TTL and option kinds (mode 3)"),
    ip_fp!(4, "the same and the source address (mode 4)"),
    ip_fp!(5, "the same, TTL and source address (mode 5)"),
    ip_fp!(6, "the same, option kinds and source address (mode 6)"),
    ip_fp!(7, "the same, TTL, option kinds and source address (mode 7)"),
    ja4!("ja4",
        "JA4 of the first ClientHello; absent without TLS, in stream also before its bytes are read, and with QUIC before nginx 1.27.5 or OpenSSL 3.5",
        Hashed, Sorted,
    ),
    ja4!("ja4_r", "the same with its lists as they are, not hashed", Raw, Sorted),
    ja4!("ja4_o", "JA4 with its lists in the order of the client", Hashed, Original),
    ja4!("ja4_ro", "the same with its lists as they are", Raw, Original),
    watched!(Watched::HTTP2, "h2",
        "http: how the client opened HTTP/2, in Akamai's form; absent without HTTP/2, and with early data",
        Read::Http2(|session| {
            session.try_borrow().ok()?.opening()?;
            Some(Value::Opening(session))
        }),
    ),
    watched!(Watched::CLIENT_HELLO.union(Watched::HTTP2), "stack",
        "one fingerprint of every layer, `SYN/JA4/OPENING`, of the SYN what no path changes; `-` in the place of what is not known, in stream always of HTTP/2",
        Read::Stack,
    ),
    #[cfg(feature = "ja4t")]
    kept!("ja4t", "JA4T; only in a build with the feature `ja4t`", |c| {
        Ja4t::of(c.syn.as_ref()?).map(Value::Ja4t)
    }),
    // Who it is.
    kept!("os", "label of the system, name and flavor: `Linux 3.11 and newer`; absent without a match", |c| {
        c.label().map(Value::Label)
    }),
    kept!("os_name", "its name", |c| Some(Value::Text(&c.label()?.name))),
    kept!("os_flavor", "its flavor; absent if it has none", |c| {
        Some(&c.label()?.flavor).filter(|flavor| !flavor.is_empty()).map(|flavor| Value::Text(flavor))
    }),
    kept!("os_class", "its class: `win`, `unix`, `other`, `proxy` for what opens connections in the place of others, or `!` for a tool", |c| {
        Some(Value::Text(&c.label()?.class))
    }),
    kept!("match", "`exact`, `generic`, `fuzzy` or `generic+fuzzy`; absent without a match", |c| {
        c.label()?;
        let params = c.params()?;
        Some(Value::Text(match (params.is_generic, params.is_fuzzy) {
            (false, false) => "exact",
            (true, false) => "generic",
            (false, true) => "fuzzy",
            (true, true) => "generic+fuzzy",
        }))
    }),
    kept!("params", "p0f's params: `none`, or `generic`, `fuzzy`, `random_ttl`, `excess_dist`, `tos:0xNN` between spaces", |c| {
        c.params().map(Value::Params)
    }),
    kept!("dist", "hops, by the signature's initial TTL or a guess; an upper limit if params say `random_ttl`", |c| {
        number(c.found()?.dist)
    }),
    kept!("mtu", "path MTU as the MSS tells it, bytes; absent without MSS and for tools", |c| number(c.mtu()?)),
    kept!("link", "kind of link with that MTU; absent if unknown", |c| c.link().map(Value::Text)),
    kept!("family", "family of systems whose stack explains the SYN best: `Windows`, `Linux`, `Android`, `Apple` (macOS and iOS send the same), `BSD`, `Solaris`, `Other`", |c| {
        Some(Value::Text(c.verdict()?.family.as_str()))
    }),
    kept!("confidence", "its share in percent, 0-100", |c| number(c.verdict()?.confidence)),
    kept!("family_scores", "every family with a share, falling: `Linux:71,Android:24,Other:5`", |c| {
        c.verdict().map(|verdict| Value::Shares(verdict.shares))
    }),
    field!("explanation",
        "how the SYN may come from each family, the likeliest first: which stack it is, and what would have had to happen to its SYN on the way",
        Read::Bulky(|c| c.observed().map(Value::Explanations)),
    ),
    field!("ua_family",
        "http: the family that the request claims, by Sec-CH-UA-Platform, else User-Agent; absent if neither names one, and for robots",
        Read::Claimed(|_, claim| Some(Value::Text(claim.family()?.as_str()))),
    ),
    field!("os_mismatch",
        "http: 1 if the SYN contradicts that claim, 0 if it agrees; absent if that cannot be decided, and for a proxy's SYN",
        Read::Claimed(|c, claim| number(c.contradicts(&claim)?)),
    ),
    field!("os_mismatch_p",
        "http: how likely the SYN contradicts that claim, in percent, 0-100; absent without a claim that a SYN could contradict, and for a proxy's SYN",
        Read::Claimed(|c, claim| number(c.contradiction(&claim)? / 100)),
    ),
    // The client's record.
    host!("first_seen", "Unix second in which the address was first seen; `host_*` are absent without `tcpfp_zone`, and of an address that it does not know", |h| {
        number(h.record.first_seen())
    }),
    host!("last_seen", "Unix second of the connection before this one, or of the last one from the address of `tcpfp_host`; absent with the first", |h| {
        number(h.last_seen?)
    }),
    host!("conn_count", "connections seen, this one among them", |h| number(h.record.connections())),
    host!("uptime", "minutes that the client's clock has run, by p0f's rule; absent unless its system is known to count from boot", |h| {
        number(h.record.uptime()?)
    }),
    host!("uptime_mod", "days after which that clock starts anew", |h| number(h.record.uptime_mod()?)),
    host!("nat", "1 if it was seen within `inactive` that several machines share the address, else 0", |h| {
        number(h.is_shared())
    }),
    host!("nat_time", "Unix second in which that was last seen", |h| number(h.record.last_nat()?)),
    host!("change_time", "Unix second of the last change of system that is no sharing yet", |h| {
        number(h.record.last_chg()?)
    }),
    host!("score", "p0f's score of the latest connection: 0 if nothing is strange", |h| {
        number(h.record.score())
    }),
    host!("reasons", "p0f's words for what is strange about it, between spaces; absent if nothing is", |h| {
        Some(h.record.reasons()).filter(|reasons| !reasons.is_empty()).map(Value::Reasons)
    }),
    field!("host_json", "all of the record as one JSON object, keys without `host_`", Read::HostJson),
    #[cfg(feature = "provoke-panic")]
    field!("panic", "panics, for a test", Read::Bulky(|_| panic!("provoked"))),
    watched!(Watched::all(), "json", "all of the above and the fields at accept, as one JSON object; without `tcp_info`, `ip_fp1` to `ip_fp7`, `ja4_r`, `ja4_o`, `ja4_ro`, `explanation`, `host_json` and what is live", Read::Json),
}

macro_rules! tcp_info_fields {
    ($($name:ident: $type:ident @ $at:literal $([$($bits:literal),*])?, $about:literal;)*) => {
        static AT_ACCEPT: &[Field] =
            &[$(field!(concat!("info_", stringify!($name)), $about, Read::AtAccept(&member::$name)),)*];
        static LIVE: &[Field] =
            &[$(field!(concat!("live_", stringify!($name)), $about, Read::Live(&member::$name)),)*];

        /// Those at accept, as code for the same reason.
        fn write_members_at_accept(info: &TcpInfo<'_>, object: &mut Object<'_, impl Out>) {
            $(if let Some(value) = info.get(&member::$name) {
                object.member(key!(concat!("info_", stringify!($name))), &Value::Number(value));
            })*
        }
    };
}
for_each_tcp_info_field!(tcp_info_fields);

fn ip<'c>(connection: &'c Connection<'c>) -> Option<&'c Ip<'c>> {
    connection.syn.as_ref().map(|syn| syn.ip())
}

fn tcp<'c>(connection: &'c Connection<'c>) -> Option<&'c Tcp<'c>> {
    connection.syn.as_ref()?.tcp()
}

/// The options of a TCP header that reaches to where they begin.
fn options<'c>(connection: &'c Connection<'c>) -> Option<&'c Options<'c>> {
    let tcp = tcp(connection)?;
    tcp.urgent_pointer().map(|_| tcp.options())
}

fn ip_fp<'c>(connection: &'c Connection<'c>, mode: u8) -> Option<Value<'c>> {
    IpFp::of(connection.syn.as_ref()?, mode).map(Value::IpFp)
}

fn number<'c>(value: impl Into<u64>) -> Option<Value<'c>> {
    Some(Value::Number(value.into()))
}

fn count<'c>(bytes: usize) -> Option<Value<'c>> {
    Some(Value::Number(bytes as u64))
}

fn address<'c>(address: IpAddr) -> Option<Value<'c>> {
    Some(Value::Address(address))
}

fn hex(bytes: &[u8]) -> Option<Value<'_>> {
    (!bytes.is_empty()).then_some(Value::Hex(bytes))
}

#[cfg(test)]
mod tests;
