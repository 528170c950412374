//! The modules: what nginx calls, and what we call of nginx and the kernel.
//!
//! [`listen`] turns TCP_SAVE_SYN on and puts [`capture`] in front of nginx's own handler of new
//! connections; [`variable`] answers from what was kept. [`http`] and [`stream`] are twins: they
//! hold what nginx's two subsystems do not share. All code here runs on the one thread of an nginx
//! process.
//!
//! The files are floors: each uses only those below it. CONTRIBUTING.md has the list.

mod address;
mod array;
mod beside;
mod capture;
mod command;
mod conf;
mod context;
mod directive;
mod guard;
#[cfg(feature = "http")]
mod http;
mod http2;
mod linux;
mod listen;
mod log;
mod metrics;
mod module;
mod pool;
mod shared;
mod socket;
mod source;
#[cfg(feature = "stream")]
mod stream;
mod subsystem;
mod tls;
mod variable;
mod watched;
mod zone;
