//! What is kept of a connection: read once, right after accept, into its pool.
//!
//! It hangs on the pool's list of cleanups, because the pool is all that a request can find its
//! connection by: HTTP/2 gives each of its streams a copy of the connection, with the same pool.

use std::cell::Cell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::slice;
use std::time::{Instant, UNIX_EPOCH};

use nginx_sys::{ngx_connection_t, ngx_pool_cleanup_add, ngx_pool_t, ngx_recv_pt};
use once_cell::unsync::OnceCell;

use super::address::socket_address;
use super::conf::{Listener, MainConf};
use super::guard::guard;
use super::http2;
use super::log;
use super::pool;
use super::socket;
use crate::client_hello::{self, ClientHello, Transport};
use crate::connection::{Connection, SynStatus};
use crate::database::Database;
use crate::ethernet::{self, Ethernet};
use crate::host::Snapshot;
use crate::syn::Syn;
use crate::tcp_info::TcpInfo;
use crate::timing::Timing;
use crate::watched::Watched;

/// In front of what is kept: function pointers need not be unique, an address of ours is.
static MAGIC: u8 = 0;

/// The beginning of what is kept; the bytes of the SYN, of its frame's header and of struct tcp_info
/// follow it.
#[repr(C)]
struct Kept {
    magic: *const u8,
    accepted: Instant,
    timing: Cell<Timing>,
    watched: Watched,
    /// nginx's own way to receive, of which the first success is timed if that is watched.
    receive: ngx_recv_pt,
    syn_len: u16,
    info_len: u16,
    frame_len: u8,
    syn_status: SynStatus,
    transport: Transport,
    /// Of the cycle that accepted the connection, whose configuration nginx keeps as long as it.
    database: *const Database,
    /// Its bytes are in the same pool.
    client_hello: Cell<Option<ClientHello<'static>>>,
    /// What is made of the bytes when something is first asked; in the same pool.
    captured: OnceCell<*const Captured<'static>>,
}

/// A connection, and its client's record.
pub struct Captured<'c> {
    /// What the kernel told of it.
    pub connection: Connection<'c>,
    /// The record once the connection was taken in, if there is a zone.
    pub snapshot: OnceCell<Snapshot>,
    /// Microseconds of the shortest gap of its client's connections of late between TLS and TCP, once
    /// its own was taken into the record.
    pub nearest: OnceCell<Option<u64>>,
    /// Microseconds that TCP waited for what the handshake of TLS sent, if that is known when the
    /// verdict on a proxy is first asked for.
    pub acknowledged: OnceCell<Option<u64>>,
}

impl<'c> Captured<'c> {
    /// A connection that is in no record yet.
    pub const fn new(connection: Connection<'c>) -> Self {
        let (nearest, acknowledged) = (OnceCell::new(), OnceCell::new());
        Self { connection, snapshot: OnceCell::new(), nearest, acknowledged }
    }
}

/// With the longest SYN over IPv4 and the struct tcp_info of Linux 6.18.
const _: () = assert!(size_of::<Kept>() + 120 + 280 <= 512);

/// Reads the SYN and TCP_INFO and keeps them in the connection's pool.
///
/// # Safety
///
/// `c` was just accepted by `listener`: it has a socket, a pool and a log. `conf` is of the
/// listener's cycle.
pub unsafe fn capture(c: *mut ngx_connection_t, listener: &Listener, conf: &MainConf) {
    static SYN_FAILED: log::Once = log::Once::new();
    static INFO_FAILED: log::Once = log::Once::new();

    // SAFETY: the caller promises a connection that is there.
    let (fd, log) = unsafe { ((*c).fd, (*c).log) };
    let mut room = [const { MaybeUninit::uninit() }; socket::TCP_INFO_ROOM];
    let is_wanted = listener.info && conf.watched.contains(Watched::INFO);
    let info: &[u8] = match is_wanted.then(|| socket::tcp_info(fd, &mut room)) {
        Some(Ok(info)) => info,
        Some(Err(error)) => {
            // SAFETY: log is the connection's.
            unsafe { INFO_FAILED.info(log, format_args!("getsockopt(TCP_INFO): {error}")) };
            &[]
        }
        None => &[],
    };
    let keep = |syn_status, saved: &[u8]| {
        // SAFETY: the caller promises a connection with a pool, whose address is the client's still.
        unsafe {
            let client = if listener.ethernet { socket_address((*c).sockaddr) } else { None };
            let frame_len = client.map_or(0, |client| ethernet::header_len(saved, client.ip()));
            let parts = saved.split_at(frame_len.into());
            keep(c, conf, (Transport::Tcp, conf.watched), syn_status, parts, info);
        };
    };
    if listener.syn != SynStatus::Saved {
        return keep(listener.syn, &[]);
    }
    let saved = socket::saved_syn(fd, |syn| {
        #[cfg(feature = "provoke-panic")]
        assert!(Syn::parse(syn).map_or(0, |syn| syn.ip().ttl()) != 99, "provoked");
        match u16::try_from(syn.len()) {
            Ok(0) => keep(SynStatus::Missing, &[]),
            Ok(_) => keep(SynStatus::Saved, syn),
            // More than an IPv4 packet may have: IPv6 with as many extension headers.
            Err(_) => keep(SynStatus::Error, &[]),
        }
    });
    if let Err(error) = saved {
        // SAFETY: log is the connection's.
        unsafe { SYN_FAILED.info(log, format_args!("getsockopt(TCP_SAVED_SYN): {error}")) };
        keep(SynStatus::Error, &[]);
    }
}

