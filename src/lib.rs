//! What a TCP client's first packet says about its stack.
//!
//! The bytes flow one way. [`syn`] and [`tcp_info`] read what the kernel gives, [`forwarded`] a SYN
//! that a proxy in front hands on, [`client_hello`] what the client's TLS begins with and [`http2`]
//! its HTTP/2, [`signature`] writes a SYN or a hello as a fingerprint, [`connection`] holds all that
//! is known of one connection, [`host`] what those of one address together say, [`metrics`] counts
//! those of a server, [`field`] is the one
//! list of what can be asked of a connection, [`json`] is all of it at once. These rooms are pure: no
//! nginx, no system call, no `unsafe`. [`nginx`](self) brings them to a server.
// Without nginx there is none at all; with it, src/nginx/ has it all.
#![cfg_attr(not(feature = "nginx"), forbid(unsafe_code))]
#![cfg_attr(feature = "nginx", deny(unsafe_code))]
#![warn(missing_docs)]
// What clippy.toml lists would abort nginx where there is no memory.
#![cfg_attr(
    not(test),
    warn(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types)
)]
// In a worker, a panic costs a value, and nobody reads standard output.
#![cfg_attr(
    not(any(test, feature = "provoke-panic")),
    warn(
        clippy::exit,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod claim;
pub mod client_hello;
pub mod connection;
pub mod database;
pub mod ethernet;
mod fallible;
mod families;
pub mod family;
pub mod field;
pub mod forwarded;
pub mod host;
pub mod http2;
pub mod json;
pub mod learn;
pub mod metrics;
#[cfg(feature = "nginx")]
#[allow(unsafe_code)]
pub mod nginx;
pub mod proxy;
pub mod signature;
pub mod syn;
pub mod tcp_info;
pub mod text;
pub mod timing;
pub mod value;
pub mod watched;
