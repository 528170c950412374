#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ngx_tcpfp_fuzz::http2::check(bytes));
