//! A SYN or a ClientHello written as a fingerprint, in the forms that other tools use.

mod ip_fp;
mod ja4;
#[cfg(feature = "ja4t")]
mod ja4t;
mod muonfp;
pub mod p0f;
mod stack;

pub use ip_fp::IpFp;
pub use ja4::{Ja4, Order, Shape};
#[cfg(feature = "ja4t")]
pub use ja4t::Ja4t;
pub use muonfp::MuonFp;
pub use stack::Stack;

#[cfg(test)]
mod tests;
