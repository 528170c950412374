//! What all connections of a server together were: counters in memory that processes share, and the
//! page that Prometheus reads.
//!
//! A connection is counted when it ends, because only then all of it is known. Nothing here takes a
//! lock: every counter is one atomic number, and memory of zeroes has counted nothing yet.

mod counter;
mod histogram;
mod page;
mod systems;

use std::sync::atomic::{AtomicU64, Ordering};

pub use counter::Subsystem;
use counter::{Counter, NONE};
use histogram::Histogram;
use page::Page;
pub use page::{Format, Kind, Metric};
use systems::Systems;

use crate::connection::{Connection, SynStatus};
use crate::families::Family;
use crate::family::Verdict;
use crate::proxy::Proxy;
use crate::tcp_info::RttQuality;
use crate::text::Out;

/// What the memory has in its first word, once somebody counts there. The version is to be raised
/// whenever the layout of anything here changes.
const LAYOUT: u64 = u64::from_le_bytes(*b"tcpfpM\0\0") | VERSION << 48;
/// One of its own for the test that refuses another.
const VERSION: u64 = if cfg!(feature = "provoke-panic") { 0xffff } else { 1 };

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The kernel did not give a connection's SYN.
    Syn,
    /// The kernel did not give TCP_INFO.
    TcpInfo,
    /// What a trusted proxy has handed on is no SYN.
    Source,
    /// A panic, which cost a value and nothing else.
    Panic,
}

impl Failure {
    const ALL: [Self; 4] = [Self::Syn, Self::TcpInfo, Self::Source, Self::Panic];

    fn as_str(self) -> &'static str {
        match self {
            Self::Syn => "syn",
            Self::TcpInfo => "tcp_info",
            Self::Source => "source",
            Self::Panic => "panic",
        }
    }
}

/// How `tcpfp_dump` answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dump {
    /// With records.
    Sent,
    /// With 503.
    Refused,
}

impl Dump {
    const ALL: [Self; 2] = [Self::Sent, Self::Refused];

    fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
        }
    }
}

/// How sure a verdict is, in percent: the first that has it.
const CONFIDENCES: [(u8, &str); 4] =
    [(49, "0-49"), (74, "50-74"), (89, "75-89"), (u8::MAX, "90-100")];

/// Whether the SYN of a request contradicts what it claims.
const MISMATCHES: [&str; 3] = ["0", "1", NONE];

/// A connection that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'c> {
    /// What is known of it.
    pub connection: &'c Connection<'c>,
    /// Whether TCP_INFO was to be read.
    pub wants_info: bool,
    /// Whether its SYN is, or should be, one that a proxy in front has handed on.
    pub is_forwarded: bool,
}

/// A zone, as it is now.
#[derive(Clone, Copy, Debug)]
pub struct ZoneCounts<'z> {
    /// Its name.
    pub name: &'z str,
    /// Clients that have a record.
    pub clients: u64,
    /// Clients that there is room for.
    pub capacity: u64,
    /// Clients that had to go for want of room.
    pub evicted: u64,
    /// Clients that got no record, because their network has its share.
    pub refused: u64,
    /// Workers that were killed while they changed something.
    pub repaired: u64,
    /// Connections that went without a record, because the zone could not be had in time.
    pub missed: u64,
}

/// All counters of a server. Nothing but atomic numbers, and zeroes are the beginning.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Counters {
    layout: AtomicU64,
    connections: [Connections; Subsystem::ALL.len()],
    requests: [[Counter; MISMATCHES.len()]; Family::ALL.len() + 1],
    dumps: [Counter; Dump::ALL.len()],
    failures: [Counter; Failure::ALL.len()],
    systems: Systems,
}

/// The connections of a subsystem, and what came over them.
#[derive(Debug, Default)]
#[repr(C)]
struct Connections {
    by_status: [Counter; SynStatus::ALL.len()],
    by_verdict: [[Counter; CONFIDENCES.len()]; Family::ALL.len()],
    without_verdict: Counter,
    handshake: Histogram,
    gap: Histogram,
    by_proxy: [Counter; Proxy::ALL.len()],
}

impl Counters {
    /// Whether this memory is counters of ours, which memory of zeroes becomes now.
    ///
    /// # Errors
    ///
    /// The version of another layout that it has.
    pub fn claim(&self) -> Result<(), u64> {
        let claimed = self.layout.compare_exchange(0, LAYOUT, Ordering::AcqRel, Ordering::Acquire);
        match claimed {
            Ok(_) | Err(LAYOUT) => Ok(()),
            Err(other) => Err(other >> 48),
        }
    }

