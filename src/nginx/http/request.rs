//! The subsystem http: what its requests are to the rest.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::collections::TryReserveError;
use std::ffi::{c_void, CStr};
use std::net::{IpAddr, SocketAddr};
use std::ptr;

#[cfg(ngx_feature = "http_ssl")]
use nginx_sys::ngx_http_ssl_srv_conf_t;
use nginx_sys::{
    ngx_array_t, ngx_conf_t, ngx_connection_t, ngx_http_add_variable,
    ngx_http_compile_complex_value, ngx_http_compile_complex_value_t, ngx_http_complex_value,
    ngx_http_complex_value_t, ngx_http_conf_addr_t, ngx_http_conf_ctx_t, ngx_http_conf_port_t,
    ngx_http_core_loc_conf_t, ngx_http_core_main_conf_t, ngx_http_core_module,
    ngx_http_core_srv_conf_t, ngx_http_init_connection, ngx_http_module,
    ngx_http_phases_NGX_HTTP_LOG_PHASE as NGX_HTTP_LOG_PHASE, ngx_http_request_t,
    ngx_http_variable_t, ngx_int_t, ngx_module_t, ngx_pool_t, ngx_str_t, NGX_HTTP_VAR_NOCACHEABLE,
    NGX_HTTP_VAR_NOHASH, NGX_HTTP_VAR_PREFIX,
};
use ngx::http::Request;

use super::location::LocationConf;
use crate::claim::Claim;
use crate::fallible::try_collect;
use crate::metrics;
use crate::nginx::array::array;
use crate::nginx::conf::{MainConf, Wanted};
use crate::nginx::subsystem::{alike, asked, contexts, Contexts, Handler, Subsystem, Transferred};

extern "C" {
    /// Our module, which the floor above defines of what stands here.
    static ngx_http_tcpfp_module: ngx_module_t;
}

/// The subsystem http.
pub struct Http;

impl Subsystem for Http {
    type Subject = ngx_http_request_t;

    alike!(
        ngx_http_variable_t,
        ngx_http_core_srv_conf_t,
        ngx_http_complex_value_t,
        ngx_http_compile_complex_value_t,
        ngx_http_add_variable,
        ngx_http_compile_complex_value,
        ngx_http_complex_value,
    );

    const KIND: metrics::Subsystem = metrics::Subsystem::Http;
    const INIT_CONNECTION: unsafe extern "C" fn(*mut ngx_connection_t) = ngx_http_init_connection;
    const HAS_REQUESTS: bool = true;
    const NOCACHEABLE: u32 = NGX_HTTP_VAR_NOCACHEABLE;
    const NOHASH: u32 = NGX_HTTP_VAR_NOHASH;
    const PREFIX: u32 = NGX_HTTP_VAR_PREFIX;
    const TLS_MODULE: &'static CStr = c"ngx_http_ssl_module";

    fn module() -> *const ngx_module_t {
        &raw const ngx_http_tcpfp_module
    }

    fn block_module() -> *const ngx_module_t {
        &raw const ngx_http_module
    }

    unsafe fn contexts(ctx: *mut c_void) -> Contexts {
        // SAFETY: the caller promises a context of http.
        let ctx = unsafe { &*ctx.cast::<ngx_http_conf_ctx_t>() };
        Contexts { main: ctx.main_conf, server: ctx.srv_conf }
    }

    unsafe fn connection(r: *mut ngx_http_request_t) -> *mut ngx_connection_t {
        // SAFETY: the caller promises a request that is there.
        unsafe { (*r).connection }
    }

    unsafe fn pool(r: *mut ngx_http_request_t) -> *mut ngx_pool_t {
        // SAFETY: the caller promises a request that is there.
        unsafe { (*r).pool }
    }

    unsafe fn context_of(r: *mut ngx_http_request_t) -> *mut *mut c_void {
        // SAFETY: the caller promises a request; the main one lasts as long, and its contexts have a
        // place for every module.
        unsafe { (*(*r).main).ctx.add((*Self::module()).ctx_index) }
    }

    unsafe fn transferred(r: *mut ngx_http_request_t) -> Transferred {
        // SAFETY: the caller promises a request that is there, and with it its connection.
        unsafe {
            let sent = (*(*r).connection).sent;
            Transferred { sent, received: (*(*r).main).request_length }
        }
    }

    unsafe fn is_main(r: *mut ngx_http_request_t) -> bool {
        // SAFETY: the caller promises a request that is there.
        ptr::eq(r, unsafe { (*r).main })
    }

