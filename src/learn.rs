//! What a site's own log teaches: signatures of its clients' stacks, and who sends them.
//!
//! An address has one [`Vote`](Cell) for each form of SYN, whatever the number of its connections. Votes are
//! counted by [`Cell`], [`stacks`] finds what a signature must leave open, [`Noise`] what share of the claims is made up, and
//! [`Site`] what may be believed of the rest. [`Tally`] holds the result against votes that had no
//! part in it.
#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the command's"
)]

mod cell;
mod noise;
mod site;
mod stack;
mod tally;
mod text;
mod wilson;

pub use cell::Cell;
pub use noise::{Claims, Noise};
pub use site::{Finding, Learnt, Limits, Site};
pub use stack::{stacks, Stack};
pub use tally::Tally;

#[cfg(test)]
mod tests;