    /// Counts a connection.
    pub fn count(&self, subsystem: Subsystem, ended: Ended<'_>) {
        let Ended { connection, wants_info, is_forwarded } = ended;
        let counters = &self.connections[subsystem as usize];
        let status = connection.syn_status;
        counters.by_status[status as usize].add(1);
        match connection.verdict() {
            Some(Verdict { family, confidence, .. }) => {
                let bucket = CONFIDENCES.iter().position(|(most, _)| confidence <= most);
                counters.by_verdict[*family as usize][bucket.unwrap_or_default()].add(1);
            }
            None => counters.without_verdict.add(1),
        }
        self.systems.count(subsystem, connection.label());
        if let Some(rtt) = sure_rtt(connection) {
            counters.handshake.observe(rtt);
            if let Some(tls_rtt) = connection.tls_rtt() {
                counters.gap.observe(tls_rtt.saturating_sub(rtt));
            }
        }
        if status == SynStatus::Error {
            self.fail(if is_forwarded { Failure::Source } else { Failure::Syn });
        }
        if wants_info && connection.info.is_none() {
            self.fail(Failure::TcpInfo);
        }
    }

    /// Counts a request of http: the family of its connection's SYN, and whether that contradicts
    /// what the request claims.
    pub fn count_request(&self, family: Option<Family>, is_mismatch: Option<bool>) {
        let family = family.map_or(Family::ALL.len(), |family| family as usize);
        self.requests[family][is_mismatch.map_or(2, usize::from)].add(1);
    }

    /// Counts a request or session: whether a proxy hides its client, as far as was known when it ended.
    pub fn count_proxy(&self, subsystem: Subsystem, proxy: Proxy) {
        self.connections[subsystem as usize].by_proxy[proxy as usize].add(1);
    }

    /// Counts a dump.
    pub fn count_dump(&self, dump: Dump) {
        self.dumps[dump as usize].add(1);
    }

    /// The counter of what went wrong.
    pub fn failures(&self, failure: Failure) -> &AtomicU64 {
        &self.failures[failure as usize].0
    }

    fn fail(&self, failure: Failure) {
        self.failures[failure as usize].add(1);
    }

    /// Writes the page.
    pub fn write(&self, zones: &[Option<ZoneCounts<'_>>], format: Format, out: &mut impl Out) {
        let mut page = Page::new(out, format);
        self.write_connections(&mut page);
        page.begin(&REQUESTS);
        let families = Family::ALL.map(Family::as_str).into_iter().chain([NONE]);
        for (family, counters) in families.zip(&self.requests) {
            for (mismatch, counter) in MISMATCHES.iter().zip(counters) {
                page.sample(&[("family", family), ("os_mismatch", mismatch)], counter.get());
            }
        }
        page.begin(&DUMPS);
        for (dump, counter) in Dump::ALL.iter().zip(&self.dumps) {
            page.sample(&[("result", dump.as_str())], counter.get());
        }
        page.begin(&ERRORS);
        for (failure, counter) in Failure::ALL.iter().zip(&self.failures) {
            page.sample(&[("error", failure.as_str())], counter.get());
        }
        for (metric, read) in ZONE {
            page.begin(metric);
            for zone in zones.iter().flatten() {
                page.sample(&[("zone", zone.name)], read(zone));
            }
        }
        page.begin(&BUILD);
        page.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
        page.end();
    }

    fn write_connections(&self, page: &mut Page<'_, impl Out>) {
        let all = || {
            let names = Subsystem::ALL.map(|subsystem| ("subsystem", subsystem.as_str()));
            names.into_iter().zip(&self.connections)
        };
        page.begin(&CONNECTIONS);
        for (subsystem, counters) in all() {
            for (status, counter) in SynStatus::ALL.iter().zip(&counters.by_status) {
                page.sample(&[subsystem, ("syn_status", status.as_str())], counter.get());
            }
        }
        page.begin(&FAMILY_CONNECTIONS);
        for (subsystem, counters) in all() {
            for (family, counters) in Family::ALL.iter().zip(&counters.by_verdict) {
                for ((_, confidence), counter) in CONFIDENCES.iter().zip(counters) {
                    let labels =
                        [subsystem, ("family", family.as_str()), ("confidence", confidence)];
                    page.sample(&labels, counter.get());
                }
            }
            let labels = [subsystem, ("family", NONE), ("confidence", NONE)];
            page.sample(&labels, counters.without_verdict.get());
        }
        page.begin(&OS_CONNECTIONS);
        for of in Subsystem::ALL {
            self.systems.each(of, |os, count| {
                page.sample(&[("subsystem", of.as_str()), ("os", os)], count);
            });
        }
        page.begin(&HANDSHAKE);
        all().for_each(|(subsystem, counters)| counters.handshake.write(page, subsystem));
        page.begin(&GAP);
        all().for_each(|(subsystem, counters)| counters.gap.write(page, subsystem));
        page.begin(&PROXY);
        for (subsystem, counters) in all() {
            for (proxy, counter) in Proxy::ALL.iter().zip(&counters.by_proxy) {
                page.sample(&[subsystem, ("proxy", proxy.as_str())], counter.get());
            }
        }
    }
}

/// The handshake's round trip, if nothing but the way is in it: no wait of the client, no timeout, no
/// clock that counts in milliseconds.
fn sure_rtt(connection: &Connection<'_>) -> Option<u64> {
    let rtt = connection.handshake_rtt()?;
    let is_sure = matches!(rtt.quality, RttQuality::Ok | RttQuality::Mixed | RttQuality::Forwarded);
    rtt.micros.filter(|_| is_sure)
}

/// Every metric, in the order of the page.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    let connections =
        [&CONNECTIONS, &FAMILY_CONNECTIONS, &OS_CONNECTIONS, &HANDSHAKE, &GAP, &PROXY];
    let zone = ZONE.iter().map(|(metric, _)| metric);
    connections.into_iter().chain([&REQUESTS, &DUMPS, &ERRORS]).chain(zone).chain([&BUILD])
}

