//! What an input is, by its first four bytes: lines of text, pcap or pcapng, compressed or not.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use zstd::Decoder;

use crate::item::Item;
use crate::window::Window;
use crate::{pcap, pcapng};

/// Bytes of a line, at most; what a longer one has more is passed over. It is no SYN anyway.
const MAX_LINE_LEN: u64 = 1 << 20;
/// Kilobytes that decompressing may take: `xz -9` wants 65 MB, zstd's own limit is 128.
const MAX_DICTIONARY: u32 = 128 << 10;

/// Calls `each` with every item in order; memory does not grow with the input.
///
/// # Errors
///
/// The input ends in the middle of a packet, makes no sense, or cannot be read. `each` had all that
/// came before.
pub fn for_each(
    source: impl Read,
    each: impl FnMut(Item<&[u8]>) -> io::Result<()>,
) -> io::Result<()> {
    let mut window = Window::new(source);
    match *window.peek(4)? {
        [0x1f, 0x8b, ..] => items(Window::new(MultiGzDecoder::new(window)), each),
        // A file may consist of several streams.
        [0xfd, b'7', b'z', b'X'] => {
            let reader = XzReader::new_mem_limit(BufReader::new(window), true, MAX_DICTIONARY);
            items(Window::new(reader), each)
        }
        // A frame, or one to be skipped (RFC 8878, 3.1).
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => {
            items(Window::new(Decoder::with_buffer(window)?), each)
        }
        _ => items(window, each),
    }
}

fn items(
    mut window: Window<impl Read>,
    mut each: impl FnMut(Item<&[u8]>) -> io::Result<()>,
) -> io::Result<()> {
    let magic = window.peek(4)?;
    if pcap::is_pcap(magic) {
        return pcap::for_each(&mut window, each);
    }
    if magic == pcapng::SECTION_HEADER {
        return pcapng::for_each(&mut window, each);
    }
    let (mut line, mut number) = (Vec::new(), 0);
    while window.by_ref().take(MAX_LINE_LEN).read_until(b'\n', &mut line)? > 0 {
        if line.len() as u64 == MAX_LINE_LEN && !line.ends_with(b"\n") {
            window.skip_until(b'\n')?;
        }
        number += 1;
        each(Item::Line(number, line.trim_ascii()))?;
        line.clear();
    }
    Ok(())
}
