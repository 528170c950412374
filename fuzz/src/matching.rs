//! Any bytes as a SYN against the built-in database, by either set of rules.

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::signature::p0f::Signature;
use ngx_tcpfp::syn::Syn;

use crate::DATABASES;

pub fn check(bytes: &[u8]) {
    let Ok(syn) = Syn::parse(bytes) else { return };
    for database in &*DATABASES {
        let mut connection = Connection::of_syn(syn);
        connection.database = Some(database);
        let Some(identity) = connection.identity() else { continue };
        assert!(!identity.found.is_fuzzy || connection.label().is_some());
        assert!(connection.link().is_none() || connection.mtu().is_some());
        // raw_sig says in a signature's language what was seen, unless the distance is unknown.
        let raw_sig = identity.observed.to_string();
        if !raw_sig.contains("+?") && identity.observed.ttl > 0 {
            let read: Signature = raw_sig.parse().expect("a signature");
            assert_eq!(read.layout, identity.observed.layout);
        }
    }
}