/// # Safety
///
/// `c` has a pool.
unsafe fn keep(
    c: *mut ngx_connection_t,
    conf: &MainConf,
    (transport, watched): (Transport, Watched),
    syn_status: SynStatus,
    (frame, syn): (&[u8], &[u8]),
    info: &[u8],
) {
    let kept = Kept {
        magic: &raw const MAGIC,
        accepted: Instant::now(),
        timing: Cell::default(),
        watched,
        // SAFETY: the caller promises a connection that is there.
        receive: unsafe { (*c).recv },
        syn_len: syn.len() as u16,
        frame_len: frame.len() as u8,
        info_len: info.len() as u16,
        syn_status,
        transport,
        database: conf.database.as_ref().map_or(ptr::null(), ptr::from_ref),
        client_hello: Cell::new(None),
        captured: OnceCell::new(),
    };
    // SAFETY: nginx aligns what it allocates for a Kept, and makes it as large as asked. Nothing
    // in a Kept needs to be dropped: the memory goes with the pool.
    unsafe {
        let size = size_of::<Kept>() + syn.len() + frame.len() + info.len();
        let Some(cleanup) = ngx_pool_cleanup_add((*c).pool, size).as_mut() else { return };
        cleanup.handler = Some(kept_here);
        cleanup.data.cast::<Kept>().write(kept);
        if watched.intersects(Watched::BY_RECEIVING) {
            (*c).recv = Some(receive_first);
        }
        let mut bytes = cleanup.data.cast::<u8>().add(size_of::<Kept>());
        for part in [syn, frame, info] {
            bytes.copy_from_nonoverlapping(part.as_ptr(), part.len());
            bytes = bytes.add(part.len());
        }
    }
}

/// The handler by which a [`Kept`] is found among the pool's cleanups.
unsafe extern "C" fn kept_here(_data: *mut c_void) {}

/// In place of nginx's own way to receive until the client's first bytes are there. TLS reads
/// them by itself.
unsafe extern "C" fn receive_first(
    c: *mut ngx_connection_t,
    buffer: *mut u8,
    size: usize,
) -> isize {
    // SAFETY: nginx receives on a connection that it accepted and has not closed; what is kept
    // lives in its pool, and receiving leaves that alone.
    unsafe {
        let Some(kept) = find_kept(&*c).map(|kept| &*kept) else { return -1 };
        let Some(receive) = kept.receive else { return -1 };
        let received = receive(c, buffer, size);
        if received > 0 {
            (*c).recv = kept.receive;
            guard((), || {
                kept.note(|timing, accepted| timing.received(accepted.elapsed()));
                if kept.watched.intersects(Watched::ANY_HTTP2) {
                    let bytes = slice::from_raw_parts(buffer, received as usize);
                    http2::begin(c, kept.watched, bytes);
                }
            });
        }
        received
    }
}

/// Notes what happens on a connection, with the moment of accept; `None` if nothing was kept of it.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open.
pub unsafe fn note<T>(
    c: &ngx_connection_t,
    note: impl FnOnce(&mut Timing, Instant) -> T,
) -> Option<T> {
    // SAFETY: the caller promises an open connection, in whose pool lives what is kept.
    unsafe { find_kept(c).map(|kept| (*kept).note(note)) }
}

/// What is watched of a connection; nothing if nothing was kept of it.
///
/// # Safety
///
/// As for [`note`].
pub unsafe fn watched(c: &ngx_connection_t) -> Watched {
    // SAFETY: as in note.
    unsafe { find_kept(c).map_or(Watched::empty(), |kept| (*kept).watched) }
}

/// Keeps the ClientHello of a connection of QUIC, if that is watched. There is nothing else to keep
/// of such a connection.
///
/// # Safety
///
/// `c` is one of nginx's connections by QUIC, and open, in its handshake. `conf` is of its cycle.
pub unsafe fn hear_quic(
    c: *mut ngx_connection_t,
    conf: &MainConf,
    message: &mut impl Iterator<Item = u8>,
) {
    // SAFETY: the caller promises the connection, which has a pool. A second hello comes after a
    // HelloRetryRequest.
    unsafe {
        let watched = conf.watched.intersection(Watched::CLIENT_HELLO);
        if !watched.is_empty() && find_kept(&*c).is_none() {
            keep(c, conf, (Transport::Quic, watched), SynStatus::Unsupported, (&[], &[]), &[]);
            hear(&*c, message);
        }
    }
}

