//! Shared memory of nginx's that is nothing but atomic numbers, zeroes at first. It outlives reloads.

use std::ffi::c_void;
use std::sync::atomic::AtomicU64;
use std::{iter, slice};

use nginx_sys::{
    ngx_conf_t, ngx_core_module, ngx_cycle_t, ngx_int_t, ngx_list_part_t, ngx_pagesize,
    ngx_shared_memory_add, ngx_shm_zone_t, ngx_slab_alloc_locked, ngx_str_t, NGX_ERROR, NGX_OK,
};
use ngx::core::SlabPool;

use super::array::string;
use super::guard::guard;

/// What tells our shared memory from that of other modules. It has to be the same in both of ours,
/// and after a reload with a newer one of them, so the layout has to be told by the memory.
pub fn tag() -> *mut c_void {
    (&raw const ngx_core_module).cast_mut().cast()
}

/// All shared memory with our tag that a cycle has so far.
///
/// # Safety
///
/// The cycle is one of nginx's.
pub unsafe fn all(cycle: *const ngx_cycle_t) -> impl Iterator<Item = *mut ngx_shm_zone_t> {
    // SAFETY: the caller promises the cycle, whose list goes from part to part. nginx adds to it only
    // while it reads a configuration.
    let parts = unsafe {
        let first: *const ngx_list_part_t = &raw const (*cycle).shared_memory.part;
        iter::successors(Some(first), |part| {
            let next = (**part).next.cast_const();
            (!next.is_null()).then_some(next)
        })
    };
    // SAFETY: a part has so many elements.
    let zones = parts.flat_map(|part| unsafe {
        let zones: *mut ngx_shm_zone_t = (*part).elts.cast();
        (0..(*part).nelts).map(move |at| zones.add(at))
    });
    // SAFETY: nginx has written each element's tag.
    zones.filter(|zone| unsafe { (**zone).tag == tag() })
}

/// Such memory of the cycle that it was added to, as long as that lives.
#[derive(Clone, Copy, Debug)]
pub struct Shared(*mut ngx_shm_zone_t);

impl Shared {
    /// The memory of this name, for http and stream the same. With a colon in it, nobody can name a
    /// zone so.
    ///
    /// `None` where there is no memory, or another module has it, as nginx has logged.
    ///
    /// # Safety
    ///
    /// nginx is reading the configuration, and the name lives as long as that.
    pub unsafe fn add(cf: *mut ngx_conf_t, mut name: ngx_str_t, size: usize) -> Option<Self> {
        // SAFETY: the caller promises a configuration and a name that lives as long; nginx points to it.
        unsafe {
            let zone = ngx_shared_memory_add(cf, &raw mut name, size, tag()).as_mut()?;
            zone.init = Some(init);
            Some(Self(zone))
        }
    }

    /// The memory that was added to a cycle by this name.
    ///
    /// # Safety
    ///
    /// As for [`all`].
    pub unsafe fn named(cycle: *const ngx_cycle_t, name: ngx_str_t) -> Option<Self> {
        // SAFETY: the caller promises the cycle, with which names live.
        unsafe { all(cycle).find(|zone| string((**zone).shm.name) == string(name)).map(Self) }
    }

    /// The numbers, none if they are not mapped.
    pub fn numbers(&self) -> &'static [AtomicU64] {
        // SAFETY: nginx has mapped and initialized the memory before any process of the cycle runs,
        // and workers never unmap it. (A lone process, without a master, does when a reload takes it
        // away, under the feet of nginx's own modules, too.) It is nothing but atomic numbers, from
        // where init put them to the end.
        unsafe {
            let numbers = SlabPool::from_shm_zone(&*self.0).and_then(|pool| {
                let (start, end) = (pool.as_ref().data, pool.as_ref().end);
                let len = (end as usize).checked_sub(start as usize)? / size_of::<AtomicU64>();
                (!start.is_null()).then(|| slice::from_raw_parts(start.cast_const().cast(), len))
            });
            numbers.unwrap_or_default()
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
