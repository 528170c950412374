//! The directives, the same in http and stream.

use std::ffi::{c_char, c_void, CStr};
use std::ptr;

use nginx_sys::{ngx_command_t, ngx_conf_t, ngx_str_t, NGX_LOG_EMERG};
use ngx::core::{NgxStr, NGX_CONF_ERROR};
use ngx::ngx_conf_log_error;

use super::guard::guard;
use super::protocol::ServerConf;

/// What to capture of a connection: the argument of the directive `tcpfp`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub syn: bool,
    pub info: bool,
}

impl Wanted {
    /// Without the directive.
    pub const DEFAULT: Self = Self { syn: true, info: true };

    fn parse(argument: &[u8]) -> Option<Self> {
        match argument {
            b"on" => Some(Self { syn: true, info: true }),
            b"syn" => Some(Self { syn: true, info: false }),
            b"info" => Some(Self { syn: false, info: true }),
            b"off" => Some(Self { syn: false, info: false }),
            _ => None,
        }
    }

    /// What one or the other asks for.
    pub fn or(self, other: Self) -> Self {
        Self { syn: self.syn || other.syn, info: self.info || other.info }
    }
}

/// `tcpfp on | syn | info | off;`
pub unsafe extern "C" fn cmd_tcpfp(
    cf: *mut ngx_conf_t,
    _cmd: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    const DUPLICATE: &CStr = c"is duplicate";

    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: the command's offset makes conf the block's ServerConf, and its type gives it
        // exactly one argument after its name.
        let (conf, arguments) =
            unsafe { (&mut *conf.cast::<ServerConf>(), (*(*cf).args).as_slice::<ngx_str_t>()) };
        if conf.wanted.is_some() {
            return DUPLICATE.as_ptr().cast_mut();
        }
        // SAFETY: nginx's parser terminates and keeps the argument.
        let argument = unsafe { NgxStr::from_ngx_str(arguments[1]) };
        conf.wanted = Wanted::parse(argument.as_bytes());
        if conf.wanted.is_none() {
            ngx_conf_log_error!(
                NGX_LOG_EMERG,
                cf,
                "invalid value \"{argument}\" in \"tcpfp\" directive, it must be \"on\", \"syn\", \"info\" or \"off\""
            );
            return NGX_CONF_ERROR.cast();
        }
        ptr::null_mut()
    })
}
