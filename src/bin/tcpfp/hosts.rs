//! The records of source addresses, for `tcpfp classify --hosts`.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::host::{Host, Record, Seen};

/// Seconds for which a host counts as shared; p0f forgets it then.
const INACTIVE: u32 = 2 * 60 * 60;
/// A host's latest connections, among which a SYN that is sent again is looked for.
const LATEST: usize = 16;

/// What is known of every source address, for as long as the capture goes.
#[derive(Default)]
pub struct Hosts(HashMap<IpAddr, Known>);

#[derive(Default)]
struct Known {
    record: Record,
    /// When the connection before the latest came, in Unix seconds.
    before: Option<u32>,
    latest: VecDeque<Flow>,
}

/// What a SYN that is sent again has in common with the first.
#[derive(PartialEq, Eq)]
struct Flow {
    destination: IpAddr,
    ports: [Option<u16>; 2],
    seq: Option<u32>,
}

impl Hosts {
    /// Takes a connection in; gives what is then known of its host.
    pub fn add<'d>(&mut self, connection: &Connection<'d>, time: Duration) -> Option<Host<'d>> {
        let syn = connection.syn.as_ref()?;
        let tcp = syn.tcp()?;
        let now = time.as_secs() as u32;
        let known = self.0.entry(syn.ip().source()).or_default();
        let flow = Flow {
            destination: syn.ip().destination(),
            ports: [tcp.source_port(), tcp.destination_port()],
            seq: tcp.seq(),
        };
        if !known.latest.contains(&flow) {
            known.latest.truncate(LATEST - 1);
            known.latest.push_front(flow);
            known.before = (!known.record.is_new()).then(|| known.record.last_seen());
            known.record.see(&Seen::of(connection, time), connection.database);
        }
        let mut host = Host::new(known.record, now, INACTIVE, connection.database);
        host.last_seen = known.before;
        Some(host)
    }
}