    unsafe fn log_handlers(ctx: *mut c_void) -> *mut ngx_array_t {
        // SAFETY: the caller promises a context of http.
        unsafe { &raw mut (*core_conf(ctx)).phases[NGX_HTTP_LOG_PHASE as usize].handlers }
    }

    unsafe fn claim<'r>(r: *mut ngx_http_request_t) -> Option<Claim<'r>> {
        // SAFETY: the caller promises a request whose headers are there as long as 'r.
        Some(claim(unsafe { Request::from_ngx_http_request(r) }))
    }

    unsafe fn host(r: *mut ngx_http_request_t) -> Option<IpAddr> {
        // SAFETY: the caller promises a request; nginx has found its location, or has that of the server.
        unsafe { location_conf(r).host(r) }
    }

    #[cfg(ngx_feature = "http_ssl")]
    unsafe fn tls_context(conf: *mut c_void) -> Option<*mut c_void> {
        // SAFETY: the caller promises whose it is.
        Some(unsafe { (*conf.cast::<ngx_http_ssl_srv_conf_t>()).ssl.ctx.cast() })
    }

    #[cfg(not(ngx_feature = "http_ssl"))]
    unsafe fn tls_context(_conf: *mut c_void) -> Option<*mut c_void> {
        None
    }

    unsafe fn addresses(cf: *mut ngx_conf_t) -> Result<Vec<(SocketAddr, Wanted)>, TryReserveError> {
        // SAFETY: the caller promises that nginx is finishing: it has collected what servers listen
        // on.
        unsafe {
            let ports = array::<ngx_http_conf_port_t>((*core_conf((*cf).ctx)).ports).iter();
            #[cfg(ngx_http_port_type)]
            let ports = ports.filter(|port| port.type_ == libc::SOCK_STREAM as ngx_int_t);
            let addresses =
                ports.flat_map(|port| array::<ngx_http_conf_addr_t>(&raw const port.addrs));
            try_collect(addresses.filter_map(|address| {
                asked::<Self>(address.opt.sockaddr, contexts::<Self>(&raw const address.servers))
            }))
        }
    }
}

/// What the location of a request says.
///
/// # Safety
///
/// nginx has found the location of `r`, or is about to, and `'r` ends before it is gone.
pub unsafe fn location_conf<'r>(r: *mut ngx_http_request_t) -> &'r LocationConf {
    // SAFETY: the caller promises the location; location::create put it there before nginx read that.
    unsafe { &*(*(*r).loc_conf.add((*Http::module()).ctx_index)).cast() }
}

/// Our main configuration, of the cycle that a request belongs to.
///
/// # Safety
///
/// `r` is a request, and `'r` ends before it is gone.
pub unsafe fn main_conf<'r>(r: *mut ngx_http_request_t) -> &'r MainConf {
    // SAFETY: the caller promises a request; conf::create_main_conf put it there before nginx read the
    // block.
    unsafe { &*(*(*r).main_conf.add((*Http::module()).ctx_index)).cast() }
}

/// # Safety
///
/// `ctx` is a context of http.
pub unsafe fn core_conf(ctx: *mut c_void) -> *mut ngx_http_core_main_conf_t {
    // SAFETY: the caller promises a context of http, where the core module's configuration comes first.
    unsafe { (*Http::contexts(ctx).main.add(ngx_http_core_module.ctx_index)).cast() }
}

/// nginx's own configuration of a location, among those of all modules.
///
/// # Safety
///
/// These are the configurations of a location.
pub unsafe fn location_core(locations: *mut *mut c_void) -> *mut ngx_http_core_loc_conf_t {
    // SAFETY: the core module has one of every location.
    unsafe { (*locations.add(ngx_http_core_module.ctx_index)).cast() }
}

/// Has a location answered by a handler.
///
/// # Safety
///
/// nginx is reading the location.
pub unsafe fn answer_by(
    cf: *mut ngx_conf_t,
    handler: unsafe extern "C" fn(*mut ngx_http_request_t) -> ngx_int_t,
) {
    // SAFETY: the caller promises that nginx is reading a location, whose configurations are there.
    unsafe {
        let locations = (*(*cf).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf;
        (*location_core(locations)).handler = Some(handler);
    }
}

/// The headers of a request by which its client says what it is.
fn claim(request: &Request) -> Claim<'_> {
    let mut headers = request.headers_in_iterator();
    Claim {
        platform: headers
            .find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"Sec-CH-UA-Platform"))
            .map(|(_, value)| value.as_bytes()),
        user_agent: request.user_agent().map(|value| value.as_bytes()),
    }
}
