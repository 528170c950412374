//! A record at some moment, read with a database.

use std::cell::OnceCell;
use std::net::IpAddr;

use super::record::Record;
use crate::connection::{Compared, Identity};
use crate::database::{Database, Match};
use crate::family::Verdict;
use crate::signature::p0f::Observed;

/// A record at the moment when a connection was taken into it.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot {
    /// Whose it is.
    pub address: IpAddr,
    /// The record then.
    pub record: Record,
    /// When the connection before came, in Unix seconds.
    pub before: Option<u32>,
}

/// What can be told of a client address. Its SYNs are matched and judged when that is first asked.
#[derive(Clone, Debug)]
pub struct Host<'h> {
    /// Its record.
    pub record: Record,
    /// The address, or the first of the prefix that counts as one.
    pub address: Option<IpAddr>,
    /// When it was last seen, in Unix seconds: before this connection, where there is one.
    pub last_seen: Option<u32>,
    /// Unix seconds now, to tell how long ago sharing was seen.
    pub now: u32,
    /// Seconds for which that counts.
    pub inactive: u32,
    /// Names the system.
    database: Option<&'h Database>,
    compared: OnceCell<Option<Compared>>,
    verdict: OnceCell<Option<Verdict>>,
}

impl<'h> Host<'h> {
    /// What a record tells now, as a database reads it. Sharing counts for `inactive` seconds.
    pub fn new(record: Record, now: u32, inactive: u32, database: Option<&'h Database>) -> Self {
        Self {
            record,
            address: None,
            last_seen: None,
            now,
            inactive,
            database,
            compared: OnceCell::new(),
            verdict: OnceCell::new(),
        }
    }

    /// Whether it was seen, not too long ago, that several machines share the address.
    pub fn is_shared(&self) -> bool {
        self.record.is_shared(self.now, self.inactive)
    }

    /// Whether it was not seen for so long that it is not to be known any more.
    pub fn is_forgotten(&self) -> bool {
        self.now.saturating_sub(self.record.last_seen()) > self.inactive
    }

    /// Its last SYN that was no tool's.
    pub fn observed(&self) -> Option<&Observed> {
        self.compared().map(|compared| &compared.observed)
    }

    /// Who that SYN shows.
    pub fn identity(&self) -> Option<Identity<'h>> {
        self.compared().map(|compared| compared.identity(self.database))
    }

    fn compared(&self) -> Option<&Compared> {
        let compare = || Some(Compared::with(self.record.observed()?, self.database));
        self.compared.get_or_init(compare).as_ref()
    }

    /// Which family its last SYN is of.
    pub fn verdict(&self) -> Option<&Verdict> {
        let judge = || {
            self.database?;
            self.compared().map(|compared| compared.verdict(self.database))
        };
        self.verdict.get_or_init(judge).as_ref()
    }

    /// What the database says of the last SYN that was identified.
    pub fn system(&self) -> Option<Match<'h>> {
        self.record.system(self.identity().as_ref(), self.database)
    }

    /// The kind of link that its last SYN came over.
    pub fn link(&self) -> Option<&'h str> {
        self.database?.link(self.observed()?.mtu()?)
    }
}
