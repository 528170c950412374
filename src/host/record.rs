//! What is kept of a client address.

use std::time::Duration;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::interval::Interval;
use super::scores::Scores;
use super::sharing::{self, Event, Reasons};
use super::stored::StoredSyn;
use crate::connection::{Connection, Identity};
use crate::database::{Database, Match};
use crate::signature::p0f::{Observed, Rules};

/// What is kept of a client address; all zero for one that was never seen.
///
/// Times are Unix seconds, which wrap in 2106. Any bytes are a record, and a record is nothing but
/// bytes (zerocopy proves both): of nonsense it tells nonsense.
///
/// ```
/// use std::time::Duration;
///
/// use ngx_tcpfp::connection::Connection;
/// use ngx_tcpfp::host::{Record, Seen};
/// use ngx_tcpfp::syn::Syn;
///
/// // IP header, TCP header, options, as the kernel saves them.
/// let packet = b"\x45\0\0\x3c\x1a\x2b\x40\0\x33\x06\0\0\xc0\0\x02\x01\xc6\x33\x64\x01\
///     \xc0\x01\x01\xbb\0\0\x12\x34\0\0\0\0\xa0\x02\xfa\xf0\0\0\0\0\
///     \x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\x12\x34\0\0\0\0\x01\x03\x03\x07";
/// let connection = Connection::of_syn(Syn::parse(packet).expect("a SYN"));
/// let mut record = Record::default();
/// for second in [1_500_000_000, 1_500_000_060] {
///     record.see(&Seen::of(&connection, Duration::from_secs(second)), None);
/// }
///
/// assert_eq!((record.first_seen(), record.connections()), (1_500_000_000, 2));
/// assert_eq!((record.distance(), record.last_nat()), (Some(13), None));
/// ```
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, Immutable, IntoBytes)]
pub struct Record {
    first_seen: u32,
    last_seen: u32,
    connections: u32,
    /// Time of the last address sharing, 0 for never.
    last_nat: u32,
    /// Time of the last change, 0 for never.
    last_chg: u32,
    /// Minutes and one, 0 for unknown.
    pub(super) uptime: u32,
    /// Ticks a second of the client's timestamps, 0 for unknown.
    pub(super) frequency: u32,
    /// When the last SYN of a system came.
    syn_time: u32,
    /// Its TSval, 0 without.
    syn_tsval: u32,
    /// Milliseconds of `syn_time`.
    syn_millis: u16,
    /// Its source port.
    syn_port: u16,
    /// The SYN itself.
    syn: StoredSyn,
    /// The last SYN that a system's signature matched.
    identified: StoredSyn,
    scores: Scores,
    /// Reasons since the scores began.
    pending: Reasons,
    /// Reasons that the latest connection gave.
    reasons: Reasons,
    /// Score of the latest connection.
    score: u8,
    /// What came to light with it, as a number of [`Event`].
    event: u8,
    /// Hops and one, 0 for unknown.
    distance: u16,
}

const _: () = assert!(size_of::<Record>() == 152 && align_of::<Record>() == 4);

/// A connection as a record sees it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'d> {
    /// When it came, since the Unix epoch.
    pub time: Duration,
    /// Who its SYN shows, if there is one.
    pub identity: Option<Identity<'d>>,
}

impl<'d> Seen<'d> {
    /// A connection that came at this time. Reads and matches its SYN, if nobody has before.
    pub fn of(connection: &Connection<'d>, time: Duration) -> Self {
        Self { time, identity: connection.identity() }
    }
}

impl Record {
    /// Takes a connection in; `database` is the one by which it was identified. Neither allocates
    /// nor panics, whatever the record holds.
    ///
    /// The order is p0f's (process.c, `flow_dispatch`; fp_tcp.c, `fingerprint_tcp`): a tool says
    /// nothing of its system but that it runs there, and p0f's own probe nothing at all.
    pub fn see(&mut self, seen: &Seen<'_>, database: Option<&Database>) {
        let now = seen.time.as_secs() as u32;
        if self.is_new() {
            self.first_seen = now;
        }
        self.last_seen = now;
        self.connections = self.connections.saturating_add(1);
        (self.score, self.event, self.reasons) = (0, Event::NONE, Reasons::empty());

        let Some(identity) = &seen.identity else { return };
        let Identity { observed, found } = identity;
        if !found.is_ttl_random() {
            self.distance = u16::from(found.dist) + 1;
        }
        let previous = self.observed().map(|observed| Identity::of(observed, database));
        let system = self.system(previous.as_ref(), database).and_then(|found| found.label());
        let system = system.filter(|label| !label.is_tool());
        if let Some(tool) = found.label().filter(|label| label.is_tool()) {
            if let Some(system) = system {
                let (score, reasons) = sharing::of_tool(tool, system);
                self.judge(score, reasons, now);
            }
            return;
        }
        if observed.is_sendsyn() {
            return;
        }
        let rules = database.map_or(Rules::default(), Database::rules);
        let millis = seen.time.as_millis() as u64;
        let interval = previous.as_ref().and_then(|previous| {
            let passed = millis.wrapping_sub(self.syn_millis());
            Interval::between(passed, previous.observed.tsval, observed.tsval)
        });
        let previous = previous.as_ref().map(|previous| (previous, interval));
        let has_clock = self.frequency != 0;
        let (score, reasons) = sharing::of_syn(identity, previous, system, has_clock, rules);
        self.judge(score, reasons, now);
        self.measure(identity, interval, rules);
        self.keep(identity, millis);
    }

