//! What is watched on every connection: what the variables need that the configuration uses, and all
//! of it where names may be looked up at run time.
//!
//! Of nginx's own modules, SSI and Perl do that. Of any other module nobody knows.

use std::ffi::{c_void, CStr};
use std::ptr;

use nginx_sys::{ngx_cycle_t, ngx_module_t};

use super::subsystem::Subsystem;
use super::variable;
use crate::watched::Watched;

// NGINXS_OWN: the names of nginx's own modules.
include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// Modules that look names up. Some nginxes have them among their own.
const LOOKING_UP: &[&[u8]] = &[b"ngx_http_lua_module", b"ngx_http_perl_module"];

/// What is watched on the connections of `S`, SSI apart.
///
/// # Safety
///
/// `ctx` is the context of `S` in the cycle, whose configuration is complete.
pub unsafe fn of<S: Subsystem>(cycle: *mut ngx_cycle_t, ctx: *mut c_void) -> Watched {
    let looks_up = |name: &[u8]| LOOKING_UP.contains(&name) || !NGINXS_OWN.contains(&name);
    // SAFETY: the caller promises both.
    unsafe {
        let mut others = modules::<S>(cycle).filter(|(module, _)| !ptr::eq(*module, S::module()));
        if others.any(|(_, name)| looks_up(name)) {
            return Watched::all();
        }
        variable::watched::<S>(ctx)
    }
}

/// The modules of `S` with their names.
///
/// # Safety
///
/// nginx is reading the cycle's configuration or has read it, and `'a` ends before it goes.
pub unsafe fn modules<'a, S: Subsystem>(
    cycle: *mut ngx_cycle_t,
) -> impl Iterator<Item = (&'a ngx_module_t, &'a [u8])> {
    // SAFETY: the caller promises the cycle. Its list of modules ends with null, and nginx names each
    // with a zero at the end when it begins or loads it.
    unsafe {
        let all = (0..).map(move |at| *(*cycle).modules.add(at));
        all.take_while(|module| !module.is_null())
            .map(|module| &*module)
            .filter(|module| module.type_ == (*S::module()).type_)
            .map(|module| (module, CStr::from_ptr(module.name).to_bytes()))
    }
}
