//! How a client speaks HTTP/2 (RFC 9113), as far as its first bytes tell.

mod hpack;
mod opening;
mod session;

pub use opening::Opening;
pub use session::{rtt, Session};
