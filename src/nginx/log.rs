//! Messages that are worth one line, not one a connection.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use nginx_sys::{ngx_log_t, NGX_LOG_INFO};
use ngx::ngx_log_error;

/// A message that this process logs once.
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
            ngx_log_error!(NGX_LOG_INFO, log, "tcpfp: {message}");
        }
    }
}
