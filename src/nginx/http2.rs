//! What a client of HTTP/2 sends first, and when it answers our SETTINGS: seen where nginx receives and
//! sends the first bytes of that protocol, which are plain there, with TLS or without.
//!
//! With TLS, nginx has its functions for that in place only when the handshake is over, and then
//! calls what it has kept for that moment. With early data it has them there sooner, and has read the
//! first bytes before anybody could stand in their place; then it is asked whether the client has
//! acknowledged our SETTINGS.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::time::Instant;
use std::{ptr, slice};

use nginx_sys::{
    ngx_chain_t, ngx_connection_handler_pt, ngx_connection_t, ngx_pool_cleanup_add, ngx_recv_pt,
    ngx_send_chain_pt, off_t,
};

use super::guard::guard;
use super::pool;
use crate::http2::{Opening, Session};
use crate::watched::Watched;

/// In front of what is kept: see [`pool::find`].
static MAGIC: u8 = 0;

/// What is kept of a connection, in its pool.
#[repr(C)]
struct Link {
    magic: *const u8,
    began: Instant,
    /// nginx's own state of HTTP/2, if it is to be asked; else null.
    state: Cell<*const c_void>,
    session: RefCell<Session>,
    /// nginx's own ways, in whose place we stand.
    receive: Cell<ngx_recv_pt>,
    send: Cell<ngx_send_chain_pt>,
    after_handshake: Cell<ngx_connection_handler_pt>,
}

/// Looks at the first bytes that were read of a connection without TLS, and at what follows them if
/// that is HTTP/2.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open, with nginx's own ways to receive and send.
pub unsafe fn begin(c: *mut ngx_connection_t, watched: Watched, bytes: &[u8]) {
    if !Opening::may_begin(bytes) {
        return;
    }
    // SAFETY: the caller promises the connection.
    unsafe {
        let session = Session::new(watched.contains(Watched::HTTP2_RTT));
        if let Some(link) = keep(c, Instant::now(), session) {
            link.stand_between(c);
            link.received(c, bytes);
        }
    }
}

/// Does so once the TLS handshake is over, of which the client's last message is being read.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open, in its handshake.
#[cfg(ngx_feature = "http_ssl")]
pub unsafe fn begin_after_handshake(c: *mut ngx_connection_t, watched: Watched) {
    // SAFETY: the caller promises the connection. nginx keeps there what it calls after a handshake
    // that had to wait. A client on the same machine may answer so fast that there was nothing to wait
    // for: then nothing is heard of it.
    unsafe {
        let Some(tls) = (*c).ssl.as_mut().filter(|tls| tls.handler.is_some()) else { return };
        let session = Session::new(watched.contains(Watched::HTTP2_RTT));
        let Some(link) = keep(c, Instant::now(), session) else { return };
        link.after_handshake.set(tls.handler.replace(after_handshake));
    }
}

/// Without TLS in nginx's headers nobody knows how.
#[cfg(not(ngx_feature = "http_ssl"))]
pub unsafe fn begin_after_handshake(_c: *mut ngx_connection_t, _watched: Watched) {}

/// Waits for the client's acknowledgment of our SETTINGS where its early data, of which the end is being
/// read, had its opening. The flight on which the client sent that end went at `flight`; our SETTINGS
/// go right behind it.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open; it speaks HTTP/2.
#[cfg(all(feature = "http", ngx_feature = "http_v2", ngx_feature = "http_ssl"))]
pub unsafe fn begin_after_early_data(c: *mut ngx_connection_t, watched: Watched, flight: Instant) {
    // SAFETY: the caller promises the connection. nginx takes a handshake for done as soon as it has
    // read the first of the early data, and with the next of them the connection is one of HTTP/2's,
    // whose state lives in its pool.
    unsafe {
        let is_done = (*c).ssl.as_ref().is_some_and(|tls| tls.handshaked() != 0);
        if !watched.contains(Watched::HTTP2_RTT) || !is_done || is_acknowledged((*c).data) {
            return;
        }
        let session = Session::unheard(flight.elapsed());
        if let Some(link) = keep(c, flight, session) {
            link.state.set((*c).data);
            link.stand_between(c);
        }
    }
}

/// nginx without these has no HTTP/2 after early data.
#[cfg(not(all(feature = "http", ngx_feature = "http_v2", ngx_feature = "http_ssl")))]
pub unsafe fn begin_after_early_data(
    _c: *mut ngx_connection_t,
    _watched: Watched,
    _flight: Instant,
) {
}

/// Whether nginx has read an acknowledgment of our SETTINGS.
///
/// # Safety
///
/// `state` is nginx's state of an HTTP/2 connection.
#[cfg(all(feature = "http", ngx_feature = "http_v2"))]
unsafe fn is_acknowledged(state: *const c_void) -> bool {
    // SAFETY: the caller promises whose it is.
    unsafe { (*state.cast::<nginx_sys::ngx_http_v2_connection_t>()).settings_ack() != 0 }
}

/// There is none to ask.
#[cfg(not(all(feature = "http", ngx_feature = "http_v2")))]
unsafe fn is_acknowledged(_state: *const c_void) -> bool {
    false
}

