//! The counters of `tcpfp_metrics`, in shared memory that http and stream have together, and what
//! counts connections, requests and sessions when they end.
//!
//! Where no location asks for them, nothing here is ever called: no handler stands anywhere.

use std::ffi::c_void;

use nginx_sys::{
    ngx_array_push, ngx_connection_t, ngx_cycle, ngx_cycle_t, ngx_int_t, ngx_listening_t,
    ngx_pool_cleanup_add, ngx_pool_t, ngx_str_t, NGX_LOG_ALERT, NGX_OK,
};
#[cfg(feature = "http")]
use nginx_sys::{ngx_conf_t, ngx_pagesize};
use ngx::ngx_string;

use super::capture;
#[cfg(feature = "http")]
use super::command::Refusal;
use super::context;
use super::guard::{self, guard};
use super::listen;
use super::log;
use super::shared::Shared;
use super::source;
use super::subsystem::{cycle_conf, main_conf, Subsystem};
use crate::metrics::{Counters, Ended, Failure};
use crate::watched::Watched;

/// The memory's name.
const NAME: ngx_str_t = ngx_string!("tcpfp:metrics");
/// Its size in pages: as small as nginx makes one.
#[cfg(feature = "http")]
const PAGES: usize = 8;
#[cfg(feature = "http")]
const _: () = assert!(size_of::<Counters>() <= PAGES / 2 * 4096, "nginx has the first pages");

/// What is kept of a connection until it ends; in its pool.
struct Open {
    pool: *mut ngx_pool_t,
    counters: &'static Counters,
    wants_info: bool,
}

/// Gives the configuration counters, which it may have already.
///
/// # Safety
///
/// nginx is reading the configuration.
#[cfg(feature = "http")]
pub unsafe fn declare(cf: *mut ngx_conf_t) -> Result<(), Refusal> {
    // SAFETY: the caller promises a configuration, and nginx knows its pages. The name is static.
    let shared = unsafe { Shared::add(cf, NAME, PAGES * ngx_pagesize) };
    shared.map(|_| ()).ok_or(Refusal::Logged)
}

/// What has to be watched for the counters.
pub const WATCHED: Watched = Watched::PROXY;

/// Has all that comes to `S` counted, if some location of http asks for that. Whether it is counted.
///
/// # Safety
///
/// `cycle` is complete, with `ctx` as the context of `S`, its listeners are set up, and nothing else of
/// this process uses it now.
pub unsafe fn init<S: Subsystem>(cycle: *mut ngx_cycle_t, ctx: *mut c_void) -> bool {
    // SAFETY: the caller promises the cycle and the context, of which nobody else uses our
    // configuration now. nginx reads the handlers of its log phase when something ends.
    unsafe {
        let conf = &mut *main_conf::<S>(ctx);
        conf.metrics = counters(cycle);
        guard::count_panics(conf.metrics.map(|counters| counters.failures(Failure::Panic)));
        if conf.metrics.is_none() {
            return false;
        }
        let sockets = (*cycle).listening.as_slice_mut::<ngx_listening_t>().iter_mut();
        for (socket, _) in sockets.zip(&conf.listeners).filter(|(_, listener)| listener.is_some()) {
            socket.handler = Some(init_connection::<S>);
        }
        let handler: *mut Option<Log<S>> = ngx_array_push(S::log_handlers(ctx)).cast();
        match handler.as_mut() {
            Some(handler) => *handler = Some(count_subject::<S>),
            None => {
                log::write(
                    NGX_LOG_ALERT,
                    (*cycle).log,
                    format_args!("tcpfp_metrics: no memory, no request is counted"),
                );
            }
        }
        true
    }
}

/// What nginx calls when a request or session is over.
type Log<S> = unsafe extern "C" fn(*mut <S as Subsystem>::Subject) -> ngx_int_t;

/// The counters of a cycle, if it has any, and they are of this layout.
///
/// # Safety
///
/// As for [`init`].
unsafe fn counters(cycle: *mut ngx_cycle_t) -> Option<&'static Counters> {
    // SAFETY: the caller promises the cycle. Counters are nothing but atomic numbers, as the memory
    // is, which is long enough, and mapped as long as any process of the cycle runs.
    unsafe {
        let numbers = Shared::named(cycle, NAME)?.numbers();
        if size_of_val(numbers) < size_of::<Counters>() {
            return None;
        }
        let counters: &Counters = &*numbers.as_ptr().cast();
        if let Err(version) = counters.claim() {
            log::write(
                NGX_LOG_ALERT,
                (*cycle).log,
                format_args!("tcpfp_metrics: the other module has layout {version} of the counters, nothing is counted by this one: use two modules of one version"),
            );
            return None;
        }
        Some(counters)
    }
}

/// nginx calls it with every new connection, in place of the handler that captures.
unsafe extern "C" fn init_connection<S: Subsystem>(c: *mut ngx_connection_t) {
    // SAFETY: the connection is new, with a pool, and ours until the next handler has it.
    unsafe {
        guard((), || count_at_end::<S>(&*c));
        listen::init_connection::<S>(c);
    }
}

/// # Safety
///
/// `c` is new, and has a pool.
unsafe fn count_at_end<S: Subsystem>(c: &ngx_connection_t) {
    // SAFETY: the caller promises the connection, and a worker accepted it. nginx aligns what it
    // allocates for an Open, of which nothing needs to be dropped.
    unsafe {
        let Some((conf, listener)) = listen::of::<S>(c) else { return };
        let Some(counters) = conf.metrics else { return };
        let Some(cleanup) = ngx_pool_cleanup_add(c.pool, size_of::<Open>()).as_mut() else {
            return;
        };
        cleanup.handler = Some(count::<S>);
        let open = Open { pool: c.pool, counters, wants_info: listener.info };
        cleanup.data.cast::<Open>().write(open);
    }
}

/// nginx calls it when a connection's pool goes: all that is known of it is in there still.
unsafe extern "C" fn count<S: Subsystem>(open: *mut c_void) {
    guard((), || {
        // SAFETY: count_at_end gave an Open. The pool's memory goes after all of its cleanups, and the
        // connection's cycle after that.
        unsafe {
            let Open { pool, counters, wants_info } = &*open.cast::<Open>();
            let (pool, wants_info) = (*pool, *wants_info);
            match source::first(pool) {
                Some((connection, is_forwarded)) => {
                    counters.count(S::KIND, Ended { connection, wants_info, is_forwarded });
                }
                None => capture::at_end(pool, |connection| {
                    counters.count(S::KIND, Ended { connection, wants_info, is_forwarded: false });
                }),
            }
        }
    });
}

/// nginx calls it in its log phase: counts a request or session.
unsafe extern "C" fn count_subject<S: Subsystem>(subject: *mut S::Subject) -> ngx_int_t {
    guard((), || {
        // SAFETY: nginx runs its phases for a request or session that is there, with its headers and
        // its connection, of a worker's cycle.
        unsafe {
            let conf = cycle_conf::<S>(ngx_cycle).and_then(|conf| conf.as_ref());
            let (true, Some(counters)) = (S::is_main(subject), conf.and_then(|conf| conf.metrics))
            else {
                return;
            };
            let Some(context) = context::of::<S>(subject).as_mut() else { return };
            if let Some(proxy) = context.proxy::<S>(subject) {
                counters.count_proxy(S::KIND, proxy);
            }
            if let Some(claim) = S::claim(subject) {
                let connection = &(*context.captured).connection;
                let family = connection.verdict().map(|verdict| verdict.family);
                counters.count_request(family, connection.contradicts(&claim));
            }
        }
    });
    NGX_OK as ngx_int_t
}
