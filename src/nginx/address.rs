//! The addresses of sockets.

use std::ffi::c_int;
use std::net::SocketAddr;
use std::{io, mem};

use libc::{sockaddr_in, sockaddr_in6, AF_INET, AF_INET6, SOCK_DGRAM, SOCK_STREAM};
use nginx_sys::{ngx_connection_t, ngx_listening_t, sockaddr};

use crate::forwarded::Peer;

/// Whether a connection came over a socket that could have a SYN.
///
/// # Safety
///
/// The connection is one of nginx's.
pub unsafe fn is_tcp(c: &ngx_connection_t) -> bool {
    // SAFETY: a connection's listening socket, if it has one, lives as long as its cycle.
    unsafe { c.listening.as_ref().is_some_and(|socket| tcp_address(socket).is_some()) }
}

/// Whether a connection is one of QUIC, or of a stream in it, if it speaks TLS.
///
/// # Safety
///
/// As for [`is_tcp`].
pub unsafe fn is_datagram(c: &ngx_connection_t) -> bool {
    // SAFETY: as there.
    unsafe { c.listening.as_ref().is_some_and(|socket| socket.type_ == SOCK_DGRAM) }
}

/// The address of a listening socket for TCP over IP.
///
/// # Safety
///
/// The socket is one of nginx's, which keeps its address as long as it.
pub unsafe fn tcp_address(socket: &ngx_listening_t) -> Option<SocketAddr> {
    // SAFETY: the caller promises a socket of nginx's: its address is of the family that it names.
    (socket.type_ == SOCK_STREAM).then(|| unsafe { socket_address(socket.sockaddr) })?
}

/// An IP address and port.
///
/// # Safety
///
/// `address` points to what its family says.
pub unsafe fn socket_address(address: *const sockaddr) -> Option<SocketAddr> {
    // SAFETY: every sockaddr begins with its family, and the caller promises that the rest is as
    // long as that family's.
    unsafe {
        match i32::from((*address).sa_family) {
            AF_INET => {
                let v4 = &*address.cast::<sockaddr_in>();
                let ip = v4.sin_addr.s_addr.to_ne_bytes();
                Some((ip, u16::from_be(v4.sin_port)).into())
            }
            AF_INET6 => {
                let v6 = &*address.cast::<sockaddr_in6>();
                Some((v6.sin6_addr.s6_addr, u16::from_be(v6.sin6_port)).into())
            }
            _ => None,
        }
    }
}

/// Who is at the other end of a connection; `None` if that is of neither IP nor this machine.
pub fn peer(fd: c_int) -> io::Result<Option<Peer>> {
    // SAFETY: a sockaddr_storage has integers only, for which zeroes are valid.
    let mut address: libc::sockaddr_storage = unsafe { mem::zeroed() };
    let mut len = size_of_val(&address) as libc::socklen_t;
    // SAFETY: address and len outlive the call, and len is the size of address.
    if unsafe { libc::getpeername(fd, (&raw mut address).cast(), &raw mut len) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if i32::from(address.ss_family) == libc::AF_UNIX {
        return Ok(Some(Peer::Unix));
    }
    // SAFETY: the kernel wrote an address of the family that it names.
    let address = unsafe { socket_address((&raw const address).cast()) };
    Ok(address.map(|address| Peer::Ip(address.ip())))
}
