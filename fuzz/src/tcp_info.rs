//! Any bytes as struct tcp_info, at accept and now.

use std::time::Duration;

use ngx_tcpfp::connection::{Connection, SynStatus};
use ngx_tcpfp::tcp_info::{TcpInfo, MEMBERS};

use crate::fields;

pub fn check(bytes: &[u8]) {
    for syn_status in [SynStatus::Saved, SynStatus::Missing] {
        let mut connection = Connection::unknown(syn_status);
        connection.info = Some(TcpInfo::new(bytes));
        // Any time until the year 2112.
        let micros = bytes.first_chunk().map_or(0, |first| u64::from_ne_bytes(*first) >> 12);
        connection.accept_time = Some(Duration::from_micros(micros));
        let values = fields::check(connection, bytes);
        for member in MEMBERS {
            let [then, now] =
                ["info", "live"].map(|when| values.get(format!("{when}_{}", member.name).as_str()));
            assert_eq!(then, now);
            assert_eq!(then.is_some(), bytes.len() >= member.at + member.size);
        }
    }
}
