//! Holds the table of [`crate::tcp_info`] against linux/tcp.h of the machine that builds.

use crate::tcp_info::MEMBERS;

/// struct tcp_info as bindgen reads it.
#[allow(clippy::all, clippy::undocumented_unsafe_blocks)]
#[allow(dead_code, non_camel_case_types, unused_qualifications)]
mod header {
    use std::mem::{offset_of, size_of_val, zeroed};

    // SAFETY: struct tcp_info has integers only, for which zeroes are valid.
    const ZERO: tcp_info = unsafe { zeroed() };

    include!(concat!(env!("OUT_DIR"), "/tcp_info.rs"));
}

/// A member that both know must be at the same place with the same size. The table may know newer
/// members than the header and the header newer ones than the table.
const _: () = {
    const fn equal(a: &str, b: &str) -> bool {
        let (a, b) = (a.as_bytes(), b.as_bytes());
        if a.len() != b.len() {
            return false;
        }
        let mut i = 0;
        while i < a.len() {
            if a[i] != b[i] {
                return false;
            }
            i += 1;
        }
        true
    }

    let mut agreeing = 0;
    let mut i = 0;
    while i < header::MEMBERS.len() {
        let (name, at, size) = header::MEMBERS[i];
        let mut j = 0;
        while j < MEMBERS.len() {
            if equal(MEMBERS[j].name, name) {
                assert!(
                    MEMBERS[j].at == at && MEMBERS[j].size == size && MEMBERS[j].bits.is_none()
                );
                agreeing += 1;
            }
            j += 1;
        }
        i += 1;
    }
    // Linux 4.6 had 38 plain members; fewer mean that the comparison itself has failed.
    assert!(agreeing >= 38);
};
