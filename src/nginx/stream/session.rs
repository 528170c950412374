//! The subsystem stream: what its sessions are to the rest.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::collections::TryReserveError;
use std::ffi::{c_void, CStr};
#[cfg(not(ngx_stream_ports))]
use std::iter;
use std::net::{IpAddr, SocketAddr};

#[cfg(not(ngx_stream_ports))]
use nginx_sys::ngx_stream_listen_t;
#[cfg(all(ngx_feature = "stream_ssl", not(ngx_stream_ssl_srv_conf)))]
use nginx_sys::ngx_stream_ssl_conf_t as SslConf;
#[cfg(all(ngx_feature = "stream_ssl", ngx_stream_ssl_srv_conf))]
use nginx_sys::ngx_stream_ssl_srv_conf_t as SslConf;
use nginx_sys::{
    ngx_array_t, ngx_conf_t, ngx_connection_t, ngx_module_t, ngx_pool_t, ngx_str_t,
    ngx_stream_add_variable, ngx_stream_compile_complex_value, ngx_stream_compile_complex_value_t,
    ngx_stream_complex_value, ngx_stream_complex_value_t, ngx_stream_conf_ctx_t,
    ngx_stream_core_main_conf_t, ngx_stream_core_module, ngx_stream_core_srv_conf_t,
    ngx_stream_init_connection, ngx_stream_module,
    ngx_stream_phases_NGX_STREAM_LOG_PHASE as NGX_STREAM_LOG_PHASE, ngx_stream_session_t,
    ngx_stream_variable_t, NGX_STREAM_VAR_NOCACHEABLE, NGX_STREAM_VAR_NOHASH,
    NGX_STREAM_VAR_PREFIX,
};
#[cfg(ngx_stream_ports)]
use nginx_sys::{ngx_stream_conf_addr_t, ngx_stream_conf_port_t};

use crate::claim::Claim;
use crate::fallible::try_collect;
use crate::metrics;
use crate::nginx::array::array;
use crate::nginx::conf::{MainConf, ServerConf, Wanted};
#[cfg(ngx_stream_ports)]
use crate::nginx::subsystem::contexts;
use crate::nginx::subsystem::{alike, asked, Contexts, Handler, Subsystem, Transferred};

extern "C" {
    /// Our module, which the floor above defines of what stands here.
    static ngx_stream_tcpfp_module: ngx_module_t;
}

/// The subsystem stream.
pub struct Stream;

impl Subsystem for Stream {
    type Subject = ngx_stream_session_t;

    alike!(
        ngx_stream_variable_t,
        ngx_stream_core_srv_conf_t,
        ngx_stream_complex_value_t,
        ngx_stream_compile_complex_value_t,
        ngx_stream_add_variable,
        ngx_stream_compile_complex_value,
        ngx_stream_complex_value,
    );

    const KIND: metrics::Subsystem = metrics::Subsystem::Stream;
    const INIT_CONNECTION: unsafe extern "C" fn(*mut ngx_connection_t) = ngx_stream_init_connection;
    const HAS_REQUESTS: bool = false;
    const NOCACHEABLE: u32 = NGX_STREAM_VAR_NOCACHEABLE;
    const NOHASH: u32 = NGX_STREAM_VAR_NOHASH;
    const PREFIX: u32 = NGX_STREAM_VAR_PREFIX;
    const TLS_MODULE: &'static CStr = c"ngx_stream_ssl_module";

    fn module() -> *const ngx_module_t {
        &raw const ngx_stream_tcpfp_module
    }

    fn block_module() -> *const ngx_module_t {
        &raw const ngx_stream_module
    }

    unsafe fn contexts(ctx: *mut c_void) -> Contexts {
        // SAFETY: the caller promises a context of stream.
        let ctx = unsafe { &*ctx.cast::<ngx_stream_conf_ctx_t>() };
        Contexts { main: ctx.main_conf, server: ctx.srv_conf }
    }

    unsafe fn connection(s: *mut ngx_stream_session_t) -> *mut ngx_connection_t {
        // SAFETY: the caller promises a session that is there.
        unsafe { (*s).connection }
    }

    unsafe fn pool(s: *mut ngx_stream_session_t) -> *mut ngx_pool_t {
        // SAFETY: the caller promises a session that is there; it lives in its connection's pool.
        unsafe { (*(*s).connection).pool }
    }

