//! A TLS ClientHello (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2) to what JA4 is made of.
//!
//! The bytes come from an iterator, because a hello can be cut over several records. What is kept
//! of it is a fraction of its size, and nothing of what it is about: no name and no key.

mod records;

pub use records::Records;

/// Type of the handshake message (RFC 8446, 4).
pub const CLIENT_HELLO: u8 = 1;

/// Extensions (IANA, "TLS ExtensionType Values") that mean something here.
pub mod extension {
    /// The name of the server that is asked for (RFC 6066, 3).
    pub const SERVER_NAME: u16 = 0;
    /// What the server may sign with (RFC 8446, 4.2.3).
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    /// The protocols that the client speaks (RFC 7301).
    pub const ALPN: u16 = 16;
    /// The versions of TLS (RFC 8446, 4.2.1).
    pub const SUPPORTED_VERSIONS: u16 = 43;
}

/// What carries TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// QUIC (RFC 9001).
    Quic,
}

/// What JA4 is made of.
///
/// It is a view of bytes that can be kept: [`ClientHello::bytes`] gives them, and
/// [`ClientHello::kept`] takes them again. The lists are in the order of the client, and without
/// GREASE (RFC 8701).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientHello<'k> {
    bytes: &'k [u8],
}

/// Where [`ClientHello::read`] writes what it keeps.
#[derive(Debug)]
pub struct Room([u8; HEAD + 2 * CODES]);

impl Default for Room {
    fn default() -> Self {
        Self([0; HEAD + 2 * CODES])
    }
}

/// The most values that are kept of a hello, in all of its lists: three times as many as IANA has
/// cipher suites. A hello with more is none of a client that wants to be served.
pub const CODES: usize = 1024;

/// What is kept: version, ALPN's characters, whether there is a server name, how many cipher suites,
/// extensions and signature algorithms, and whether it came by QUIC; then the lists, two bytes a value.
const HEAD: usize = 12;
mod at {
    pub const VERSION: usize = 0;
    pub const ALPN: usize = 2;
    pub const HAS_SERVER_NAME: usize = 4;
    pub const COUNTS: [usize; 3] = [5, 7, 9];
    pub const IS_OF_QUIC: usize = 11;
}

/// One of the lists.
#[derive(Clone, Copy)]
enum List {
    Ciphers,
    Extensions,
    SignatureAlgorithms,
}

impl<'k> ClientHello<'k> {
    /// Reads a handshake message, with its type and length; `None` if it is no ClientHello, or not
    /// all of one, or its lengths contradict each other.
    pub fn read(
        message: &mut impl Iterator<Item = u8>,
        transport: Transport,
        room: &'k mut Room,
    ) -> Option<Self> {
        let mut header = Reader { bytes: message, left: 4 };
        let (message_type, high, low) = (header.u8()?, header.u8()?, header.u16()?);
        if message_type != CLIENT_HELLO {
            return None;
        }
        let left = usize::from(high) << 16 | usize::from(low);
        let mut body = Reader { bytes: message, left };
        let mut writer = Writer { room: &mut room.0, counts: [0; 3] };
        let mut offered = Offered::new(body.u16()?);
        body.skip(32)?;
        let session_id = body.u8()?;
        body.skip(session_id.into())?;
        let ciphers = body.u16()?;
        body.vector(ciphers.into(), |list| writer.push_all(List::Ciphers, list))?;
        let compression = body.u8()?;
        body.skip(compression.into())?;
        // Before TLS 1.3 a hello may have none.
        if body.left > 0 {
            let extensions = body.u16()?;
            body.vector(extensions.into(), |list| {
                read_extensions(list, &mut writer, &mut offered)
            })?;
        }
        if body.left > 0 {
            return None;
        }
        let len = writer.finish(&offered);
        room.0[at::IS_OF_QUIC] = (transport == Transport::Quic).into();
        Some(Self { bytes: &room.0[..len] })
    }

    /// What [`Self::bytes`] gave; `None` of anything else.
    pub fn kept(bytes: &'k [u8]) -> Option<Self> {
        let hello = (bytes.len() >= HEAD).then_some(Self { bytes })?;
        let codes: usize = at::COUNTS.into_iter().map(|at| hello.number(at)).sum();
        (codes <= CODES && bytes.len() == HEAD + 2 * codes).then_some(hello)
    }

