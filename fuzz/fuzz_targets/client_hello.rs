#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ngx_tcpfp_fuzz::client_hello::check(bytes));
