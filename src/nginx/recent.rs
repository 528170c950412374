//! The shared memory of the SYNs that proxies have handed on of late: see src/host/recent.rs.
//!
//! It stands beside a `tcpfp_zone`, whose lock is its own, too, and like that it outlives reloads.

use std::ffi::c_void;
use std::slice;
use std::sync::atomic::AtomicU64;

use nginx_sys::{
    ngx_conf_t, ngx_core_module, ngx_int_t, ngx_pagesize, ngx_shared_memory_add, ngx_shm_zone_t,
    ngx_slab_alloc_locked, ngx_str_t, NGX_ERROR, NGX_OK,
};
use ngx::core::SlabPool;

use super::guard::guard;
use super::pool;
use crate::host::Recent;

/// Room for some 130,000 SYNs.
const SIZE: usize = 1 << 20;

/// Such memory of the cycle that it was added to, as long as that lives.
#[derive(Clone, Copy, Debug)]
pub struct RecentZone(*mut ngx_shm_zone_t);

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

        let tag: *mut c_void = (&raw const ngx_core_module).cast_mut().cast();
        // SAFETY: the caller promises a configuration, with whose pool the name lives.
        unsafe {
            let name = pool::bytes((*cf).pool, zone.len() + SUFFIX.len())?;
            let (before, behind) = name.split_at_mut(zone.len());
            before.copy_from_slice(zone);
            behind.copy_from_slice(SUFFIX);
            let mut name = ngx_str_t { len: name.len(), data: name.as_mut_ptr() };
            let zone = ngx_shared_memory_add(cf, &raw mut name, SIZE, tag).as_mut()?;
            zone.init = Some(init);
            Some(Self(zone))
        }
    }

    /// The SYNs in it.
    pub fn recent(&self) -> Recent<'static> {
        // SAFETY: nginx has mapped and initialized the memory before any process of the cycle runs,
        // and workers never unmap it. It is nothing but atomic numbers, from where init put them
        // to the end.
        unsafe {
            let memory = SlabPool::from_shm_zone(&*self.0).and_then(|pool| {
                let (start, end) = (pool.as_ref().data, pool.as_ref().end);
                let len = (end as usize).checked_sub(start as usize)? / size_of::<AtomicU64>();
                (!start.is_null()).then(|| slice::from_raw_parts(start.cast_const().cast(), len))
            });
            Recent::new(memory.unwrap_or_default())
        }
    }
}

/// Takes all of new memory, which is zero. What was kept over a reload is there already.
unsafe extern "C" fn init(zone: *mut ngx_shm_zone_t, _before: *mut c_void) -> ngx_int_t {
    guard(NGX_ERROR as ngx_int_t, || {
        // SAFETY: nginx calls it with a zone of ours, mapped, while it makes a cycle. Nobody else has
        // new memory yet, and of old memory nothing is changed.
        unsafe {
            let Some(mut pool) = SlabPool::from_shm_zone(&*zone) else {
                return NGX_ERROR as ngx_int_t;
            };
            if pool.as_ref().data.is_null() {
                let all = pool.as_ref().pfree * ngx_pagesize;
                pool.as_mut().data = ngx_slab_alloc_locked(pool.as_mut(), all);
            }
        }
        NGX_OK as ngx_int_t
    })
}
