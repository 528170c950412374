//! The listening sockets: TCP_SAVE_SYN, and our handler in front of nginx's.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::collections::TryReserveError;
use std::net::SocketAddr;
use std::ptr;

use nginx_sys::{ngx_connection_t, ngx_cycle, ngx_cycle_t, ngx_listening_t, NGX_LOG_INFO};

use super::address::{is_tcp, socket_address, tcp_address};
use super::capture::{self, Captured};
use super::conf::{Listener, MainConf, Wanted};
use super::guard::guard;
use super::log;
use super::socket::{self, Saved};
use super::subsystem::{cycle_conf, Subsystem};
use super::zone::Zone;
use crate::connection::SynStatus;
use crate::fallible::try_collect;
use crate::forwarded::Peer;
use crate::host::Seen;

/// Sets every listening socket of `S` up. nginx builds the array of them anew for each
/// configuration, with its own handlers, so nothing is wrapped twice.
///
/// # Errors
///
/// There is no memory for it, and nothing is set up.
///
/// # Safety
///
/// `cycle` is complete: its sockets are bound and cloned for reuseport, or it is only tested and
/// they have no descriptor.
pub unsafe fn init<S: Subsystem>(cycle: *mut ngx_cycle_t) -> Result<(), TryReserveError> {
    // SAFETY: the caller promises a complete cycle; nothing else of this process uses the cycle now.
    let (conf, sockets) = unsafe {
        let Some(conf) = cycle_conf::<S>(cycle) else { return Ok(()) };
        (&mut *conf, (*cycle).listening.as_slice_mut::<ngx_listening_t>())
    };
    // SAFETY: nginx keeps the address of each of its listening sockets with the cycle.
    let bound = try_collect(sockets.iter().map(|socket| unsafe { tcp_address(socket) }))?;
    let mut wanted: Vec<Option<Wanted>> = try_collect(sockets.iter().map(|_| None))?;
    conf.listeners.try_reserve_exact(sockets.len())?;
    for &(address, asked) in &conf.addresses {
        for (wanted, _) in
            wanted.iter_mut().zip(serving(address, &bound)).filter(|(_, serves)| *serves)
        {
            *wanted = Some(wanted.unwrap_or_default().or(asked));
        }
    }
    let listeners = sockets.iter_mut().zip(wanted).map(|(socket, wanted)| {
        let wanted = wanted.filter(|_| socket.fd != -1)?;
        // SAFETY: the cycle's log outlives this function.
        let syn = unsafe { save_syn(socket, wanted, (*cycle).log) };
        if wanted == Wanted::default() {
            return None;
        }
        let next = socket.handler.replace(init_connection::<S>)?;
        let Wanted { info, ethernet, .. } = wanted;
        Some(Listener { listening: socket, syn, ethernet, info, next })
    });
    conf.listeners.extend(listeners);
    Ok(())
}

/// The configuration and the listener that accepted a connection.
///
/// # Safety
///
/// Called by a worker, for one of its connections.
pub unsafe fn of<'a, S: Subsystem>(c: &ngx_connection_t) -> Option<(&'a MainConf, &'a Listener)> {
    // SAFETY: ngx_cycle is the worker's cycle, which outlives its connections, and nothing changes
    // the listeners after init.
    let (conf, first) = unsafe { (&*cycle_conf::<S>(ngx_cycle)?, (*ngx_cycle).listening.elts) };
    let offset = (c.listening as usize).wrapping_sub(first as usize);
    let listener = conf.listeners.get(offset / size_of::<ngx_listening_t>())?.as_ref()?;
    ptr::eq(listener.listening, c.listening).then_some((conf, listener))
}

/// Why nothing was kept of a connection.
///
/// # Safety
///
/// `c` is one of nginx's connections.
pub unsafe fn status_without_capture<S: Subsystem>(c: &ngx_connection_t) -> SynStatus {
    // SAFETY: the caller promises the connection, and a worker asks.
    unsafe {
        if !is_tcp(c) {
            SynStatus::Unsupported
        } else if of::<S>(c).is_some() {
            SynStatus::Error
        } else {
            SynStatus::Off
        }
    }
}

