//! `tcpfp_source`: the SYN that a proxy in front has handed on, in place of the one that it sent.
//!
//! The value may be another one for each request, as a header is, or always the same, as a TLV of
//! the PROXY protocol is. The first one of a connection is kept with it, and whoever brings it again
//! gets what was made of it. Others are their request's.

use std::cell::Cell;
use std::ffi::c_void;
use std::net::{IpAddr, SocketAddr};
use std::ptr;
use std::str::from_utf8;
use std::time::UNIX_EPOCH;

use nginx_sys::{
    ngx_connection_t, ngx_cycle, ngx_int_t, ngx_pool_cleanup_add, ngx_pool_t, NGX_DECLINED,
};
use once_cell::unsync::OnceCell;

use super::address;
use super::array::string;
use super::capture::{self, Captured};
use super::conf::{MainConf, ServerConf};
use super::guard::guard;
use super::listen;
use super::log;
use super::pool;
use super::subsystem::{cycle_conf, Subsystem};
use crate::connection::{Connection, SynStatus};
use crate::forwarded::{self, Peer, Refused};
use crate::host::{Recent, Seen};
use crate::syn::Syn;

/// In front of what is kept: see [`pool::find`].
static MAGIC: u8 = 0;

/// What is kept of a connection whose server takes a proxy's word; in its pool.
#[repr(C)]
struct Hop {
    magic: *const u8,
    /// Who opened it, whatever the PROXY protocol or a header says.
    peer: Option<Peer>,
    /// The first that it brought.
    first: OnceCell<First>,
    /// What the request with this pool has been told, as long as that is there.
    last: Cell<Option<(*mut ngx_pool_t, *const Captured<'static>)>>,
    /// The values are being evaluated. They may have variables of ours, which then are this hop's.
    is_asking: Cell<bool>,
}

/// What a connection brought first, and what was made of it.
struct First {
    brought: Brought<'static>,
    made: *const Captured<'static>,
}

/// The values of `tcpfp_source` and `tcpfp_source_rtt`; `None` without the directive.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Brought<'v> {
    syn: Option<&'v [u8]>,
    rtt: Option<&'v [u8]>,
}

/// What is known of the client of a request or session: what a trusted proxy has handed on, else
/// what was kept of the connection itself.
///
/// # Safety
///
/// The request or session is one of nginx's, and open or in its log phase; `own` is what was kept of
/// its connection. `'c` ends before its pool goes.
pub unsafe fn find<'c, S: Subsystem>(
    subject: *mut S::Subject,
    own: Option<&'c Captured<'c>>,
) -> Option<&'c Captured<'c>> {
    // SAFETY: the caller promises the request or session.
    let conf = unsafe { S::server(subject) };
    let Some(trusted) = conf.source_from.filter(|_| conf.takes_forwarded()) else { return own };
    // SAFETY: the caller promises the request or session, and with it its connection and pools. What
    // is made here lives in one of these. It is written with a longer lifetime than it has, and handed
    // out with its own.
    unsafe {
        let (c, pool) = (&*S::connection(subject), S::pool(subject));
        let hop = &*hop(c, own)?;
        if let Some((_, told)) = hop.last.get().filter(|(of, _)| *of == pool) {
            return Some(&*told.cast());
        }
        if !hop.peer.is_some_and(|peer| trusted.contain(peer)) || hop.is_asking.get() {
            return own;
        }
        hop.is_asking.set(true);
        let brought = Brought::by::<S>(subject, conf);
        hop.is_asking.set(false);
        let brought = brought?;
        let made = match hop.first.get() {
            Some(first) if first.brought == brought => &*first.made.cast(),
            Some(_) => make::<S>(c, own, pool, brought)?,
            None => {
                let brought = brought.copy(c.pool)?;
                let made = make::<S>(c, own, c.pool, brought)?;
                let _ = hop.first.set(First { brought, made: ptr::from_ref(made).cast() });
                made
            }
        };
        let cleanup = ngx_pool_cleanup_add(pool, 0).as_mut()?;
        cleanup.handler = Some(forget);
        cleanup.data = ptr::from_ref(hop).cast_mut().cast();
        hop.last.set(Some((pool, ptr::from_ref(made).cast())));
        Some(made)
    }
}

