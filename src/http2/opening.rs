//! How a client opens HTTP/2 (RFC 9113): its SETTINGS, WINDOW_UPDATE and PRIORITY frames, and the
//! order of the pseudo-headers of its first request.
//!
//! The bytes come in pieces of any size, as a server reads them, and only what is asked for is kept:
//! no path and no header.

use super::hpack::Block;

use crate::text::{display_text, Out, Text};

/// What every client sends first (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Bytes of SETTINGS and PRIORITY frames that are kept. Firefox sends about a hundred.
const ROOM: usize = 240;

/// A frame's header: length, type, flags and stream (RFC 9113, 4.1).
const HEADER: usize = 9;

/// Types of frames (RFC 9113, 6).
mod frame {
    pub const HEADERS: u8 = 1;
    pub const PRIORITY: u8 = 2;
    pub const SETTINGS: u8 = 4;
    pub const WINDOW_UPDATE: u8 = 8;
    pub const CONTINUATION: u8 = 9;
}

/// Flags of frames.
mod flag {
    pub const ACK: u8 = 0x1;
    pub const END_HEADERS: u8 = 0x4;
    pub const PADDED: u8 = 0x8;
    pub const PRIORITY: u8 = 0x20;
}

/// Bytes of a setting: identifier and value. Of a PRIORITY frame: its stream, the stream that this
/// depends on, with the bit for exclusive, and the weight less one.
const SETTING: usize = 6;
const PRIORITY: usize = 9;

/// The opening of one connection, as far as its bytes were taken.
///
/// Its text is Akamai's form, `1:65536;4:131072;5:16384|12517377|3:0:0:201|m,p,a,s`: the settings
/// in order, each with its value; the increment of the connection's first WINDOW_UPDATE, `00` without
/// one; the PRIORITY frames, as stream, exclusive, dependency and weight from 1 on, `0` without one;
/// the first letters of the pseudo-headers.
#[derive(Debug)]
pub struct Opening {
    stage: Stage,
    header: [u8; HEADER],
    kept: [u8; ROOM],
    kept_len: usize,
    /// How many of these bytes are settings.
    settings_len: Option<usize>,
    window: Option<u32>,
    block: Block,
}

/// What the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Of the preface.
    Preface(usize),
    /// Of a frame's header.
    Header(usize),
    /// Of a frame, of which so many bytes are left.
    Payload(Content, usize),
    /// Of nothing that is known: it is not HTTP/2, or not well formed, or more than there is room
    /// for.
    Unknown,
}

/// What is in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Nothing that counts.
    Other,
    /// What is kept as it is.
    Kept,
    /// The increment of the connection's window.
    Window,
    /// A piece of a header block, after so many other bytes, of which the first may say how many
    /// bytes of padding follow.
    Block { before: u8, is_padded: bool, padding: u8 },
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            stage: Stage::Preface(0),
            header: [0; HEADER],
            kept: [0; ROOM],
            kept_len: 0,
            settings_len: None,
            window: None,
            block: Block::default(),
        }
    }
}

impl Opening {
    /// Whether a connection that begins with these bytes may be one of HTTP/2.
    pub fn may_begin(bytes: &[u8]) -> bool {
        bytes.iter().zip(PREFACE).all(|(byte, expected)| byte == expected)
    }

    /// Takes what was read next. Gives whether the client acknowledges a SETTINGS frame in it.
    pub fn take(&mut self, mut bytes: &[u8]) -> bool {
        let mut is_acknowledged = false;
        while let Some(&byte) = bytes.first() {
            let taken = match self.stage {
                Stage::Unknown => return is_acknowledged,
                Stage::Preface(at) => {
                    self.stage = match PREFACE.get(at) {
                        Some(&expected) if expected != byte => Stage::Unknown,
                        _ if at + 1 == PREFACE.len() => Stage::Header(0),
                        _ => Stage::Preface(at + 1),
                    };
                    1
                }
                Stage::Header(at) => {
                    self.header[at] = byte;
                    self.stage = Stage::Header(at + 1);
                    if at + 1 == HEADER {
                        let [.., kind, flags, _, _, _, _] = self.header;
                        is_acknowledged |= kind == frame::SETTINGS && flags & flag::ACK != 0;
                        self.begin();
                    }
                    1
                }
                Stage::Payload(content, left) => {
                    let taken = self.payload(content, &bytes[..left.min(bytes.len())], left);
                    if taken == left {
                        self.end();
                    }
                    taken
                }
            };
            bytes = &bytes[taken..];
        }
        is_acknowledged
    }

    /// Whether the first request's pseudo-headers are not all there yet, and may still come.
    pub fn is_open(&self) -> bool {
        self.stage != Stage::Unknown && !self.block.is_over()
    }

    /// Whether it can still be told where a frame begins.
    pub fn is_known(&self) -> bool {
        self.stage != Stage::Unknown
    }

    /// Whether it is all there. What comes after the first request's pseudo-headers changes nothing.
    pub fn is_whole(&self) -> bool {
        self.settings_len.is_some() && self.block.is_over()
    }