static CONNECTIONS: Metric = Metric {
    name: "tcpfp_connections",
    kind: Kind::Counter,
    about: "connections that have ended, by what became of their SYN",
    labels: &["subsystem", "syn_status"],
};
static FAMILY_CONNECTIONS: Metric = Metric {
    name: "tcpfp_family_connections",
    kind: Kind::Counter,
    about: "connections that have ended, by family and by how sure that is, in percent",
    labels: &["subsystem", "family", "confidence"],
};
static OS_CONNECTIONS: Metric = Metric {
    name: "tcpfp_os_connections",
    kind: Kind::Counter,
    about: "connections that have ended, by label of the database",
    labels: &["subsystem", "os"],
};
static HANDSHAKE: Metric = Metric {
    name: "tcpfp_handshake_rtt_seconds",
    kind: Kind::Histogram,
    about: "round trips of handshakes, of the qualities ok, mixed and forwarded",
    labels: &["subsystem"],
};
static GAP: Metric = Metric {
    name: "tcpfp_rtt_gap_seconds",
    kind: Kind::Histogram,
    about: "what a TLS round trip took longer than that of the handshake",
    labels: &["subsystem"],
};
static PROXY: Metric = Metric {
    name: "tcpfp_proxy_verdicts",
    kind: Kind::Counter,
    about: "requests of http and sessions of stream with a TLS round trip, by whether a proxy hides the client",
    labels: &["subsystem", "proxy"],
};
static ERRORS: Metric = Metric {
    name: "tcpfp_errors",
    kind: Kind::Counter,
    about: "what went wrong: a SYN or TCP_INFO that could not be read, no SYN from a trusted proxy, a panic",
    labels: &["error"],
};
static REQUESTS: Metric = Metric {
    name: "tcpfp_requests",
    kind: Kind::Counter,
    about: "requests of http, by family and by whether the SYN contradicts what they claim",
    labels: &["family", "os_mismatch"],
};
static DUMPS: Metric = Metric {
    name: "tcpfp_dumps",
    kind: Kind::Counter,
    about: "answers of tcpfp_dump: records, or 503",
    labels: &["result"],
};
static BUILD: Metric = Metric {
    name: "tcpfp_build",
    kind: Kind::Info,
    about: "version of the module",
    labels: &["version"],
};

/// A metric of zones, and what it is read from.
type OfZone = (Metric, fn(&ZoneCounts<'_>) -> u64);

static ZONE: &[OfZone] = &[
    of_zone("tcpfp_zone_clients", Kind::Gauge, "clients that have a record", |zone| zone.clients),
    of_zone("tcpfp_zone_capacity", Kind::Gauge, "clients that there is room for", |zone| {
        zone.capacity
    }),
    of_zone(
        "tcpfp_zone_evicted",
        Kind::Counter,
        "clients that had to go for want of room",
        |zone| zone.evicted,
    ),
    of_zone(
        "tcpfp_zone_refused",
        Kind::Counter,
        "clients that got no record, because their network has its share",
        |zone| zone.refused,
    ),
    of_zone(
        "tcpfp_zone_repaired",
        Kind::Counter,
        "workers that were killed while they changed something",
        |zone| zone.repaired,
    ),
    of_zone(
        "tcpfp_zone_missed",
        Kind::Counter,
        "connections without a record, because the zone could not be had in time",
        |zone| zone.missed,
    ),
];

const fn of_zone(
    name: &'static str,
    kind: Kind,
    about: &'static str,
    read: fn(&ZoneCounts<'_>) -> u64,
) -> OfZone {
    (Metric { name, kind, about, labels: &["zone"] }, read)
}

#[cfg(test)]
mod tests;