    unsafe fn context_of(s: *mut ngx_stream_session_t) -> *mut *mut c_void {
        // SAFETY: the caller promises a session that is there; its contexts have a place for every
        // module.
        unsafe { (*s).ctx.add((*Self::module()).ctx_index) }
    }

    unsafe fn transferred(s: *mut ngx_stream_session_t) -> Transferred {
        // SAFETY: the caller promises a session that is there, and with it its connection.
        unsafe { Transferred { sent: (*(*s).connection).sent, received: (*s).received } }
    }

    unsafe fn is_main(_s: *mut ngx_stream_session_t) -> bool {
        true
    }

    unsafe fn log_handlers(ctx: *mut c_void) -> *mut ngx_array_t {
        // SAFETY: the caller promises a context of stream.
        unsafe { &raw mut (*core_conf(ctx)).phases[NGX_STREAM_LOG_PHASE as usize].handlers }
    }

    unsafe fn claim<'r>(_s: *mut ngx_stream_session_t) -> Option<Claim<'r>> {
        None
    }

    unsafe fn host(_s: *mut ngx_stream_session_t) -> Option<IpAddr> {
        None
    }

    #[cfg(ngx_feature = "stream_ssl")]
    unsafe fn tls_context(conf: *mut c_void) -> Option<*mut c_void> {
        // SAFETY: the caller promises whose it is.
        Some(unsafe { (*conf.cast::<SslConf>()).ssl.ctx.cast() })
    }

    #[cfg(not(ngx_feature = "stream_ssl"))]
    unsafe fn tls_context(_conf: *mut c_void) -> Option<*mut c_void> {
        None
    }

    #[cfg(ngx_stream_ports)]
    unsafe fn addresses(cf: *mut ngx_conf_t) -> Result<Vec<(SocketAddr, Wanted)>, TryReserveError> {
        // SAFETY: the caller promises that nginx is finishing: it has collected what servers listen
        // on.
        unsafe {
            let ports = array::<ngx_stream_conf_port_t>((*core_conf((*cf).ctx)).ports).iter();
            let ports = ports.filter(|port| port.type_ == libc::SOCK_STREAM);
            let addresses =
                ports.flat_map(|port| array::<ngx_stream_conf_addr_t>(&raw const port.addrs));
            try_collect(addresses.filter_map(|address| {
                asked::<Self>(address.opt.sockaddr, contexts::<Self>(&raw const address.servers))
            }))
        }
    }

    /// Before names could share a port, each stream server had its addresses to itself.
    #[cfg(not(ngx_stream_ports))]
    unsafe fn addresses(cf: *mut ngx_conf_t) -> Result<Vec<(SocketAddr, Wanted)>, TryReserveError> {
        // SAFETY: the caller promises that nginx is finishing: it has collected what servers listen
        // on.
        unsafe {
            let listens = array::<ngx_stream_listen_t>(&raw const (*core_conf((*cf).ctx)).listen);
            let listens = listens.iter().filter(|listen| listen.type_ == libc::SOCK_STREAM);
            try_collect(
                listens.filter_map(|listen| {
                    asked::<Self>(listen.sockaddr, iter::once(listen.ctx.cast()))
                }),
            )
        }
    }
}

/// Our configuration of the server of a session, and the main one of its cycle.
///
/// # Safety
///
/// `s` is a session, and `'s` ends before it is gone.
pub unsafe fn confs<'s>(s: *mut ngx_stream_session_t) -> (&'s ServerConf, &'s MainConf) {
    // SAFETY: the caller promises a session; conf::create_server_conf and create_main_conf put them there
    // before nginx read the server and the block.
    unsafe {
        let index = (*Stream::module()).ctx_index;
        (&*(*(*s).srv_conf.add(index)).cast(), &*(*(*s).main_conf.add(index)).cast())
    }
}

/// # Safety
///
/// `ctx` is a context of stream.
pub unsafe fn core_conf(ctx: *mut c_void) -> *mut ngx_stream_core_main_conf_t {
    // SAFETY: the caller promises a context of stream, where the core module's configuration comes
    // first.
    unsafe { (*Stream::contexts(ctx).main.add(ngx_stream_core_module.ctx_index)).cast() }
}