/// What a connection brought first, of one that may be ending: what was made of it, and whether that
/// has, or should have, a SYN that was handed on. `None` if it brought nothing.
///
/// # Safety
///
/// `pool` is that of a connection, and `'c` ends before its memory goes.
pub unsafe fn first<'c>(pool: *mut ngx_pool_t) -> Option<(&'c Connection<'c>, bool)> {
    // SAFETY: the caller promises the pool, in which lives what was made.
    unsafe {
        let hop: *const Hop = pool::find(pool, hop_here, &raw const MAGIC)?.cast();
        let First { brought, made } = (*hop).first.get()?;
        let made: &'c Captured<'c> = &*made.cast();
        Some((&made.connection, brought.syn.is_some()))
    }
}

/// Forgets what a request was told whose pool goes. A connection's pool goes after those of its
/// requests, and none of these asks again.
unsafe extern "C" fn forget(hop: *mut c_void) {
    // SAFETY: find gave the address of a Hop, in the connection's pool.
    unsafe { (*hop.cast::<Hop>()).last.set(None) };
}

/// In an early phase, where there is a zone or connections are counted: takes a SYN in that is new,
/// whether anybody asks for a variable or not.
pub unsafe extern "C" fn take_in<S: Subsystem>(subject: *mut S::Subject) -> ngx_int_t {
    guard(NGX_DECLINED as ngx_int_t, || {
        // SAFETY: nginx runs its phases for a request or session that is open, of a worker's cycle,
        // which outlives it.
        unsafe {
            let conf = cycle_conf::<S>(ngx_cycle).and_then(|conf| conf.as_ref());
            if conf.is_some_and(|conf| conf.recent.is_some() || conf.metrics.is_some()) {
                find::<S>(subject, capture::find(&*S::connection(subject)));
            }
        }
        NGX_DECLINED as ngx_int_t
    })
}

/// What is kept of a connection; made now if it was not. `None` without memory.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open or in its log phase; `own` is what was kept of it.
unsafe fn hop(c: &ngx_connection_t, own: Option<&Captured<'_>>) -> Option<*const Hop> {
    // SAFETY: the caller promises the connection. nginx aligns what it allocates for a Hop, of which
    // nothing needs to be dropped.
    unsafe {
        if let Some(hop) = pool::find(c.pool, hop_here, &raw const MAGIC) {
            return Some(hop.cast_const().cast());
        }
        // A SYN comes from the peer, whatever became of the connection since, and costs no call.
        let own = own.and_then(|own| own.connection.syn.as_ref());
        let peer = match own {
            Some(syn) => Some(Peer::Ip(syn.ip().source())),
            None => address::peer(c.fd).ok().flatten(),
        };
        let cleanup = ngx_pool_cleanup_add(c.pool, size_of::<Hop>()).as_mut()?;
        cleanup.handler = Some(hop_here);
        let hop: *mut Hop = cleanup.data.cast();
        hop.write(Hop {
            magic: &raw const MAGIC,
            peer,
            first: OnceCell::new(),
            last: Cell::new(None),
            is_asking: Cell::new(false),
        });
        Some(hop)
    }
}

/// The handler by which a [`Hop`] is found among the pool's cleanups.
unsafe extern "C" fn hop_here(_data: *mut c_void) {}

impl<'v> Brought<'v> {
    /// What a request or session brings; `None` without memory.
    ///
    /// # Safety
    ///
    /// As for [`find`]; `conf` is of its server.
    unsafe fn by<S: Subsystem>(subject: *mut S::Subject, conf: &ServerConf) -> Option<Self> {
        let evaluate = |value| match value {
            // SAFETY: the caller promises the request or session, and that the value is of its server.
            Some(value) => unsafe { S::evaluate(subject, value) }.map(Some),
            None => Some(None),
        };
        Some(Self { syn: evaluate(conf.source)?, rtt: evaluate(conf.source_rtt)? })
    }

