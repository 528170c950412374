//! A record at some moment, read with a database.

use std::net::IpAddr;

use super::Record;
use crate::connection::Identity;
use crate::database::{Database, Label};
use crate::family::{Found, Verdict};

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

/// What can be told of a client address.
#[derive(Clone, Copy, Debug)]
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
    pub database: Option<&'h Database>,
}

impl<'h> Host<'h> {
    /// Whether it was seen, not too long ago, that several machines share the address.
    pub fn is_shared(&self) -> bool {
        self.record.is_shared(self.now, self.inactive)
    }

    /// Whether it was not seen for so long that it is not to be known any more.
    pub fn is_forgotten(&self) -> bool {
        self.now.saturating_sub(self.record.last_seen()) > self.inactive
    }

    /// Which family its last SYN is of.
    pub fn verdict(&self) -> Option<Verdict> {
        let (observed, database) = (self.record.observed()?, self.database?);
        Some(Verdict::of(&observed, Found::of(database, &database.find(&observed))))
    }

    /// The system that was last identified, and how.
    pub fn system(&self) -> Option<(Identity, &'h Label)> {
        let (observed, database) = (self.record.identified()?, self.database?);
        let found = database.find(&observed);
        Some((Identity { observed, found: Some(found) }, database.label(&found)?))
    }

    /// The kind of link that its last SYN came over.
    pub fn link(&self) -> Option<&'h str> {
        let database = self.database?;
        database.link(self.record.observed()?.mtu()?)
    }
}