/// Keeps what is wanted of a ClientHello, if that is watched and is the connection's first.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open.
pub unsafe fn hear(c: &ngx_connection_t, message: &mut impl Iterator<Item = u8>) {
    // SAFETY: the caller promises an open connection, in whose pool lives what is kept.
    unsafe {
        let Some(kept) = find_kept(c).map(|kept| &*kept) else { return };
        if kept.watched.contains(Watched::CLIENT_HELLO) && kept.client_hello.get().is_none() {
            let mut room = client_hello::Room::default();
            let hello = ClientHello::read(message, kept.transport, &mut room);
            let bytes = hello.and_then(|hello| pool::copy(c.pool, hello.bytes()));
            kept.client_hello.set(bytes.and_then(ClientHello::kept));
        }
    }
}

impl Kept {
    fn note<T>(&self, note: impl FnOnce(&mut Timing, Instant) -> T) -> T {
        let mut timing = self.timing.get();
        let noted = note(&mut timing, self.accepted);
        self.timing.set(timing);
        noted
    }
}

/// What is known of a connection, if anything was kept.
///
/// # Safety
///
/// `c` is one of nginx's connections, and open or in its log phase: its pool is there.
pub unsafe fn find(c: &ngx_connection_t) -> Option<&Captured<'_>> {
    // SAFETY: the caller promises the pool, and find_kept gives what keep wrote into it.
    unsafe { view(c, find_kept(c)?) }
}

/// Tells what is known of a connection that may be ending, without memory for it.
///
/// # Safety
///
/// `pool` is that of one of nginx's connections, and its memory is there.
pub unsafe fn at_end(pool: *mut ngx_pool_t, tell: impl FnOnce(&Connection<'_>)) {
    // SAFETY: the caller promises the pool, in which lives what is kept, and what was made of it.
    unsafe {
        let Some(kept) = find_in(pool) else {
            return tell(&Connection::unknown(SynStatus::Error));
        };
        match (*kept).captured.get() {
            Some(captured) => tell(&(**captured).connection),
            None => tell(&read(kept)),
        }
    }
}

/// The [`Kept`] of a connection.
///
/// # Safety
///
/// As for [`find`].
unsafe fn find_kept(c: &ngx_connection_t) -> Option<*const Kept> {
    // SAFETY: the caller promises the pool.
    unsafe { find_in(c.pool) }
}

/// # Safety
///
/// As for [`at_end`].
unsafe fn find_in(pool: *mut ngx_pool_t) -> Option<*const Kept> {
    let ours = kept_here as unsafe extern "C" fn(_);
    // SAFETY: the list ends with null, and all of it lives in the pool.
    unsafe {
        let mut cleanup = pool.as_ref()?.cleanup;
        while let Some(entry) = cleanup.as_ref() {
            if entry.handler.is_some_and(|handler| ptr::fn_addr_eq(handler, ours))
                && ptr::eq(*entry.data.cast::<*const u8>(), &raw const MAGIC)
            {
                return Some(entry.data.cast());
            }
            cleanup = entry.next;
        }
        None
    }
}

/// What was made of what is kept, or is made now; `None` without memory for it.
///
/// # Safety
///
/// `kept` is what [`keep`] wrote into the pool of `c`, and the rest is as for [`find`].
unsafe fn view(c: &ngx_connection_t, kept: *const Kept) -> Option<&Captured<'_>> {
    // SAFETY: what is made here lives in the pool, as the bytes behind a Kept do. It is written with a
    // longer lifetime than it has and handed out with its own.
    unsafe {
        let made = (*kept).captured.get_or_try_init(|| {
            let connection = read(kept);
            let captured = pool::write(c.pool, Captured::new(connection));
            if captured.is_null() {
                return Err(());
            }
            Ok(captured.cast_const())
        });
        Some(&**made.ok()?)
    }
}

/// Reads what is kept.
///
/// # Safety
///
/// `kept` is what [`keep`] wrote into a pool, and `'c` ends before the memory of that goes.
unsafe fn read<'c>(kept: *const Kept) -> Connection<'c> {
    // SAFETY: the bytes behind a Kept are never written again, so they can be shared as long as the
    // pool lives. The database lives as long as the cycle, and that as long as its connections.
    unsafe {
        let bytes: *const u8 = kept.add(1).cast();
        let kept = &*kept;
        let syn = slice::from_raw_parts(bytes, kept.syn_len.into());
        let frame = slice::from_raw_parts(bytes.add(syn.len()), kept.frame_len.into());
        let info = bytes.add(syn.len() + frame.len());
        let info = slice::from_raw_parts(info, kept.info_len.into());
        let mut connection = Connection::unknown(kept.syn_status);
        connection.client_hello = Some(&kept.client_hello);
        if kept.transport == Transport::Quic {
            return connection;
        }
        connection.syn = Syn::parse(syn).ok();
        connection.ethernet = Ethernet::parse(frame).map(|(header, _)| header);
        connection.info = (!info.is_empty()).then(|| TcpInfo::new(info));
        // Each connection pays for one clock; the other one is read for those who ask.
        let now = UNIX_EPOCH.elapsed().unwrap_or_default();
        connection.accept_time = now.checked_sub(kept.accepted.elapsed());
        connection.database = kept.database.as_ref();
        connection.timing = Some(&kept.timing);
        connection
    }
}
