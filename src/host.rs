//! What the connections of one client address together say: since when it is known, how long it
//! has been up, whether several machines share it.
//!
//! p0f keeps such a record a host (`struct host_data` of its process.h) and judges every SYN by
//! it. [`Record`] is made for shared memory: a fixed layout, no pointers, and any bytes are a
//! record. Nor does it hold places in a database, which a reload replaces: what a SYN matched is
//! found again from what was kept of the SYN.

mod gaps;
mod interval;
mod p0f_api;
mod recent;
mod record;
mod scores;
mod sharing;
mod stored;
mod table;
mod uptime;
mod view;

pub use gaps::Gaps;
pub use p0f_api::{answer, ANSWER, QUERY};
pub use recent::Recent;
pub use record::{Record, Seen};
pub use sharing::{Event, Reasons};
pub use table::{Client, Table, Torn, Unusable, VERSION};
pub use view::{Host, Snapshot};

#[cfg(test)]
mod tests;