    /// Whether no connection was seen.
    pub fn is_new(&self) -> bool {
        self.connections == 0
    }

    /// Time of the first connection.
    pub fn first_seen(&self) -> u32 {
        self.first_seen
    }

    /// Time of the latest connection.
    pub fn last_seen(&self) -> u32 {
        self.last_seen
    }

    /// How many there were.
    pub fn connections(&self) -> u32 {
        self.connections
    }

    /// The last SYN that was no tool's.
    pub fn observed(&self) -> Option<Observed> {
        self.syn.observed(self.syn_tsval, self.syn_port)
    }

    /// The last SYN that a system's signature matched, its TSval and port left out: the client's
    /// system is what a database says of it.
    pub fn identified(&self) -> Option<Observed> {
        self.identified.observed(0, 0)
    }

    /// Hops to the client, as its latest SYN tells that does not draw its TTL at random.
    pub fn distance(&self) -> Option<u16> {
        self.distance.checked_sub(1)
    }

    /// Minutes on the client's clock, when it was last read.
    ///
    /// Unless p0f is followed to the letter it is there only if that clock is known to count from
    /// boot, which today's do not: if signature and pace are those of a Linux before 4.10. From 2.6
    /// on Linux starts it five minutes after boot.
    pub fn uptime(&self) -> Option<u32> {
        self.uptime.checked_sub(1)
    }

    /// Days after which that clock starts anew.
    pub fn uptime_mod(&self) -> Option<u32> {
        self.uptime()?;
        u32::MAX.checked_div(self.frequency.saturating_mul(24 * 60 * 60))
    }

    /// Time of the last sign that several machines share the address.
    pub fn last_nat(&self) -> Option<u32> {
        Some(self.last_nat).filter(|time| *time != 0)
    }

    /// Time of the last change that is no such sign yet.
    pub fn last_chg(&self) -> Option<u32> {
        Some(self.last_chg).filter(|time| *time != 0)
    }

    /// Whether such a sign was seen within so many seconds before `now`.
    pub fn is_shared(&self, now: u32, seconds: u32) -> bool {
        self.last_nat().is_some_and(|time| now.saturating_sub(time) <= seconds)
    }

    /// p0f's score of the latest connection: 0 if nothing is strange.
    pub fn score(&self) -> u8 {
        self.score
    }

    /// What was strange about it; with [`Event::Sharing`], about all since the last such.
    pub fn reasons(&self) -> Reasons {
        Reasons::from_bits_truncate(self.reasons.bits())
    }

    /// What the latest connection brought to light.
    pub fn event(&self) -> Option<Event> {
        Event::of_number(self.event)
    }

    /// What a database says of the last SYN that was identified; `last` is who the last SYN shows,
    /// which often is the same.
    pub(super) fn system<'d>(
        &self,
        last: Option<&Identity<'d>>,
        database: Option<&'d Database>,
    ) -> Option<Match<'d>> {
        match last {
            Some(last) if self.identified == self.syn => Some(last.found),
            _ => Some(database?.find(&self.identified()?)),
        }
    }

    /// When the last SYN of a system came, in Unix milliseconds.
    fn syn_millis(&self) -> u64 {
        u64::from(self.syn_time) * 1000 + u64::from(self.syn_millis % 1000)
    }

    fn keep(&mut self, identity: &Identity<'_>, millis: u64) {
        let Identity { observed, found } = identity;
        self.syn = StoredSyn::of(observed);
        self.syn_tsval = observed.tsval;
        self.syn_time = (millis / 1000) as u32;
        self.syn_millis = (millis % 1000) as u16;
        self.syn_port = observed.source_port;
        if found.signature.is_some() {
            self.identified = self.syn;
        }
    }

    /// Draws the conclusion from a score.
    fn judge(&mut self, score: u8, reasons: Reasons, now: u32) {
        /// A lower score alone is nothing to speak of.
        const REMARKABLE: u8 = 2;

        self.scores.push(score);
        self.pending |= reasons;
        (self.score, self.reasons) = (score, reasons);
        if score > 0 && self.scores.show_sharing() {
            self.event = Event::Sharing.number();
            self.last_nat = now;
            self.reasons = self.pending;
            (self.scores, self.pending) = (Scores::default(), Reasons::empty());
        } else if score >= REMARKABLE {
            self.event = Event::Change.number();
            self.last_chg = now;
        }
    }
}