/// In place of what nginx calls after the handshake, once.
#[cfg(ngx_feature = "http_ssl")]
unsafe extern "C" fn after_handshake(c: *mut ngx_connection_t) {
    // SAFETY: nginx calls it for a connection that begin_after_handshake has prepared.
    unsafe {
        let Some(link) = find(c) else { return };
        let go_on = link.after_handshake.take();
        if let Some(tls) = (*c).ssl.as_mut() {
            tls.handler = go_on;
        }
        link.stand_between(c);
        if let Some(go_on) = go_on {
            go_on(c);
        }
    }
}

/// What was heard of a connection, if it speaks HTTP/2 and that is watched.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open or in its log phase; `'s` ends before its pool goes.
pub unsafe fn session<'s>(c: *const ngx_connection_t) -> Option<&'s RefCell<Session>> {
    // SAFETY: the caller promises the pool, in which it lives.
    unsafe {
        find(c).map(|link| {
            link.ask();
            &link.session
        })
    }
}

/// # Safety
///
/// `c` is one of nginx's connections, and open; `'l` ends before its pool goes.
unsafe fn keep<'l>(c: *mut ngx_connection_t, began: Instant, session: Session) -> Option<&'l Link> {
    // SAFETY: the caller promises the pool. nginx aligns what it allocates for a Link, and makes it as
    // large as asked. Nothing in it needs to be dropped: the memory goes with the pool.
    unsafe {
        const { assert!(!std::mem::needs_drop::<Link>()) };
        let cleanup = ngx_pool_cleanup_add((*c).pool, size_of::<Link>()).as_mut()?;
        cleanup.handler = Some(link_here);
        let link: *mut Link = cleanup.data.cast();
        link.write(Link {
            magic: &raw const MAGIC,
            began,
            state: Cell::new(ptr::null()),
            session: RefCell::new(session),
            receive: Cell::new(None),
            send: Cell::new(None),
            after_handshake: Cell::new(None),
        });
        Some(&*link)
    }
}

/// The handler by which a [`Link`] is found among the pool's cleanups.
unsafe extern "C" fn link_here(_data: *mut c_void) {}

/// # Safety
///
/// As for [`session`].
unsafe fn find<'l>(c: *const ngx_connection_t) -> Option<&'l Link> {
    // SAFETY: the caller promises the pool; what hangs there by our handler, keep has written.
    unsafe { pool::find((*c).pool, link_here, &raw const MAGIC).map(|link| &*link.cast()) }
}

impl Link {
    /// Stands in the place of nginx's ways to receive and to send.
    ///
    /// # Safety
    ///
    /// `c` is this connection, and open.
    unsafe fn stand_between(&self, c: *mut ngx_connection_t) {
        // SAFETY: the caller promises the connection.
        unsafe {
            self.receive.set((*c).recv.replace(receive));
            self.send.set((*c).send_chain.replace(send));
        }
    }

    /// Asks nginx what nobody could hear: what it has read so far, it has also looked at.
    ///
    /// # Safety
    ///
    /// The connection's pool is there.
    unsafe fn ask(&self) {
        let state = self.state.get();
        // SAFETY: the caller promises the pool, in which nginx keeps it.
        if !state.is_null() && unsafe { is_acknowledged(state) } {
            if let Ok(mut session) = self.session.try_borrow_mut() {
                session.acknowledged();
            }
        }
    }

    /// Takes what was read, and leaves the place where nothing more is to be learned.
    ///
    /// # Safety
    ///
    /// `c` is this connection, and open.
    unsafe fn received(&self, c: *mut ngx_connection_t, bytes: &[u8]) {
        let Ok(mut session) = self.session.try_borrow_mut() else { return };
        session.received(bytes, || self.began.elapsed());
        if session.is_over() {
            // SAFETY: the caller promises the connection, whose ways these are.
            unsafe { ((*c).recv, (*c).send_chain) = (self.receive.get(), self.send.get()) };
        }
    }
}

/// In place of nginx's own way to receive.
unsafe extern "C" fn receive(c: *mut ngx_connection_t, buffer: *mut u8, size: usize) -> isize {
    // SAFETY: nginx receives on a connection that it has not closed; what is kept lives in its pool,
    // and receiving leaves that alone. nginx has as many bytes as its function says.
    unsafe {
        let Some(link) = find(c) else { return -1 };
        let Some(receive) = link.receive.get() else { return -1 };
        link.ask();
        let received = receive(c, buffer, size);
        if let Ok(len @ 1..) = usize::try_from(received) {
            guard((), || link.received(c, slice::from_raw_parts(buffer, len)));
        }
        received
    }
}

/// In place of nginx's own way to send, once.
unsafe extern "C" fn send(
    c: *mut ngx_connection_t,
    chain: *mut ngx_chain_t,
    limit: off_t,
) -> *mut ngx_chain_t {
    // SAFETY: nginx sends on a connection that it has not closed; what is kept lives in its pool, and
    // sending leaves that alone.
    unsafe {
        let Some(link) = find(c) else { return usize::MAX as *mut ngx_chain_t };
        (*c).send_chain = link.send.get();
        let Some(send) = link.send.get() else { return usize::MAX as *mut ngx_chain_t };
        // Before it goes: who has to wait for the processor behind that would find the way too short.
        guard((), || {
            if let Ok(mut session) = link.session.try_borrow_mut() {
                session.sent(link.began.elapsed());
            }
        });
        send(c, chain, limit)
    }
}