    /// All that is kept.
    pub fn bytes(&self) -> &'k [u8] {
        self.bytes
    }

    /// The highest version that the client offers, as the protocol writes it: 0x0304 is TLS 1.3.
    pub fn version(&self) -> u16 {
        self.number(at::VERSION) as u16
    }

    /// What it came by.
    pub fn transport(&self) -> Transport {
        if self.bytes[at::IS_OF_QUIC] == 0 {
            Transport::Tcp
        } else {
            Transport::Quic
        }
    }

    /// Whether it names a server (RFC 6066, 3).
    pub fn has_server_name(&self) -> bool {
        self.bytes[at::HAS_SERVER_NAME] != 0
    }

    /// JA4's two characters for the first protocol of ALPN (RFC 7301).
    pub fn alpn(&self) -> [u8; 2] {
        [self.bytes[at::ALPN], self.bytes[at::ALPN + 1]]
    }

    /// The cipher suites, with signaling values such as 0x00ff among them.
    pub fn ciphers(&self) -> impl Iterator<Item = u16> + 'k {
        self.list(List::Ciphers)
    }

    /// The types of the extensions.
    pub fn extensions(&self) -> impl Iterator<Item = u16> + 'k {
        self.list(List::Extensions)
    }

    /// The signature algorithms of the extension that is named so (RFC 8446, 4.2.3).
    pub fn signature_algorithms(&self) -> impl Iterator<Item = u16> + 'k {
        self.list(List::SignatureAlgorithms)
    }

    fn list(&self, list: List) -> impl Iterator<Item = u16> + 'k {
        let before: usize = at::COUNTS[..list as usize].iter().map(|&at| self.number(at)).sum();
        let start = HEAD + 2 * before;
        let bytes = &self.bytes[start..start + 2 * self.number(at::COUNTS[list as usize])];
        bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
    }

    fn number(&self, at: usize) -> usize {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]]).into()
    }
}

fn read_extensions(
    list: &mut Reader<'_, impl Iterator<Item = u8>>,
    writer: &mut Writer<'_>,
    offered: &mut Offered,
) -> Option<()> {
    while list.left > 0 {
        let (kind, len) = (list.u16()?, list.u16()?);
        writer.push(List::Extensions, kind)?;
        list.vector(len.into(), |data| {
            match kind {
                extension::SERVER_NAME => offered.has_server_name = true,
                extension::ALPN => offered.alpn = first_protocol(data)?,
                extension::SUPPORTED_VERSIONS => {
                    let len = data.u8()?;
                    data.vector(len.into(), |versions| offered.take_versions(versions))?;
                }
                extension::SIGNATURE_ALGORITHMS => {
                    let len = data.u16()?;
                    data.vector(len.into(), |codes| {
                        writer.push_all(List::SignatureAlgorithms, codes)
                    })?;
                }
                _ => {}
            }
            Some(())
        })?;
    }
    Some(())
}

/// The first protocol of ALPN, by two characters: its first and last, or those of its hex where one
/// of the two bytes is neither letter nor digit; `00` for none.
fn first_protocol(list: &mut Reader<'_, impl Iterator<Item = u8>>) -> Option<[u8; 2]> {
    let len = list.u16()?;
    list.vector(len.into(), |names| {
        if names.left == 0 {
            return Some(NO_PROTOCOL);
        }
        let len = usize::from(names.u8()?);
        names.vector(len, |name| {
            if len == 0 {
                return Some(NO_PROTOCOL);
            }
            let first = name.u8()?;
            name.skip(len.saturating_sub(2))?;
            let last = if len > 1 { name.u8()? } else { first };
            Some(if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
                [first, last]
            } else {
                [hex_digit(first >> 4), hex_digit(last & 15)]
            })
        })
    })
}

const NO_PROTOCOL: [u8; 2] = *b"00";

fn hex_digit(value: u8) -> u8 {
    b"0123456789abcdef"[usize::from(value & 15)]
}

