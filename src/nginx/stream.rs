//! `ngx_stream_tcpfp_module`.

mod p0f_api;
mod preread;
mod proxy_protocol;
mod session;

use nginx_sys::{
    ngx_array_push, ngx_command_t, ngx_conf_t, ngx_cycle_t, ngx_int_t, ngx_module_t,
    ngx_stream_handler_pt, ngx_stream_module_t,
    ngx_stream_phases_NGX_STREAM_POST_ACCEPT_PHASE as NGX_STREAM_POST_ACCEPT_PHASE, NGX_CONF_1MORE,
    NGX_CONF_TAKE1, NGX_CONF_TAKE12, NGX_CONF_TAKE123, NGX_CONF_TAKE2, NGX_ERROR,
    NGX_STREAM_MAIN_CONF, NGX_STREAM_MAIN_CONF_OFFSET, NGX_STREAM_MODULE, NGX_STREAM_SRV_CONF,
    NGX_STREAM_SRV_CONF_OFFSET,
};
use p0f_api::TcpfpP0fApi;
use proxy_protocol::TcpfpProxyProtocol;
use session::{core_conf, Stream};

use super::command::command;
use super::directive::{
    Tcpfp, TcpfpDatabase, TcpfpProxyLimits, TcpfpSource, TcpfpSourceFrom, TcpfpSourceRtt, TcpfpZone,
};
use super::subsystem::main_conf;
use super::{conf, module, source};

static mut COMMANDS: [ngx_command_t; 10] = [
    command::<Tcpfp>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE12,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpDatabase>(NGX_STREAM_MAIN_CONF | NGX_CONF_1MORE, NGX_STREAM_MAIN_CONF_OFFSET),
    command::<TcpfpZone>(NGX_STREAM_MAIN_CONF | NGX_CONF_TAKE123, NGX_STREAM_MAIN_CONF_OFFSET),
    command::<TcpfpSource<Stream>>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE1,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpSourceRtt<Stream>>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE1,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpProxyLimits>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE2,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpSourceFrom>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_1MORE,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpProxyProtocol>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE1,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpP0fApi>(NGX_STREAM_SRV_CONF | NGX_CONF_TAKE12, NGX_STREAM_SRV_CONF_OFFSET),
    ngx_command_t::empty(),
];

static CONTEXT: ngx_stream_module_t = ngx_stream_module_t {
    preconfiguration: Some(module::preconfiguration::<Stream>),
    postconfiguration: Some(postconfiguration),
    create_main_conf: Some(conf::create_main_conf),
    init_main_conf: Some(conf::init_main_conf),
    create_srv_conf: Some(conf::create_server_conf),
    merge_srv_conf: Some(conf::merge_server_conf),
};

/// The module, under the name by which nginx finds it.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static mut ngx_stream_tcpfp_module: ngx_module_t = ngx_module_t {
    ctx: (&raw const CONTEXT).cast_mut().cast(),
    commands: (&raw mut COMMANDS).cast(),
    type_: NGX_STREAM_MODULE as usize,
    init_module: Some(init_module),
    ..module::EMPTY
};

#[cfg(feature = "export-modules")]
ngx::ngx_modules!(ngx_stream_tcpfp_module);

unsafe extern "C" fn init_module(cycle: *mut ngx_cycle_t) -> ngx_int_t {
    // SAFETY: nginx gives the cycle that it is about to make the current one.
    unsafe {
        let status = module::init_module::<Stream>(cycle);
        preread::install(cycle);
        status
    }
}

unsafe extern "C" fn postconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    // SAFETY: nginx is finishing the configuration.
    unsafe {
        let status = module::postconfiguration::<Stream>(cf);
        // Whether a location of http shows what is counted is known when all blocks are read.
        if !(*main_conf::<Stream>((*cf).ctx)).trusted.are_none() {
            let phases = &raw mut (*core_conf((*cf).ctx)).phases;
            let handlers = &raw mut (*phases)[NGX_STREAM_POST_ACCEPT_PHASE as usize].handlers;
            let handler: *mut ngx_stream_handler_pt = ngx_array_push(handlers).cast();
            if handler.is_null() {
                return NGX_ERROR as ngx_int_t;
            }
            handler.write(Some(source::take_in::<Stream>));
        }
        proxy_protocol::install(cf);
        status
    }
}
