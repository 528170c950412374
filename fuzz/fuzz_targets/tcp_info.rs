//! Any bytes as struct tcp_info, at accept and now.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use ngx_tcpfp::connection::{Connection, SynStatus};
use ngx_tcpfp::tcp_info::{TcpInfo, MEMBERS};
use ngx_tcpfp_fuzz::check_fields;

fuzz_target!(|bytes: &[u8]| {
    for syn_status in [SynStatus::Saved, SynStatus::Missing] {
        let mut connection = Connection::unknown(syn_status);
        connection.info = Some(TcpInfo::new(bytes));
        // Any time until the year 2112.
        let micros = bytes.first_chunk().map_or(0, |first| u64::from_ne_bytes(*first) >> 12);
        connection.accept_time = Some(Duration::from_micros(micros));
        let values = check_fields(connection, bytes);
        for member in MEMBERS {
            let [then, now] =
                ["info", "live"].map(|when| values.get(format!("{when}_{}", member.name).as_str()));
            assert_eq!(then, now);
            assert_eq!(then.is_some(), bytes.len() >= member.at + member.size);
        }
    }
});
