//! A server that is nothing but its system calls.

use std::hint::black_box;
use std::io;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::AsRawFd;
use std::thread;
use std::time::Instant;

use crate::cpu;
use crate::load;
use crate::pairs::{median, Nanoseconds};
use crate::socket::{self, Saved};

/// What getsockopt(TCP_INFO) and getsockopt(TCP_SAVED_SYN) take on a connection that was just
/// accepted: the median of so many.
pub fn calls(count: u32) -> Nanoseconds {
    let listener = listen(true)?;
    let port = listener.local_addr()?.port();
    let client = thread::spawn(move || load::connections(port, count));
    let mut times = Vec::new();
    for _ in 0..count {
        let (stream, _) = listener.accept()?;
        let mut room = [const { MaybeUninit::uninit() }; socket::TCP_INFO_ROOM];
        let start = Instant::now();
        black_box(socket::tcp_info(stream.as_raw_fd(), &mut room)?);
        socket::saved_syn(stream.as_raw_fd(), |syn| {
            black_box(syn);
        })?;
        times.push(start.elapsed().as_nanos() as f64);
        load::answer(stream)?;
    }
    client.join().map_err(|_| "the client panicked")??;
    Ok(median(times.into_iter()) - clock())
}

/// What reading the clock takes.
fn clock() -> f64 {
    median((0..1000).map(|_| Instant::now().elapsed().as_nanos() as f64))
}

/// CPU time that a connection takes its client, in whose name the kernel handles the SYN on
/// loopback, with a listener that has the kernel save it or not.
pub fn client(count: u32, save_syn: bool) -> Nanoseconds {
    const THIS: &str = "/proc/thread-self";

    let listener = listen(save_syn)?;
    let port = listener.local_addr()?.port();
    let server = thread::spawn(move || {
        (0..count).try_for_each(|_| listener.accept().and_then(|(stream, _)| load::answer(stream)))
    });
    let before = cpu::time(THIS)?;
    load::connections(port, count)?;
    let time = cpu::time(THIS)? - before;
    server.join().map_err(|_| "the server panicked")??;
    Ok(time / f64::from(count))
}

fn listen(save_syn: bool) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let saved = if save_syn { Saved::Packet } else { Saved::Nothing };
    socket::save_syn(listener.as_raw_fd(), saved)?;
    Ok(listener)
}
