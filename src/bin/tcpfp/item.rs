//! What an input consists of.

use std::time::Duration;

use crate::link::Link;
use crate::unread::Unread;

/// One thing that may be a SYN.
#[derive(Clone)]
pub enum Item<Bytes> {
    /// A captured packet, how to read it, and when it came, since the Unix epoch, if that is told.
    Frame(Link, Option<Duration>, Bytes),
    /// A packet of which even that is not known.
    Unread(Unread),
    /// A line of text, from 1 on, without the space around it.
    Line(u64, Bytes),
}

impl<Bytes> Item<Bytes> {
    /// The same item, in other bytes.
    pub fn map<Others>(self, move_to: impl FnOnce(Bytes) -> Others) -> Item<Others> {
        match self {
            Self::Frame(link, time, bytes) => Item::Frame(link, time, move_to(bytes)),
            Self::Unread(reason) => Item::Unread(reason),
            Self::Line(number, bytes) => Item::Line(number, move_to(bytes)),
        }
    }
}
