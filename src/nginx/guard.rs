//! No panic crosses into C: whatever nginx or OpenSSL calls runs inside [`guard`].
//!
//! Left out is only what cannot panic: functions that do nothing but read and write fields or call
//! nginx (the merges of configurations, `drop_in_place` of values without a Drop of their own), and
//! what stands around a guard in a handler.

use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::Once;

use nginx_sys::{ngx_cycle, NGX_LOG_ALERT};

use super::log;

/// Runs `body`; if it panics, gives `fallback`.
pub fn guard<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    panic::catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// Where panics are counted; null for nowhere.
static COUNTER: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

/// Has panics counted here from now on, or nowhere.
pub fn count_panics(counter: Option<&'static AtomicU64>) {
    let counter = counter.map_or(ptr::null(), ptr::from_ref);
    COUNTER.store(counter.cast_mut(), Ordering::Relaxed);
}

/// Sends what a panic says to nginx's log, at `alert` and once a process, instead of to standard
/// error.
pub fn install() {
    static INSTALLED: Once = Once::new();
    static LOGGED: log::Once = log::Once::new();
    INSTALLED.call_once(|| {
        #[allow(clippy::disallowed_types, reason = "a function without captures takes no memory")]
        panic::set_hook(Box::new(|panic| {
            // SAFETY: count_panics was given a static, whose memory is there as long as a process of
            // the cycle runs.
            if let Some(counter) = unsafe { COUNTER.load(Ordering::Relaxed).as_ref() } {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            if LOGGED.is_first() {
                // SAFETY: nginx has a cycle with a log before it reads a configuration.
                unsafe {
                    log::write(NGX_LOG_ALERT, (*ngx_cycle).log, format_args!("tcpfp: {panic}"))
                };
            }
        }));
    });
}
