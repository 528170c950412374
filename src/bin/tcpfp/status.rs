//! How a command ends.

use std::process::ExitCode;

/// What became of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is sound.
    Good,
    /// There is something wrong in it.
    Wrong,
    /// There is none that could be read.
    Unreadable,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}
