//! What a directive asks for, or why it is refused.

use std::ffi::{c_char, c_void, CStr};
use std::{fmt, ptr};

use nginx_sys::{ngx_conf_t, ngx_str_t, NGX_LOG_EMERG};
use ngx::core::NGX_CONF_ERROR;
use ngx::ngx_conf_log_error;

use super::guard::guard;
use crate::text::Brief;

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

/// What nginx says of a directive that stands twice.
pub const DUPLICATE: &CStr = c"is duplicate";

/// Puts what a directive asks for into its place in a configuration of ours, unless there is
/// something already: then nginx says `duplicate` of it. `read` has the arguments behind the directive's name.
///
/// # Safety
///
/// nginx is reading the directive, and its command's offset makes `conf` a `C`.
pub unsafe fn set<C, T>(
    cf: *mut ngx_conf_t,
    conf: *mut c_void,
    place: impl FnOnce(&mut C) -> &mut Option<T>,
    duplicate: &'static CStr,
    read: impl FnOnce(&mut [ngx_str_t]) -> Result<T, Refusal>,
) -> *mut c_char {
    guard(NGX_CONF_ERROR.cast(), || {
        // SAFETY: the caller promises what conf is, and nothing else uses it while nginx reads.
        // nginx keeps the arguments, the name first, while it reads the directive.
        let (place, arguments) = unsafe {
            (place(&mut *conf.cast::<C>()), &mut (*(*cf).args).as_slice_mut::<ngx_str_t>()[1..])
        };
        if place.is_some() {
            return duplicate.as_ptr().cast_mut();
        }
        match read(arguments) {
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
