//! p0f's signatures, as p0f 3.09b writes and reads them.
//!
//! `4:64+0:0:1460:mss*10,6:mss,sok,ts,nop,ws:df,id+:0`: IP version, initial TTL, length of the
//! IPv4 options, MSS, window and its scale, the options' layout, quirks, payload. [`Observed`] is
//! a SYN in these terms, [`Signature`] what a database says of a stack.

mod layout;
mod observed;
mod quirks;
mod rules;
mod signature;
pub(crate) mod token;

pub use layout::Layout;
pub use observed::{Observed, Window};
pub use quirks::Quirks;
pub use rules::{Rules, MAX_DIST};
pub use signature::{Signature, WindowForm};
pub use token::SyntaxError;

#[cfg(test)]
mod tests;
