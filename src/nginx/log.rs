//! What is said in nginx's log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::{fmt, mem};

use nginx_sys::{ngx_conf_t, ngx_log_t, NGX_LOG_INFO};
use ngx::ngx_conf_log_error;

/// Logs a message.
///
/// By way of a configuration that is of no file, whose function is the same in every nginx. That
/// which logs directly, and so `ngx_log_error!`, wants more in Angie.
///
/// # Safety
///
/// `log` is one of nginx's logs.
pub unsafe fn write(level: u32, log: *mut ngx_log_t, message: fmt::Arguments<'_>) {
    // SAFETY: a configuration has only pointers and numbers, for which zeroes are valid.
    let mut cf: ngx_conf_t = unsafe { mem::zeroed() };
    cf.log = log;
    ngx_conf_log_error!(level, &raw mut cf, "{message}");
}

/// A message that is worth one line, not one a connection: this process logs it once.
pub struct Once(AtomicBool);

impl Once {
    /// One that was not logged yet.
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// Whether this is the first time that it is asked.
    pub fn is_first(&self) -> bool {
        !self.0.swap(true, Ordering::Relaxed)
    }

    /// Logs at `info`, the first time.
    ///
    /// # Safety
    ///
    /// `log` is one of nginx's logs.
    pub unsafe fn info(&self, log: *mut ngx_log_t, message: fmt::Arguments<'_>) {
        if self.is_first() {
            // SAFETY: the caller promises the log.
            unsafe { write(NGX_LOG_INFO, log, format_args!("tcpfp: {message}")) };
        }
    }
}
