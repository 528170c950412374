//! Any bytes as a database, and the recorded SYNs against whatever can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::signature::p0f::{Rules, Signature};
use ngx_tcpfp::syn::Syn;

/// A SYN of Linux 6.18, and the same over IPv6.
const SYNS: [&str; 2] = [
    "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a",
    "6009879b00280640000000000000000000000000000000010000000000000000000000000000000181242379b5240b2100000000a002ffc4003000000204ffc40402080a2f0115c0000000000103030a",
];

fuzz_target!(|bytes: &[u8]| {
    for rules in [Rules::Corrected, Rules::AsP0f] {
        let Ok(database) = Database::read([("fuzz", bytes)], rules) else { continue };
        for shadowed in database.shadowed() {
            assert!(shadowed.line > 0 && !shadowed.reason.as_str().is_empty());
        }
        for syn in SYNS {
            let packet = hex::decode(syn).expect("hex");
            let mut connection = Connection::of_syn(Syn::parse(&packet).expect("a SYN"));
            connection.database = Some(&database);
            let identity = connection.identity().expect("a SYN");
            assert!(!identity.found.is_fuzzy || connection.label().is_some());
            assert!(connection.params().is_some());
        }
    }
    if let Ok(Ok(signature)) = str::from_utf8(bytes).map(str::parse::<Signature>) {
        assert_eq!(signature.to_string().parse(), Ok(signature));
    }
});
