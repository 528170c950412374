//! pcap: a header, then packets (draft-ietf-opsawg-pcap), as leniently as libpcap's sf-pcap.c.

use std::io::{self, BufRead, Read};
use std::time::Duration;

use crate::item::Item;
use crate::link::Link;
use crate::order::Order;
use crate::window::Window;

/// The longest packet that libpcap takes, MAXIMUM_SNAPLEN: whatever says that it is longer is none.
pub const MAX_LEN: usize = 262_144;

/// Bytes of the file's header.
const HEADER_LEN: usize = 24;

/// How the packets of a file are written down, by its first four bytes.
struct Form {
    order: Order,
    /// Nanoseconds in a unit of time.
    unit: u64,
    /// Bytes before each packet.
    header_len: usize,
}

impl Form {
    fn of(magic: &[u8]) -> Option<Self> {
        let magic: [u8; 4] = *magic.first_chunk()?;
        let (order, number) = match magic {
            [0xa1, ..] => (Order::Big, u32::from_be_bytes(magic)),
            _ => (Order::Little, u32::from_le_bytes(magic)),
        };
        let (unit, header_len) = match number {
            0xa1b2_c3d4 => (1000, 16),
            0xa1b2_3c4d => (1, 16),
            // Kuznetzov's: the packet's interface, protocol and type are told besides.
            0xa1b2_cd34 => (1000, 24),
            _ => return None,
        };
        Some(Self { order, unit, header_len })
    }
}

/// Whether a file that begins so is one.
pub fn is_pcap(magic: &[u8]) -> bool {
    Form::of(magic).is_some()
}

/// Calls `each` with every packet in order. The snap length is not looked at: writers get it wrong.
///
/// # Errors
///
/// The file ends in the middle of something, makes no sense, or cannot be read.
pub fn for_each(
    window: &mut Window<impl Read>,
    mut each: impl FnMut(Item<&[u8]>) -> io::Result<()>,
) -> io::Result<()> {
    let header = window.whole(HEADER_LEN)?;
    let form = Form::of(header).map(|form| {
        let version = [4, 6].map(|at| form.order.u16(header, at).unwrap_or(0));
        // The upper bits tell of the FCS.
        let kind = form.order.u32(header, 20).unwrap_or(0) as u16;
        (form, version, kind)
    });
    let Some((Form { order, unit, header_len }, version, kind)) = form else {
        return Err(window.damaged("no pcap header"));
    };
    window.consume(HEADER_LEN);
    let link = Link { kind, order };
    while let Some(header) = window.next(header_len)? {
        let [seconds, fraction, captured, original] =
            [0, 4, 8, 12].map(|at| order.u32(header, at).unwrap_or(0));
        // Before version 2.3 the two lengths were the other way around, in 2.3 sometimes.
        let len = match version {
            [2, 3] => captured.min(original),
            [2, 0..=2] | [543, _] => original,
            _ => captured,
        };
        let len = len as usize;
        if len > MAX_LEN {
            return Err(window.damaged(format_args!("a packet of {len} bytes")));
        }
        // The fraction may be more than a second.
        let time =
            Duration::from_secs(seconds.into()) + Duration::from_nanos(u64::from(fraction) * unit);
        let packet = window.whole(header_len + len)?;
        each(Item::Frame(link, Some(time), &packet[header_len..]))?;
        window.consume(header_len + len);
    }
    Ok(())
}
