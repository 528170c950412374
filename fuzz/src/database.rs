//! Any bytes as a database, and recorded SYNs against whatever can be read.

use std::str::from_utf8;

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::signature::p0f::{Rules, Signature};
use ngx_tcpfp::syn::Syn;

use crate::SYNS;

pub fn check(bytes: &[u8]) {
    for rules in [Rules::Corrected, Rules::AsP0f] {
        let Ok(database) = Database::read([("fuzz", bytes)], rules) else { continue };
        for shadowed in database.shadowed() {
            assert!(shadowed.line > 0 && !shadowed.reason.as_str().is_empty());
        }
        for packet in SYNS {
            let mut connection = Connection::of_syn(Syn::parse(packet).expect("a SYN"));
            connection.database = Some(&database);
            let identity = connection.identity().expect("a SYN");
            assert!(!identity.found.is_fuzzy || connection.label().is_some());
            assert!(connection.params().is_some());
        }
        for (_, signature) in database.signatures() {
            check_text(signature);
        }
    }
    if let Ok(Ok(signature)) = from_utf8(bytes).map(str::parse::<Signature>) {
        check_text(&signature);
    }
}

/// What a signature is written as is read as the same.
fn check_text(signature: &Signature) {
    assert_eq!(signature.to_string().parse().as_ref(), Ok(signature));
}
