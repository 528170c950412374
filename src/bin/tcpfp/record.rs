//! What an input consists of.

use std::time::Duration;

use crate::link::Link;
use crate::unread::Unread;

/// One thing that may be a SYN.
#[derive(Clone)]
pub enum Record<Bytes> {
    /// A captured packet, how to read it, and when it came, since the Unix epoch, if that is told.
    Frame(Link, Option<Duration>, Bytes),
    /// A packet of which even that is not known.
    Unread(Unread),
    /// A line of text, from 1 on, without the space around it.
    Line(u64, Bytes),
}

impl<Bytes> Record<Bytes> {
    /// The same record, in other bytes.
    pub fn map<Others>(self, move_to: impl FnOnce(Bytes) -> Others) -> Record<Others> {
        match self {
            Self::Frame(link, time, bytes) => Record::Frame(link, time, move_to(bytes)),
            Self::Unread(reason) => Record::Unread(reason),
            Self::Line(number, bytes) => Record::Line(number, move_to(bytes)),
        }
    }
}
