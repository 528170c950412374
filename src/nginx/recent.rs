//! The shared memory of the SYNs that proxies have handed on of late: see src/host/recent.rs.
//!
//! It stands beside a `tcpfp_zone`, whose lock is its own, too.

use nginx_sys::{ngx_conf_t, ngx_str_t};

use super::pool;
use super::shared::Shared;
use crate::host::Recent;

/// Room for some 130,000 SYNs.
const SIZE: usize = 1 << 20;

/// Such memory of the cycle that it was added to, as long as that lives.
#[derive(Clone, Copy, Debug)]
pub struct RecentZone(Shared);

impl RecentZone {
    /// The memory beside the zone of this name, for http and stream the same.
    ///
    /// `None` where there is no memory, or another module has it, as nginx has logged.
    ///
    /// # Safety
    ///
    /// nginx is reading the configuration.
    pub unsafe fn beside(cf: *mut ngx_conf_t, zone: &[u8]) -> Option<Self> {
        const SUFFIX: &[u8] = b":syns";

        // SAFETY: the caller promises a configuration, with whose pool the name lives.
        unsafe {
            let name = pool::bytes((*cf).pool, zone.len() + SUFFIX.len())?;
            let (before, behind) = name.split_at_mut(zone.len());
            before.copy_from_slice(zone);
            behind.copy_from_slice(SUFFIX);
            let name = ngx_str_t { len: name.len(), data: name.as_mut_ptr() };
            Shared::add(cf, name, SIZE).map(Self)
        }
    }

    /// The SYNs in it.
    pub fn recent(&self) -> Recent<'static> {
        Recent::new(self.0.numbers())
    }
}
