//! `ngx_stream_tcpfp_module`.

mod p0f_api;
mod session;

use nginx_sys::{
    ngx_command_t, ngx_module_t, ngx_stream_module_t, NGX_CONF_1MORE, NGX_CONF_TAKE12,
    NGX_CONF_TAKE123, NGX_STREAM_MAIN_CONF, NGX_STREAM_MAIN_CONF_OFFSET, NGX_STREAM_MODULE,
    NGX_STREAM_SRV_CONF, NGX_STREAM_SRV_CONF_OFFSET,
};
use p0f_api::TcpfpP0fApi;
use session::Stream;

use super::command::command;
use super::directive::{Tcpfp, TcpfpDatabase, TcpfpZone};
use super::{conf, module};

static mut COMMANDS: [ngx_command_t; 5] = [
    command::<Tcpfp>(
        NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE12,
        NGX_STREAM_SRV_CONF_OFFSET,
    ),
    command::<TcpfpDatabase>(NGX_STREAM_MAIN_CONF | NGX_CONF_1MORE, NGX_STREAM_MAIN_CONF_OFFSET),
    command::<TcpfpZone>(NGX_STREAM_MAIN_CONF | NGX_CONF_TAKE123, NGX_STREAM_MAIN_CONF_OFFSET),
    command::<TcpfpP0fApi>(NGX_STREAM_SRV_CONF | NGX_CONF_TAKE12, NGX_STREAM_SRV_CONF_OFFSET),
    ngx_command_t::empty(),
];

static CONTEXT: ngx_stream_module_t = ngx_stream_module_t {
    preconfiguration: Some(module::preconfiguration::<Stream>),
    postconfiguration: Some(module::postconfiguration::<Stream>),
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
    init_module: Some(module::init_module::<Stream>),
    ..module::EMPTY
};

#[cfg(feature = "export-modules")]
ngx::ngx_modules!(ngx_stream_tcpfp_module);