/// nginx calls it with every new connection, right after accept.
///
/// # Safety
///
/// It is one of a listener that [`init`] has set up, and has a pool.
pub unsafe extern "C" fn init_connection<S: Subsystem>(c: *mut ngx_connection_t) {
    let next = guard(S::INIT_CONNECTION, || {
        // SAFETY: the connection is new, with a pool, and ours until the next handler has it.
        unsafe {
            let Some((conf, listener)) = of::<S>(&*c) else { return S::INIT_CONNECTION };
            capture::capture(c, listener, conf);
            if let Some(zone) = &conf.zone {
                see(&*c, zone, conf);
            }
            listener.next
        }
    });
    // SAFETY: what nginx would have called. It may close the connection and destroy its pool, so
    // nothing is touched after it.
    unsafe { next(c) }
}

/// Takes a connection into the record of its client, and keeps with it what that says then. Of a
/// proxy that is trusted the records are its clients', by the SYNs that it hands on.
///
/// # Safety
///
/// `c` was just captured; `zone` and `conf` are of its cycle.
unsafe fn see(c: &ngx_connection_t, zone: &Zone, conf: &MainConf) {
    // SAFETY: the connection is open, and nginx keeps its client's address and its log with it.
    unsafe {
        let (Some(captured), Some(address)) = (capture::find(c), socket_address(c.sockaddr)) else {
            return;
        };
        if conf.trusted.contain(Peer::Ip(address.ip())) {
            return;
        }
        let database = conf.database.as_ref();
        let Captured { connection, snapshot, .. } = captured;
        let (Some(_), Some(time)) = (connection.syn, connection.accept_time) else { return };
        let seen = Seen::of(connection, time);
        if let Some(now) = zone.see(address.ip(), &seen, database, c.log, || true) {
            let _ = snapshot.set(now);
        }
    }
}

/// Which of the bound sockets get the connections to an address of the configuration: those bound
/// to it (several with reuseport), else the one of every address with its port, of which nginx
/// binds no others.
fn serving(address: SocketAddr, bound: &[Option<SocketAddr>]) -> impl Iterator<Item = bool> + '_ {
    let exact = bound.contains(&Some(address));
    bound.iter().map(move |&bound| {
        bound.is_some_and(|bound| {
            if exact {
                bound == address
            } else {
                bound.ip().is_unspecified()
                    && bound.is_ipv4() == address.is_ipv4()
                    && bound.port() == address.port()
            }
        })
    })
}

/// Turns the keeping of SYNs on or off: always, for the option outlives reloads on inherited
/// sockets. Gives what becomes of the connections' SYNs.
unsafe fn save_syn(
    socket: &ngx_listening_t,
    wanted: Wanted,
    log: *mut nginx_sys::ngx_log_t,
) -> SynStatus {
    let saved = match wanted {
        Wanted { syn: false, .. } => Saved::Nothing,
        Wanted { ethernet: false, .. } => Saved::Packet,
        Wanted { ethernet: true, .. } => Saved::Frame,
    };
    let result = socket::save_syn(socket.fd, saved);
    if !wanted.syn {
        return SynStatus::Off;
    }
    let Err(error) = result else { return SynStatus::Saved };
    let address = socket.addr_text;
    // SAFETY: the caller gives the log of the cycle that nginx makes.
    unsafe {
        log::write(
            NGX_LOG_INFO,
            log,
            format_args!("tcpfp: no SYNs of {address}: TCP_SAVE_SYN: {error}"),
        );
    }
    match error.raw_os_error() {
        // An MPTCP socket (net/mptcp/sockopt.c).
        Some(libc::ENOPROTOOPT | libc::EOPNOTSUPP) => SynStatus::Unsupported,
        _ => SynStatus::Error,
    }
}
