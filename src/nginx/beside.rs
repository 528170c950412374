//! Shared memory beside a `tcpfp_zone`, for http and stream the same: what is kept of addresses, but in no
//! record. It needs no lock, or the zone's.

use nginx_sys::{ngx_conf_t, ngx_str_t};

use super::pool;
use super::shared::Shared;

/// What its name adds to that of the zone, and its size.
pub struct Beside(&'static [u8], usize);

/// The SYNs that proxies have handed on of late: room for some 130,000 (src/host/recent.rs).
pub const SYNS: Beside = Beside(b":syns", 1 << 20);
/// How near clients were of late: room for some 60,000 (src/host/gaps.rs).
pub const GAPS: Beside = Beside(b":gaps", 1 << 19);

/// The memory beside the zone of this name.
///
/// `None` where there is no memory, or another module has it, as nginx has logged.
///
/// # Safety
///
/// nginx is reading the configuration.
pub unsafe fn beside(cf: *mut ngx_conf_t, zone: &[u8], what: &Beside) -> Option<Shared> {
    let Beside(suffix, size) = *what;
    // SAFETY: the caller promises a configuration, with whose pool the name lives.
    unsafe {
        let name = pool::bytes((*cf).pool, zone.len() + suffix.len())?;
        let (before, behind) = name.split_at_mut(zone.len());
        before.copy_from_slice(zone);
        behind.copy_from_slice(suffix);
        let name = ngx_str_t { len: name.len(), data: name.as_mut_ptr() };
        Shared::add(cf, name, size)
    }
}
