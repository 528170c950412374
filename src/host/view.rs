//! A record at some moment, read with a database.

use std::net::IpAddr;

use super::Record;
use crate::connection::Identity;
use crate::database::{Database, Label};
use crate::family::{Found, Verdict};
use crate::field::{self, Value};
use crate::json::write_value;
use crate::text::{display_text, Text};

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

/// What can be told of a client address. Its text is a JSON object: its keys are the variables
/// without `tcpfp_host_`, and `address`, `event`, `p0f` (raw_sig of the last SYN), `family` and
/// `confidence` (of that SYN) and `os` (the last system that was identified).
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

impl Text for Host<'_> {
    fn write_to(&self, out: &mut String) {
        let (observed, verdict) = (self.record.observed(), self.verdict());
        let others = [
            ("event", self.record.event().map(|event| Value::Text(event.as_str()))),
            ("p0f", observed.as_ref().map(Value::Observed)),
            ("family", verdict.map(|verdict| Value::Text(verdict.family.as_str()))),
            ("confidence", verdict.map(|verdict| Value::Number(verdict.confidence.into()))),
            ("os", self.system().map(|(_, label)| Value::Label(label))),
        ];
        let address = [("address", self.address.map(Value::Address))];
        let mut separator = "{\"";
        for (key, value) in address.into_iter().chain(field::of_host(self)).chain(others) {
            if let Some(value) = value {
                out.push_str(separator);
                out.push_str(key);
                out.push_str("\":");
                write_value(&value, out);
                separator = ",\"";
            }
        }
        // The count is always there: the object is open.
        out.push('}');
    }
}
display_text!(Host<'_>);
