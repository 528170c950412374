//! The addresses of sockets.

use std::net::SocketAddr;

use libc::{sockaddr_in, sockaddr_in6, AF_INET, AF_INET6, SOCK_STREAM};
use nginx_sys::{ngx_connection_t, ngx_listening_t, sockaddr};

/// Whether a connection came over a socket that could have a SYN.
///
/// # Safety
///
/// The connection is one of nginx's.
pub unsafe fn is_tcp(c: &ngx_connection_t) -> bool {
    // SAFETY: a connection's listening socket, if it has one, lives as long as its cycle.
    unsafe { c.listening.as_ref().is_some_and(|socket| tcp_address(socket).is_some()) }
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
