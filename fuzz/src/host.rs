//! Any bytes as a client's record, and any SYN taken into it.

use std::net::IpAddr;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::field;
use ngx_tcpfp::host::{answer, Host, Record, Seen, ANSWER, QUERY};
use ngx_tcpfp::json::Object;
use ngx_tcpfp::syn::Syn;
use zerocopy::FromBytes;

use crate::{DATABASES, SYNS};

#[derive(Arbitrary)]
struct Input<'b> {
    record: [u8; size_of::<Record>()],
    query: [u8; QUERY],
    now: u32,
    inactive: u32,
    address: IpAddr,
    millis: u32,
    packet: &'b [u8],
}

pub fn check(bytes: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(bytes)) else { return };
    for database in [None, Some(&DATABASES[0]), Some(&DATABASES[1])] {
        let mut record = Record::read_from_bytes(&input.record).expect("any bytes are one");
        let tell = |record: Record| {
            let mut host = Host::new(record, input.now, input.inactive, database);
            (host.address, host.last_seen) = (Some(input.address), Some(record.last_seen()));
            check_told(&host, &input.query);
        };
        tell(record);
        for packet in [input.packet].iter().chain(&SYNS) {
            let Ok(syn) = Syn::parse(packet) else { continue };
            let mut connection = Connection::of_syn(syn);
            connection.database = database;
            let time =
                Duration::from_secs(input.now.into()) + Duration::from_millis(input.millis.into());
            let before = record.connections();
            record.see(&Seen::of(&connection, time), database);
            assert_eq!(record.connections(), before.saturating_add(1));
            assert_eq!(record.last_seen(), time.as_secs() as u32);
            tell(record);
        }
    }
}

/// A record is told in every form.
fn check_told(host: &Host<'_>, query: &[u8; QUERY]) {
    let mut json = String::new();
    field::write_host(host, Object::new(&mut json));
    let told: serde_json::Value = serde_json::from_str(&json).expect("an object");
    assert!(told.is_object());

    let answer = answer(query, |_| Some(host.clone()));
    let status = u32::from_ne_bytes(answer[4..8].try_into().expect("four bytes"));
    assert!(status == 0 || status == 0x10, "{status}");
    // What is no question gets nothing.
    assert!(status != 0 || answer[8..ANSWER].iter().all(|&byte| byte == 0));
}
