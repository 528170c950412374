//! Any bytes as a saved SYN.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ngx_tcpfp::syn::{flag, Syn};
use ngx_tcpfp_fuzz::{check_syn, check_truncations};

fuzz_target!(|bytes: &[u8]| {
    let strict = Syn::parse_strict(bytes);
    match Syn::parse(bytes) {
        Ok(syn) => {
            check_syn(bytes, syn);
            check_truncations(bytes, syn);
        }
        Err(error) => assert_eq!(strict.err(), Some(error)),
    }
    if let Ok(syn) = strict {
        let flags = syn.tcp().and_then(|tcp| tcp.flags());
        assert_eq!(flags.map(|flags| flags & flag::HANDSHAKE), Some(flag::SYN));
    }
});
