//! Every getsockopt and setsockopt.
#![allow(clippy::disallowed_types, reason = "what grows does so by try_reserve")]

use std::ffi::c_int;
use std::io;
use std::mem::MaybeUninit;
use std::slice;

use libc::{IPPROTO_TCP, TCP_INFO, TCP_SAVED_SYN, TCP_SAVE_SYN};

/// Room for struct tcp_info: 280 bytes on Linux 6.18.
pub const TCP_INFO_ROOM: usize = 512;
/// Room for a SYN's headers: 120 bytes are the most over IPv4, and over IPv6 a chain of extension
/// headers up to the MTU fits.
pub const SYN_ROOM: usize = 2048;

/// What the kernel keeps of a SYN: the values of TCP_SAVE_SYN (include/linux/tcp.h, `save_syn`).
#[derive(Clone, Copy, Debug)]
pub enum Saved {
    Nothing = 0,
    /// The headers of IP and TCP.
    Packet = 1,
    /// That of the link before them, if it has one: since Linux 5.10.
    Frame = 2,
}

/// Says what is kept of the SYNs of a listening socket. Needs no privilege and works while the
/// socket listens.
pub fn save_syn(fd: c_int, saved: Saved) -> io::Result<()> {
    let value = saved as c_int;
    // SAFETY: value outlives the call, and its size is given.
    let result = unsafe {
        libc::setsockopt(
            fd,
            IPPROTO_TCP,
            TCP_SAVE_SYN,
            (&raw const value).cast(),
            size_of_val(&value) as libc::socklen_t,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The bytes of struct tcp_info that this kernel has.
pub fn tcp_info(fd: c_int, room: &mut [MaybeUninit<u8>; TCP_INFO_ROOM]) -> io::Result<&[u8]> {
    option(fd, TCP_INFO, room).map_err(|(error, _)| error)
}

/// A connection's SYN, handed to `read`; empty if the kernel kept none.
///
/// The kernel forgets it with this call (net/ipv4/tcp.c, `tcp_saved_syn_free`): a second one gets
/// nothing.
pub fn saved_syn<T>(fd: c_int, read: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
    let mut room = [const { MaybeUninit::uninit() }; SYN_ROOM];
    let needed = match option(fd, TCP_SAVED_SYN, &mut room) {
        Ok(syn) => return Ok(read(syn)),
        // Too short: the kernel tells the length and keeps the SYN.
        Err((error, needed)) if needed > SYN_ROOM && error.raw_os_error() == Some(libc::EINVAL) => {
            needed
        }
        Err((error, _)) => return Err(error),
    };
    let mut room = Vec::<u8>::new();
    room.try_reserve_exact(needed).map_err(|_| io::ErrorKind::OutOfMemory)?;
    option(fd, TCP_SAVED_SYN, room.spare_capacity_mut()).map(read).map_err(|(error, _)| error)
}

/// What getsockopt wrote; with an error, the length that it left.
fn option(
    fd: c_int,
    name: c_int,
    room: &mut [MaybeUninit<u8>],
) -> Result<&[u8], (io::Error, usize)> {
    let mut len = room.len() as libc::socklen_t;
    // SAFETY: room and len outlive the call, and len is the size of room.
    let result =
        unsafe { libc::getsockopt(fd, IPPROTO_TCP, name, room.as_mut_ptr().cast(), &raw mut len) };
    if result != 0 {
        return Err((io::Error::last_os_error(), len as usize));
    }
    let written = (len as usize).min(room.len());
    // SAFETY: the kernel wrote that many bytes at the start of room.
    Ok(unsafe { slice::from_raw_parts(room.as_ptr().cast(), written) })
}