/// What a hello says besides its lists.
struct Offered {
    version: u16,
    has_server_name: bool,
    alpn: [u8; 2],
    /// The highest of the extension that TLS 1.3 has for them.
    supported: Option<u16>,
}

impl Offered {
    fn new(version: u16) -> Self {
        Self { version, has_server_name: false, alpn: NO_PROTOCOL, supported: None }
    }

    fn take_versions(&mut self, versions: &mut Reader<'_, impl Iterator<Item = u8>>) -> Option<()> {
        while versions.left > 0 {
            let version = versions.u16()?;
            if !is_grease(version) {
                self.supported = self.supported.max(Some(version));
            }
        }
        Some(())
    }
}

/// The values that clients draw at random, so that servers stay used to unknown ones (RFC 8701, 2):
/// 0x0a0a, 0x1a1a and so on.
fn is_grease(value: u16) -> bool {
    value & 0x0f0f == 0x0a0a && value >> 8 == value & 0xff
}

/// Bytes of which no more than `left` may be taken.
struct Reader<'i, I> {
    bytes: &'i mut I,
    left: usize,
}

impl<I: Iterator<Item = u8>> Reader<'_, I> {
    fn u8(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        self.bytes.next()
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes([self.u8()?, self.u8()?]))
    }

    fn skip(&mut self, len: usize) -> Option<()> {
        self.left = self.left.checked_sub(len)?;
        match len.checked_sub(1) {
            Some(before) => self.bytes.nth(before).map(|_| ()),
            None => Some(()),
        }
    }

    /// What is read of the next so many bytes. The rest of them is skipped.
    fn vector<R>(
        &mut self,
        len: usize,
        read: impl FnOnce(&mut Reader<'_, I>) -> Option<R>,
    ) -> Option<R> {
        self.left = self.left.checked_sub(len)?;
        let mut inner = Reader { bytes: self.bytes, left: len };
        let made = read(&mut inner)?;
        inner.skip(inner.left)?;
        Some(made)
    }
}

/// What is kept, while it is written: the signature algorithms come amid the extensions, and so
/// wait at the room's end.
struct Writer<'r> {
    room: &'r mut [u8; HEAD + 2 * CODES],
    counts: [usize; 3],
}

impl Writer<'_> {
    fn push(&mut self, list: List, code: u16) -> Option<()> {
        if is_grease(code) {
            return Some(());
        }
        let [ciphers, extensions, algorithms] = self.counts;
        if ciphers + extensions + algorithms == CODES {
            return None;
        }
        match list {
            List::Ciphers | List::Extensions => self.put(HEAD + 2 * (ciphers + extensions), code),
            // From the end on, and so with its bytes the other way round, too.
            List::SignatureAlgorithms => {
                self.put(HEAD + 2 * (CODES - 1 - algorithms), code.swap_bytes());
            }
        }
        self.counts[list as usize] += 1;
        Some(())
    }

    fn push_all(
        &mut self,
        list: List,
        codes: &mut Reader<'_, impl Iterator<Item = u8>>,
    ) -> Option<()> {
        while codes.left > 0 {
            self.push(list, codes.u16()?)?;
        }
        Some(())
    }

    /// Writes the head, and moves the signature algorithms to their place. Gives the length of all.
    fn finish(mut self, offered: &Offered) -> usize {
        self.put(at::VERSION, offered.supported.unwrap_or(offered.version));
        self.room[at::ALPN..at::ALPN + 2].copy_from_slice(&offered.alpn);
        self.room[at::HAS_SERVER_NAME] = offered.has_server_name.into();
        let counts = self.counts;
        for (at, count) in at::COUNTS.into_iter().zip(counts) {
            self.put(at, count as u16);
        }
        let [ciphers, extensions, algorithms] = counts.map(|count| 2 * count);
        let start = self.room.len() - algorithms;
        self.room[start..].reverse();
        self.room.copy_within(start.., HEAD + ciphers + extensions);
        HEAD + ciphers + extensions + algorithms
    }

    fn put(&mut self, at: usize, number: u16) {
        self.room[at..at + 2].copy_from_slice(&number.to_be_bytes());
    }
}

#[cfg(test)]
mod tests;