    fn begin(&mut self) {
        let [high, middle, low, kind, flags, stream @ ..] = self.header;
        let len = u32::from_be_bytes([0, high, middle, low]) as usize;
        let stream = u32::from_be_bytes(stream) & 0x7fff_ffff;
        let content = if self.block.is_over() {
            Some(Content::Other)
        } else {
            self.content(kind, flags, stream, len)
        };
        self.stage = content.map_or(Stage::Unknown, |content| Stage::Payload(content, len));
        if len == 0 && self.is_known() {
            self.end();
        }
    }

    /// What is in a frame that begins; `None` if a client must not send it now.
    fn content(&mut self, kind: u8, flags: u8, stream: u32, len: usize) -> Option<Content> {
        let is_next_of_block = kind == frame::CONTINUATION;
        if is_next_of_block != self.block.is_begun() {
            return None;
        }
        let is_first = self.settings_len.is_none();
        match kind {
            frame::SETTINGS if is_first && flags & flag::ACK == 0 && len % SETTING == 0 => {
                self.settings_len = Some(len);
                (len <= ROOM).then_some(Content::Kept)
            }
            // It must be the first (RFC 9113, 3.4).
            _ if is_first => None,
            frame::PRIORITY => {
                let stream = stream.to_be_bytes();
                let room = self.kept.get_mut(self.kept_len..self.kept_len + PRIORITY)?;
                room[..stream.len()].copy_from_slice(&stream);
                self.kept_len += stream.len();
                (len == PRIORITY - stream.len()).then_some(Content::Kept)
            }
            frame::WINDOW_UPDATE if stream == 0 && self.window.is_none() => {
                self.window = Some(0);
                (len == 4).then_some(Content::Window)
            }
            frame::HEADERS => {
                self.block.begin();
                let has = |bit| flags & bit != 0;
                let before = u8::from(has(flag::PADDED)) + 5 * u8::from(has(flag::PRIORITY));
                (len >= before.into()).then_some(Content::Block {
                    before,
                    is_padded: has(flag::PADDED),
                    padding: 0,
                })
            }
            frame::CONTINUATION => Some(Content::Block { before: 0, is_padded: false, padding: 0 }),
            _ => Some(Content::Other),
        }
    }

    /// Takes bytes of a frame, of which `left` are left. Gives how many it took.
    fn payload(&mut self, mut content: Content, bytes: &[u8], left: usize) -> usize {
        let mut taken = bytes.len();
        match &mut content {
            Content::Other => {}
            Content::Kept => {
                self.kept[self.kept_len..self.kept_len + taken].copy_from_slice(bytes);
                self.kept_len += taken;
            }
            Content::Window => {
                let window = self.window.unwrap_or(0);
                self.window =
                    Some(bytes.iter().fold(window, |sum, &byte| sum << 8 | u32::from(byte)));
            }
            Content::Block { before: before @ 1.., is_padded, padding } => {
                taken = 1;
                *before -= 1;
                if std::mem::take(is_padded) {
                    *padding = bytes[0];
                }
            }
            Content::Block { padding, .. } => {
                let fragment = left.saturating_sub((*padding).into());
                self.block.take(&bytes[..taken.min(fragment)]);
            }
        }
        self.stage = Stage::Payload(content, left - taken);
        taken
    }

    /// The frame is over.
    fn end(&mut self) {
        let [.., kind, flags, _, _, _, _] = self.header;
        if matches!(kind, frame::HEADERS | frame::CONTINUATION) && flags & flag::END_HEADERS != 0 {
            self.block.end();
        }
        self.stage = Stage::Header(0);
    }
}

impl Text for Opening {
    fn write_to(&self, out: &mut impl Out) {
        let (settings, priorities) =
            self.kept[..self.kept_len].split_at(self.settings_len.unwrap_or(0).min(self.kept_len));
        for (position, setting) in settings.chunks_exact(SETTING).enumerate() {
            if position > 0 {
                out.push(';');
            }
            number(&setting[..2]).write_to(out);
            out.push(':');
            number(&setting[2..]).write_to(out);
        }
        out.push('|');
        match self.window {
            Some(increment) => (increment & 0x7fff_ffff).write_to(out),
            None => out.push_str("00"),
        }
        out.push('|');
        if priorities.is_empty() {
            out.push('0');
        }
        for (position, priority) in priorities.chunks_exact(PRIORITY).enumerate() {
            if position > 0 {
                out.push(',');
            }
            let dependency = number(&priority[4..8]);
            let parts = [number(&priority[..4]), dependency >> 31, dependency & 0x7fff_ffff];
            for part in parts {
                part.write_to(out);
                out.push(':');
            }
            (u32::from(priority[8]) + 1).write_to(out);
        }
        out.push('|');
        for (position, letter) in self.block.order().enumerate() {
            if position > 0 {
                out.push(',');
            }
            out.push(letter.into());
        }
    }
}
display_text!(Opening);

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests;