    /// The same in a pool; `None` without memory.
    ///
    /// # Safety
    ///
    /// `pool` is one of nginx's, and `'p` ends before it goes.
    unsafe fn copy<'p>(self, pool: *mut ngx_pool_t) -> Option<Brought<'p>> {
        let copy = |value: Option<&[u8]>| match value {
            // SAFETY: the caller promises the pool.
            Some(value) => unsafe { pool::copy(pool, value) }.map(Some),
            None => Some(None),
        };
        Some(Brought { syn: copy(self.syn)?, rtt: copy(self.rtt)? })
    }
}

/// What follows from what a connection brought; `None` without memory. A SYN that is new is taken
/// into the record of its client.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open or in its log phase, and `pool` its or its request's;
/// `'c` ends before that goes.
unsafe fn make<'c, S: Subsystem>(
    c: &ngx_connection_t,
    own: Option<&'c Captured<'c>>,
    pool: *mut ngx_pool_t,
    brought: Brought<'_>,
) -> Option<&'c Captured<'c>> {
    static REFUSED: log::Once = log::Once::new();

    // SAFETY: the caller promises the connection, its log and the pool. The configuration outlives
    // the connections of its cycle.
    unsafe {
        let conf = &*cycle_conf::<S>(ngx_cycle)?;
        let mut connection = match own {
            Some(own) => own.connection.clone(),
            None => Connection::unknown(listen::status_without_capture::<S>(c)),
        };
        connection.database = connection.database.or(conf.database.as_ref());
        if let Some(value) = brought.syn {
            let syn =
                forwarded::syn(value, |len| pool::bytes(pool, len)).and_then(|syn| match syn {
                    Some(syn) if !is_from_proxied(c, &syn) => Err(Refused::OtherClient),
                    syn => Ok(syn),
                });
            let syn = syn.map_err(|reason| {
                REFUSED.info(c.log, format_args!("tcpfp_source has no SYN: {reason}"));
                SynStatus::Error
            });
            connection =
                connection.with_forwarded(syn.and_then(|syn| syn.ok_or(SynStatus::Missing)));
        }
        connection.forwarded_rtt = brought.rtt.and_then(forwarded::rtt);
        let made = pool::write(pool, Captured::new(connection)).as_ref()?;
        if let Some(syn) = made.connection.syn.filter(|_| brought.syn.is_some()) {
            see(c, conf, made, &syn);
        }
        Some(made)
    }
}

/// Whether a SYN is that of the client whom the header of the PROXY protocol names, if there was one.
///
/// # Safety
///
/// `c` is one of nginx's connections.
unsafe fn is_from_proxied(c: &ngx_connection_t, syn: &Syn<'_>) -> bool {
    // SAFETY: nginx keeps the header with the connection, and the address as text.
    let client = unsafe {
        let Some(header) = c.proxy_protocol.as_ref() else { return true };
        let address = from_utf8(string(header.src_addr)).ok();
        let address = address.and_then(|address| address.parse::<IpAddr>().ok());
        address.map(|address| SocketAddr::from((address, header.src_port)))
    };
    client.is_some_and(|client| forwarded::is_from(syn, client))
}

/// Takes a SYN into the record of the address that it came from, if it is new.
///
/// # Safety
///
/// `c` is one of nginx's connections, with a log, and `conf` of its cycle.
unsafe fn see(c: &ngx_connection_t, conf: &MainConf, made: &Captured<'_>, syn: &Syn<'_>) {
    let (Some(zone), Some(recent)) = (&conf.zone, &conf.recent) else { return };
    let recent = Recent::new(recent.numbers());
    if recent.know(syn) {
        return;
    }
    let seen = Seen::of(&made.connection, UNIX_EPOCH.elapsed().unwrap_or_default());
    let (address, database) = (syn.ip().source(), conf.database.as_ref());
    // SAFETY: the caller promises the log.
    let snapshot = unsafe { zone.see(address, &seen, database, c.log, || recent.note(syn)) };
    if let Some(snapshot) = snapshot {
        let _ = made.snapshot.set(snapshot);
    }
}
