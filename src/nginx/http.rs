//! `ngx_http_tcpfp_module`.

mod dump;
mod location;
mod refuse;
mod request;

use std::ptr;

use nginx_sys::{
    ngx_array_push, ngx_command_t, ngx_conf_t, ngx_http_handler_pt, ngx_http_module_t,
    ngx_http_phases_NGX_HTTP_REWRITE_PHASE as NGX_HTTP_REWRITE_PHASE,
    ngx_http_phases_NGX_HTTP_SERVER_REWRITE_PHASE as NGX_HTTP_SERVER_REWRITE_PHASE, ngx_int_t,
    ngx_module_t, NGX_CONF_1MORE, NGX_CONF_TAKE1, NGX_CONF_TAKE123, NGX_ERROR, NGX_HTTP_LOC_CONF,
    NGX_HTTP_LOC_CONF_OFFSET, NGX_HTTP_MAIN_CONF, NGX_HTTP_MAIN_CONF_OFFSET, NGX_HTTP_MODULE,
    NGX_HTTP_SRV_CONF, NGX_HTTP_SRV_CONF_OFFSET,
};
use ngx::ngx_string;
use request::{core_conf, Http};

use super::{conf, directive, module};

static mut COMMANDS: [ngx_command_t; 6] = [
    ngx_command_t {
        name: ngx_string!("tcpfp"),
        type_: (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1) as usize,
        set: Some(directive::cmd_tcpfp),
        conf: NGX_HTTP_SRV_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_database"),
        type_: (NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE) as usize,
        set: Some(directive::cmd_tcpfp_database),
        conf: NGX_HTTP_MAIN_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_zone"),
        type_: (NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE123) as usize,
        set: Some(directive::cmd_tcpfp_zone),
        conf: NGX_HTTP_MAIN_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_host"),
        type_: (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1)
            as usize,
        set: Some(location::cmd_tcpfp_host),
        conf: NGX_HTTP_LOC_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
    ngx_command_t {
        name: ngx_string!("tcpfp_dump"),
        type_: (NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1) as usize,
        set: Some(dump::cmd_tcpfp_dump),
        conf: NGX_HTTP_LOC_CONF_OFFSET,
        offset: 0,
        post: ptr::null_mut(),
    },
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
    merge_loc_conf: Some(location::merge),
};

/// The module, under the name by which nginx finds it.
#[no_mangle]
#[allow(non_upper_case_globals)]
pub static mut ngx_http_tcpfp_module: ngx_module_t = ngx_module_t {
    ctx: (&raw const CONTEXT).cast_mut().cast(),
    commands: (&raw mut COMMANDS).cast(),
    type_: NGX_HTTP_MODULE as usize,
    init_module: Some(module::init_module::<Http>),
    ..ngx_module_t::default()
};

#[cfg(feature = "export-modules")]
ngx::ngx_modules!(ngx_http_tcpfp_module);

unsafe extern "C" fn postconfiguration(cf: *mut ngx_conf_t) -> ngx_int_t {
    // SAFETY: nginx is finishing the configuration.
    unsafe {
        let phases = &raw mut (*core_conf((*cf).ctx)).phases;
        for phase in [NGX_HTTP_SERVER_REWRITE_PHASE, NGX_HTTP_REWRITE_PHASE] {
            let handlers = &raw mut (*phases)[phase as usize].handlers;
            let handler: *mut ngx_http_handler_pt = ngx_array_push(handlers).cast();
            if handler.is_null() {
                return NGX_ERROR as ngx_int_t;
            }
            handler.write(Some(refuse::no_address));
        }
        module::postconfiguration::<Http>(cf)
    }
}
