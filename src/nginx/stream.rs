//! `ngx_stream_tcpfp_module`.

mod p0f_api;
mod session;

use std::ptr;

use nginx_sys::{
    ngx_command_t, ngx_module_t, ngx_stream_module_t, NGX_CONF_1MORE, NGX_CONF_TAKE1,
    NGX_CONF_TAKE12, NGX_CONF_TAKE123, NGX_STREAM_MAIN_CONF, NGX_STREAM_MAIN_CONF_OFFSET,
    NGX_STREAM_MODULE, NGX_STREAM_SRV_CONF, NGX_STREAM_SRV_CONF_OFFSET,
};
use ngx::ngx_string;
use session::Stream;

use super::{conf, directive, module};

static mut COMMANDS: [ngx_command_t; 5] = [
    ngx_command_t {
        name: ngx_string!("tcpfp"),
        type_: (NGX_STREAM_MAIN_CONF | NGX_STREAM_SRV_CONF | NGX_CONF_TAKE1) as usize,
        set: Some(directive::cmd_tcpfp),
        conf: NGX_STREAM_SRV_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_database"),
        type_: (NGX_STREAM_MAIN_CONF | NGX_CONF_1MORE) as usize,
        set: Some(directive::cmd_tcpfp_database),
        conf: NGX_STREAM_MAIN_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_zone"),
        type_: (NGX_STREAM_MAIN_CONF | NGX_CONF_TAKE123) as usize,
        set: Some(directive::cmd_tcpfp_zone),
        conf: NGX_STREAM_MAIN_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_p0f_api"),
        type_: (NGX_STREAM_SRV_CONF | NGX_CONF_TAKE12) as usize,
        set: Some(p0f_api::cmd_tcpfp_p0f_api),
        conf: NGX_STREAM_SRV_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
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
    ..ngx_module_t::default()
};

#[cfg(feature = "export-modules")]
ngx::ngx_modules!(ngx_stream_tcpfp_module);
