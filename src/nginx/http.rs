//! `ngx_http_tcpfp_module`.

mod dump;
mod location;
mod metrics;
mod refuse;
mod request;
mod ssi;

use std::ffi::{c_char, c_void};

use dump::TcpfpDump;
use location::TcpfpHost;
use metrics::TcpfpMetrics;
use nginx_sys::{
    ngx_array_push, ngx_command_t, ngx_conf_t, ngx_http_handler_pt, ngx_http_module_t,
    ngx_http_phases_NGX_HTTP_POST_READ_PHASE as NGX_HTTP_POST_READ_PHASE,
    ngx_http_phases_NGX_HTTP_REWRITE_PHASE as NGX_HTTP_REWRITE_PHASE,
    ngx_http_phases_NGX_HTTP_SERVER_REWRITE_PHASE as NGX_HTTP_SERVER_REWRITE_PHASE,
    ngx_http_request_t, ngx_int_t, ngx_module_t, NGX_CONF_1MORE, NGX_CONF_NOARGS, NGX_CONF_TAKE1,
    NGX_CONF_TAKE12, NGX_CONF_TAKE123, NGX_CONF_TAKE2, NGX_ERROR, NGX_HTTP_LOC_CONF,
    NGX_HTTP_LOC_CONF_OFFSET, NGX_HTTP_MAIN_CONF, NGX_HTTP_MAIN_CONF_OFFSET, NGX_HTTP_MODULE,
    NGX_HTTP_SRV_CONF, NGX_HTTP_SRV_CONF_OFFSET,
};
use request::{core_conf, Http};

use super::command::command;
use super::directive::{
    Tcpfp, TcpfpDatabase, TcpfpProxyLimits, TcpfpSource, TcpfpSourceFrom, TcpfpSourceRtt, TcpfpZone,
};
use super::subsystem::main_conf;
use super::{conf, module, source};
use crate::watched::Watched;

static mut COMMANDS: [ngx_command_t; 11] = [
    command::<Tcpfp>(
        NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE12,
        NGX_HTTP_SRV_CONF_OFFSET,
    ),
    command::<TcpfpDatabase>(NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE, NGX_HTTP_MAIN_CONF_OFFSET),
    command::<TcpfpZone>(NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE123, NGX_HTTP_MAIN_CONF_OFFSET),
    command::<TcpfpHost>(
        NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1,
        NGX_HTTP_LOC_CONF_OFFSET,
    ),
    command::<TcpfpSource<Http>>(
        NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1,
        NGX_HTTP_SRV_CONF_OFFSET,
    ),
    command::<TcpfpSourceRtt<Http>>(
        NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1,
        NGX_HTTP_SRV_CONF_OFFSET,
    ),
    command::<TcpfpProxyLimits>(
        NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE2,
        NGX_HTTP_SRV_CONF_OFFSET,
    ),
    command::<TcpfpSourceFrom>(
        NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_1MORE,
        NGX_HTTP_SRV_CONF_OFFSET,
    ),
    command::<TcpfpDump>(NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1, NGX_HTTP_LOC_CONF_OFFSET),
    command::<TcpfpMetrics>(NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, NGX_HTTP_LOC_CONF_OFFSET),
    ngx_command_t::empty(),
];

static CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: Some(module::preconfiguration::<Http>),
    postconfiguration: Some(postconfiguration),
    create_main_conf: Some(conf::create_main_conf),
    init_main_conf: Some(conf::init_main_conf),
    create_srv_conf: Some(conf::create_server_conf),
    merge_srv_conf: Some(conf::merge_server_conf),
    create_loc_conf: Some(location::create),
    merge_loc_conf: Some(merge_location),
};

/// The module, under the name by which nginx finds it.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static mut ngx_http_tcpfp_module: ngx_module_t = ngx_module_t {
    ctx: (&raw const CONTEXT).cast_mut().cast(),
    commands: (&raw mut COMMANDS).cast(),
    type_: NGX_HTTP_MODULE as usize,
    init_module: Some(module::init_module::<Http>),
    ..module::EMPTY
};

#[cfg(feature = "export-modules")]
ngx::ngx_modules!(ngx_http_tcpfp_module);

unsafe extern "C" fn postconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    // SAFETY: nginx is finishing the configuration.
    unsafe {
        look_for_ssi(cf);
        let status = module::postconfiguration::<Http>(cf);
        let takes_in = (*main_conf::<Http>((*cf).ctx)).recent.is_some();
        let handlers: [(_, bool, Phase); 3] = [
            (NGX_HTTP_POST_READ_PHASE, takes_in, source::take_in::<Http>),
            (NGX_HTTP_SERVER_REWRITE_PHASE, true, refuse::no_address),
            (NGX_HTTP_REWRITE_PHASE, true, refuse::no_address),
        ];
        let phases = &raw mut (*core_conf((*cf).ctx)).phases;
        for (phase, _, wanted) in handlers.into_iter().filter(|(_, is_wanted, _)| *is_wanted) {
            let handlers = &raw mut (*phases)[phase as usize].handlers;
            let handler: *mut ngx_http_handler_pt = ngx_array_push(handlers).cast();
            if handler.is_null() {
                return NGX_ERROR as ngx_int_t;
            }
            handler.write(Some(wanted));
        }
        status
    }
}

unsafe extern "C" fn merge_location(
    cf: *mut ngx_conf_t,
    outer: *mut c_void,
    conf: *mut c_void,
) -> *mut c_char {
    // SAFETY: nginx is merging the configurations of a location.
    unsafe {
        look_for_ssi(cf);
        location::merge(cf, outer, conf)
    }
}

/// Where SSI is on, any name may be looked up.
///
/// # Safety
///
/// nginx is merging or finishing the configurations of a location.
unsafe fn look_for_ssi(cf: *mut ngx_conf_t) {
    // SAFETY: the caller promises the configurations, of which nobody else uses ours now.
    unsafe {
        if ssi::is_on(cf) {
            (*main_conf::<Http>((*cf).ctx)).watched = Watched::all();
        }
    }
}

/// What nginx calls for a request in one of its phases.
type Phase = unsafe extern "C" fn(*mut ngx_http_request_t) -> ngx_int_t;
