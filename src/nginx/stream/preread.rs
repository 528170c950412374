//! The ClientHello that nginx reads ahead and hands on as it is (`ssl_preread on`). It is there only while
//! that goes on: since 1.25.5 nginx looks at what the socket has, and forgets what it saw.

use std::ptr;
use std::slice;

use nginx_sys::{
    ngx_cycle_t, ngx_int_t, ngx_stream_core_preread_phase, ngx_stream_phase_handler_t,
    ngx_stream_session_t, NGX_DECLINED, NGX_LOG_ALERT, NGX_OK,
};

use super::session::{core_conf, Stream};
use crate::client_hello::Records;
use crate::fallible::try_collect;
use crate::nginx::conf::MainConf;
use crate::nginx::guard::guard;
use crate::nginx::subsystem::{cycle_context, main_conf, Subsystem};
use crate::nginx::{capture, log};
use crate::watched::Watched;

/// Stands before what reads ahead, if ClientHellos are watched.
///
/// # Safety
///
/// `cycle` is complete, and no process serves it yet.
pub unsafe fn install(cycle: *mut ngx_cycle_t) {
    guard((), || {
        // SAFETY: the caller promises the cycle, of which nobody else uses anything now. nginx has made
        // the list of handlers, which ends with one that nobody checks.
        unsafe {
            let Some(ctx) = cycle_context::<Stream>(cycle) else { return };
            let conf = &mut *main_conf::<Stream>(ctx);
            let first = (*core_conf(ctx)).phase_engine.handlers;
            if !conf.watched.contains(Watched::CLIENT_HELLO) || first.is_null() {
                return;
            }
            let count = (0..).take_while(|&at| (*first.add(at)).checker.is_some()).count();
            let handlers = slice::from_raw_parts_mut(first, count);
            match try_collect(handlers.iter().map(|it| it.handler.filter(|_| reads_ahead(it)))) {
                Ok(preread) => conf.preread = preread,
                Err(error) => {
                    let log = (*cycle).log;
                    return log::write(
                        NGX_LOG_ALERT,
                        log,
                        format_args!("tcpfp: no hello is read ahead: {error}"),
                    );
                }
            }
            for handler in handlers.iter_mut().filter(|handler| reads_ahead(handler)) {
                handler.handler = Some(read_ahead);
            }
        }
    });
}

/// Whether it is called with what was read ahead.
fn reads_ahead(handler: &ngx_stream_phase_handler_t) -> bool {
    handler.checker.is_some_and(|checker| {
        let preread: unsafe extern "C" fn(_, _) -> _ = ngx_stream_core_preread_phase;
        ptr::fn_addr_eq(checker, preread)
    })
}

/// In place of all that reads ahead: does what it does, and then looks at what was read.
unsafe extern "C" fn read_ahead(s: *mut ngx_stream_session_t) -> ngx_int_t {
    // SAFETY: nginx gives a session that is there, of a configuration whose handlers install has seen.
    unsafe {
        let conf: *const MainConf = (*(*s).main_conf.add((*Stream::module()).ctx_index)).cast();
        let conf = &*conf;
        let Some(&Some(handler)) = conf.preread.get((*s).phase_handler as usize) else {
            return NGX_DECLINED as ngx_int_t;
        };
        let status = handler(s);
        // Of another word the session may be gone, or more is to be read.
        if status == NGX_OK as ngx_int_t || status == NGX_DECLINED as ngx_int_t {
            guard((), || hear(s));
        }
        status
    }
}

/// # Safety
///
/// `s` is a session that is there.
unsafe fn hear(s: *mut ngx_stream_session_t) {
    // SAFETY: the caller promises the session, and with it its connection. What nginx has read is
    // between the buffer's pointers.
    unsafe {
        let c = &*(*s).connection;
        // Where nginx speaks TLS itself, what it reads is not as the client sent it.
        #[cfg(ngx_feature = "stream_ssl")]
        if !c.ssl.is_null() {
            return;
        }
        let Some(buffer) = c.buffer.as_ref() else { return };
        let len = (buffer.last as usize).saturating_sub(buffer.pos as usize);
        if len > 0 {
            let bytes = slice::from_raw_parts(buffer.pos, len);
            capture::hear(c, &mut Records::new(bytes));
        }
    }
}
