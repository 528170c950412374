use proptest::prelude::*;

use super::*;
use crate::syn::Syn;

/// Linux 6.18 over loopback: `4:64+0:0:65495:mss*1,10:mss,sok,ts,nop,ws:df,id+:0`.
const SYN: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";

fn database(rules: Rules) -> Database {
    Database::read([("builtin", Database::builtin())], rules).unwrap()
}

/// The SYN with some bytes changed, at a millisecond.
fn seen(changes: &[(usize, u8)], millis: u64, database: Option<&Database>) -> Seen {
    let mut packet = hex::decode(SYN).unwrap();
    for &(at, byte) in changes {
        packet[at] = byte;
    }
    let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
    connection.database = database;
    Seen::of(&connection, Duration::from_millis(millis))
}

proptest! {
    #[test]
    fn any_bytes_are_a_record(
        bytes in any::<[[u8; 8]; 19]>(),
        changes in prop::collection::vec((1..60_usize, any::<u8>()), 0..4),
        millis: u64,
        corrected: bool,
    ) {
        let mut record = Record::read_from_bytes(bytes.as_flattened()).unwrap();
        let database = database(if corrected { Rules::Corrected } else { Rules::AsP0f });
        for database in [Some(&database), None] {
            let seen = seen(&changes, millis, database);
            for _ in 0..2 {
                let host = Host {
                    record, address: None, last_seen: None, now: 0, inactive: 7200, database,
                };
                serde_json::from_str::<serde_json::Value>(&host.to_string()).unwrap();
                record.see(&seen, database);
            }
        }
    }
}
