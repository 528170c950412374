//! nginx's commands: what sets a directive, and why it is refused.

use std::ffi::{c_char, c_void, CStr};
use std::{fmt, ptr};

use nginx_sys::{ngx_command_t, ngx_conf_t, ngx_str_t, NGX_LOG_EMERG};
use ngx::core::NGX_CONF_ERROR;
use ngx::ngx_conf_log_error;

use super::guard::guard;
use crate::text::Brief;

/// A directive that may stand once in a block.
pub trait Directive: 'static {
    /// The configuration of ours that it is kept in.
    type Conf;
    /// What it asks for.
    type Value;

    /// Its name.
    const NAME: ngx_str_t;
    /// What nginx says if it stands twice.
    const DUPLICATE: &'static CStr = c"is duplicate";

    /// Its place in the configuration.
    fn place(conf: &mut Self::Conf) -> &mut Option<Self::Value>;

    /// Reads the arguments behind its name.
    ///
    /// # Errors
    ///
    /// They ask for nothing that there is.
    ///
    /// # Safety
    ///
    /// nginx is reading the directive, and keeps the arguments as long.
    unsafe fn read(
        cf: *mut ngx_conf_t,
        arguments: &mut [ngx_str_t],
    ) -> Result<Self::Value, Refusal>;
}

/// Why a directive is refused.
#[allow(clippy::large_enum_variant, reason = "no heap for the text of an error")]
pub enum Refusal {
    /// For this reason, which nginx logs with file and line.
    Because(Brief),
    /// nginx has logged why.
    Logged,
}

impl Refusal {
    /// For the reason that these arguments make.
    pub fn because(reason: fmt::Arguments<'_>) -> Self {
        Self::Because(Brief::new(reason))
    }
}

/// The command of a directive: `type_` says where it may stand, and with how many arguments;
/// `offset` which of a context's configurations are of its `Conf`.
pub const fn command<D: Directive>(type_: u32, offset: usize) -> ngx_command_t {
    ngx_command_t {
        name: D::NAME,
        type_: type_ as usize,
        set: Some(set::<D>),
        conf: offset,
        offset: 0,
        post: ptr::null_mut(),
    }
}

/// nginx calls it for each directive that it reads.
unsafe extern "C" fn set<D: Directive>(
    cf: *mut ngx_conf_t,
    _command: *mut ngx_command_t,
    conf: *mut c_void,
) -> *mut c_char {
    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: the command's offset makes conf a D::Conf, which nothing else uses while nginx
        // reads. nginx keeps the arguments, the name first, while it reads the directive.
        let (place, arguments) = unsafe {
            let conf = &mut *conf.cast::<D::Conf>();
            (D::place(conf), &mut (*(*cf).args).as_slice_mut::<ngx_str_t>()[1..])
        };
        if place.is_some() {
            return D::DUPLICATE.as_ptr().cast_mut();
        }
        // SAFETY: as above.
        match unsafe { D::read(cf, arguments) } {
            Ok(value) => {
                *place = Some(value);
                ptr::null_mut()
            }
            Err(refusal) => {
                if let Refusal::Because(reason) = refusal {
                    ngx_conf_log_error!(NGX_LOG_EMERG, cf, "{reason}");
                }
                NGX_CONF_ERROR.cast()
            }
        }
    })
}
