//! pcapng: blocks, in sections (draft-ietf-opsawg-pcapng).
//!
//! A block tells its length, so that one which makes no sense costs no other.

use std::io::{self, BufRead, Read};
use std::time::Duration;

use crate::item::Item;
use crate::link::Link;
use crate::order::Order;
use crate::pcap::MAX_LEN;
use crate::unread::Unread;
use crate::window::Window;

/// The type of a section's header, the same in either order of bytes.
pub const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// Types of blocks.
mod block {
    pub const SECTION_HEADER: u32 = u32::from_be_bytes(super::SECTION_HEADER);
    pub const INTERFACE_DESCRIPTION: u32 = 1;
    pub const PACKET: u32 = 2;
    pub const SIMPLE_PACKET: u32 = 3;
    pub const ENHANCED_PACKET: u32 = 6;
}

/// Bytes of a block before its body, and behind it.
const HEAD_LEN: usize = 8;
const TAIL_LEN: usize = 4;
/// The longest block that can hold a packet, with a good deal of options.
const MAX_BLOCK_LEN: usize = 2 * MAX_LEN;
/// Interfaces of a section, at most: each takes memory.
const MAX_INTERFACES: usize = 1 << 16;

/// What an interface says of its packets.
struct Interface {
    link: u16,
    snap_len: u32,
    /// The option if_tsresol.
    resolution: u8,
    /// The option if_tsoffset, seconds.
    offset: i64,
}

/// Calls `each` with every packet in order, and with what cannot be read.
///
/// # Errors
///
/// The file ends in the middle of something, makes no sense, or cannot be read.
pub fn for_each(
    window: &mut Window<impl Read>,
    mut each: impl FnMut(Item<&[u8]>) -> io::Result<()>,
) -> io::Result<()> {
    let (mut order, mut interfaces) = (Order::Little, Vec::new());
    while let Some(head) = window.next(HEAD_LEN + TAIL_LEN)? {
        if head.starts_with(&SECTION_HEADER) {
            order = match head[8..] {
                [0x1a, 0x2b, 0x3c, 0x4d] => Order::Big,
                [0x4d, 0x3c, 0x2b, 0x1a] => Order::Little,
                _ => return Err(window.damaged("a section of no order of bytes")),
            };
        }
        let [kind, told_len] = [0, 4].map(|at| order.u32(head, at).unwrap_or(0));
        // Some writers do not count the padding.
        let len = (told_len as usize).next_multiple_of(4);
        if len < HEAD_LEN + TAIL_LEN {
            return Err(window.damaged(format_args!("a block of {told_len} bytes")));
        }
        if len > MAX_BLOCK_LEN {
            window.skip(len)?;
            if matches!(kind, block::PACKET | block::SIMPLE_PACKET | block::ENHANCED_PACKET) {
                each(Item::Unread(Unread::Malformed))?;
            }
            continue;
        }
        let block = window.whole(len)?;
        if order.u32(block, len - TAIL_LEN) != Some(told_len) {
            return Err(window.damaged("a block of two lengths"));
        }
        let body = &block[HEAD_LEN..len - TAIL_LEN];
        match kind {
            // Interfaces are numbered anew in every section.
            block::SECTION_HEADER => interfaces.clear(),
            block::INTERFACE_DESCRIPTION if interfaces.len() < MAX_INTERFACES => {
                interfaces.push(interface(order, body));
            }
            block::PACKET | block::SIMPLE_PACKET | block::ENHANCED_PACKET => {
                each(packet(order, &interfaces, kind, body).unwrap_or_else(Item::Unread))?;
            }
            _ => {}
        }
        window.consume(len);
    }
    Ok(())
}

/// What a description says; `None` where even the link type is missing.
fn interface(order: Order, body: &[u8]) -> Option<Interface> {
    const END: u16 = 0;
    const RESOLUTION: u16 = 9;
    const OFFSET: u16 = 14;

    // The unit of time is a microsecond unless it says otherwise.
    let mut interface = Interface {
        link: order.u16(body, 0)?,
        snap_len: order.u32(body, 4)?,
        resolution: 6,
        offset: 0,
    };
    let mut at = 8;
    while let (Some(code), Some(len)) = (order.u16(body, at), order.u16(body, at + 2)) {
        let len = usize::from(len);
        let Some(value) = body.get(at + 4..at + 4 + len) else { break };
        match code {
            END => break,
            RESOLUTION => interface.resolution = value.first().copied().unwrap_or(6),
            OFFSET => interface.offset = order.u64(value, 0).unwrap_or(0) as i64,
            _ => {}
        }
        at += 4 + len.next_multiple_of(4);
    }
    Some(interface)
}

/// The packet of a block.
fn packet<'a>(
    order: Order,
    interfaces: &[Option<Interface>],
    kind: u32,
    body: &'a [u8],
) -> Result<Item<&'a [u8]>, Unread> {
    let at = |at| order.u32(body, at).ok_or(Unread::Malformed);
    let of = |number: u32| {
        interfaces.get(number as usize).and_then(Option::as_ref).ok_or(Unread::Interface)
    };
    if kind == block::SIMPLE_PACKET {
        let interface = of(0)?;
        let bytes = body.get(4..).ok_or(Unread::Malformed)?;
        let mut len = (at(0)? as usize).min(bytes.len());
        if interface.snap_len > 0 {
            len = len.min(interface.snap_len as usize);
        }
        return Ok(Item::Frame(Link { kind: interface.link, order }, None, &bytes[..len]));
    }
    let number = match kind {
        // The other half counts what was dropped.
        block::PACKET => order.u16(body, 0).ok_or(Unread::Malformed)?.into(),
        _ => at(0)?,
    };
    let interface = of(number)?;
    let units = u64::from(at(4)?) << 32 | u64::from(at(8)?);
    let len = at(12)? as usize;
    let bytes = body.get(20..).and_then(|bytes| bytes.get(..len)).ok_or(Unread::Malformed)?;
    Ok(Item::Frame(Link { kind: interface.link, order }, interface.time(units), bytes))
}

impl Interface {
    /// So many units of time: the high bit of if_tsresol tells a negative power of 2 from one of 10.
    fn time(&self, units: u64) -> Option<Duration> {
        const NANOS: u128 = 1_000_000_000;

        let exponent = u32::from(self.resolution & 0x7f);
        let base: u128 = if self.resolution & 0x80 == 0 { 10 } else { 2 };
        // Where a second has more units than can be counted, none has passed.
        let per_second = base.checked_pow(exponent).unwrap_or(u128::MAX);
        let time = Duration::from_nanos((u128::from(units) * NANOS / per_second) as u64);
        let offset = Duration::from_secs(self.offset.unsigned_abs());
        if self.offset < 0 {
            time.checked_sub(offset)
        } else {
            time.checked_add(offset)
        }
    }
}
