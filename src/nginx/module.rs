//! What nginx calls while it reads a configuration and starts with it.

use nginx_sys::{
    ngx_conf_t, ngx_cycle_t, ngx_int_t, ngx_module_t, NGX_ERROR, NGX_LOG_ALERT, NGX_LOG_EMERG,
    NGX_OK,
};
use ngx::core::NgxStr;

use super::beside::{beside, GAPS, SYNS};
use super::guard::guard;
use super::subsystem::{contexts, cycle_context, main_conf, server_conf, Subsystem};
use super::{listen, log, metrics, tls, variable, watched};
use crate::watched::Watched;

// SPARE1 and VERSION.
include!(concat!(env!("OUT_DIR"), "/module.rs"));

/// A module that does nothing yet. It begins as the headers' NGX_MODULE_V1 has it: Angie has a sign
/// where nginx has a spare word, and its own version.
pub const EMPTY: ngx_module_t =
    ngx_module_t { spare1: SPARE1, version: VERSION, ..ngx_module_t::default() };

pub unsafe extern "C" fn preconfiguration<S: Subsystem>(cf: *mut ngx_conf_t) -> ngx_int_t {
    // SAFETY: nginx gives the configuration that it is about to read.
    status(guard(false, || unsafe { variable::register::<S>(cf) }))
}

pub unsafe extern "C" fn postconfiguration<S: Subsystem>(cf: *mut ngx_conf_t) -> ngx_int_t {
    status(guard(false, || {
        // SAFETY: nginx gives the configuration that it is finishing; cf.ctx is its context.
        unsafe {
            if let Some(name) = variable::first_unknown::<S>(cf) {
                let name = NgxStr::from_bytes(name);
                log::write(NGX_LOG_EMERG, (*cf).log, format_args!("unknown \"{name}\" variable"));
                return false;
            }
            match S::addresses(cf) {
                Ok(addresses) => {
                    (*main_conf::<S>((*cf).ctx)).addresses = addresses;
                    prepare::<S>(cf)
                }
                Err(error) => {
                    log::write(NGX_LOG_EMERG, (*cf).log, format_args!("tcpfp: {error}"));
                    false
                }
            }
        }
    }))
}

/// Gathers the peers whose SYNs are others', and gets the memory beside the zone, if there is one:
/// that for such SYNs only if there are such peers. Whether that was possible.
///
/// # Safety
///
/// nginx is finishing the configuration of `S`.
unsafe fn prepare<S: Subsystem>(cf: *mut ngx_conf_t) -> bool {
    // SAFETY: the caller promises the configuration, of which nobody else uses ours now.
    unsafe {
        let ctx = (*cf).ctx;
        let conf = &mut *main_conf::<S>(ctx);
        let servers = contexts::<S>(S::servers(ctx)).map(|context| server_conf::<S>(context));
        let mut is_asked = false;
        for server in servers.filter(|server| server.source.is_some()) {
            let Some(peers) = server.source_from else { continue };
            if let Err(error) = conf.trusted.add_all(peers) {
                log::write(NGX_LOG_EMERG, (*cf).log, format_args!("tcpfp: {error}"));
                return false;
            }
            is_asked = true;
        }
        let Some(zone) = conf.zone else { return true };
        conf.gaps = beside(cf, zone.name(), &GAPS);
        conf.recent = if is_asked { beside(cf, zone.name(), &SYNS) } else { None };
        conf.gaps.is_some() && conf.recent.is_some() == is_asked
    }
}

pub unsafe extern "C" fn init_module<S: Subsystem>(cycle: *mut ngx_cycle_t) -> ngx_int_t {
    // SAFETY: nginx gives the cycle that it is about to make the current one. Its log has the level
    // that the configuration asks for only now.
    guard((), || unsafe {
        let Some(ctx) = cycle_context::<S>(cycle) else { return };
        let log = (*cycle).log;
        let conf = main_conf::<S>(ctx);
        (*conf).watched |= watched::of::<S>(cycle, ctx);
        if !S::HAS_REQUESTS {
            (*conf).watched -= Watched::ANY_HTTP2;
        }
        // nginx would end for an error here. Without listeners nothing is captured.
        if let Err(error) = listen::init::<S>(cycle) {
            log::write(NGX_LOG_ALERT, log, format_args!("tcpfp: nothing is captured: {error}"));
        }
        if metrics::init::<S>(cycle, ctx) {
            (*conf).watched |= metrics::WATCHED;
        }
        if (*conf).watched.intersects(Watched::BY_MESSAGES) {
            tls::listen::<S>(ctx, log);
        }
    });
    NGX_OK as ngx_int_t
}

fn status(ok: bool) -> ngx_int_t {
    if ok {
        NGX_OK as ngx_int_t
    } else {
        NGX_ERROR as ngx_int_t
    }
}
