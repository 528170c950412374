//! What is in a packet: a SYN, or a tunnel with another packet.

use ngx_tcpfp::syn::{Syn, SynError};

use crate::link::{be16, byte, network, Layer, Link};
use crate::unread::Unread;

/// Tunnels in one another that are looked into, at most.
const DEPTH: usize = 8;

/// The SYN in a frame, if it is one; of a tunnel, if these are to be looked into, the innermost.
///
/// # Errors
///
/// Nobody can tell whether there is one.
pub fn syn(link: Link, frame: &[u8], tunnels: bool) -> Result<Option<Syn<'_>>, Unread> {
    // The protocol that ends what can be seen of a fragment's headers.
    const IPV6_FRAGMENT: u8 = 44;

    let (mut layer, mut bytes) = (Layer::Link(link), frame);
    for _ in 0..=DEPTH {
        let Some(packet) = network(layer, bytes)? else { return Ok(None) };
        let protocol = match Syn::parse_strict(packet) {
            Ok(syn) => return Ok(Some(syn)),
            Err(SynError::Fragment | SynError::NotTcp { protocol: IPV6_FRAGMENT }) => {
                return Err(Unread::Fragment);
            }
            Err(SynError::NotTcp { protocol }) => protocol,
            Err(SynError::NotSyn { .. }) => return Ok(None),
            Err(SynError::Version { .. }) => return Err(Unread::Malformed),
            Err(_) => return Err(Unread::Short),
        };
        if !tunnels {
            return Ok(None);
        }
        match inside(protocol, packet)? {
            Some(inside) => (layer, bytes) = inside,
            None => return Ok(None),
        }
    }
    Err(Unread::Deep)
}

/// What the tunnel of a packet carries; `None` if it is no tunnel.
fn inside(protocol: u8, packet: &[u8]) -> Result<Option<(Layer, &[u8])>, Unread> {
    // IANA's "Protocol Numbers".
    let header = match protocol {
        4 | 41 => |_: &[u8]| Ok(Some((0, Layer::Ip))),
        17 => udp,
        47 => |bytes: &[u8]| gre(bytes).map(Some),
        // EtherIP (RFC 3378), MPLS in IP (RFC 4023).
        97 => |_: &[u8]| Ok(Some((2, Layer::Ethernet))),
        137 => |_: &[u8]| Ok(Some((0, Layer::Mpls))),
        _ => return Ok(None),
    };
    let Ok(outer) = Syn::parse(packet) else { return Ok(None) };
    let bytes = packet.get(outer.ip().header_len()..).ok_or(Unread::Short)?;
    if outer.ip().is_fragment() {
        return Err(Unread::Fragment);
    }
    let Some((header_len, layer)) = header(bytes)? else { return Ok(None) };
    Ok(Some((layer, bytes.get(header_len..).ok_or(Unread::Short)?)))
}

/// Tunnels over UDP, by the port that they go to (IANA's "Service Names and Port Numbers") and what
/// they must begin with.
fn udp(bytes: &[u8]) -> Result<Option<(usize, Layer)>, Unread> {
    const HEADER_LEN: usize = 8;

    let port = be16(bytes, 2)?;
    if !matches!(port, 2152 | 4789 | 4790 | 6081 | 6635 | 8472) {
        return Ok(None);
    }
    let bytes = bytes.get(HEADER_LEN..).ok_or(Unread::Short)?;
    let found = match (port, byte(bytes, 0)?) {
        (2152, flags) => gtp_u(flags, bytes)?,
        // VXLAN (RFC 7348), and the port that Linux had for it before.
        (4789 | 8472, flags) if flags & 0x08 != 0 => Some((8, Layer::Ethernet)),
        // VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): it says what follows.
        (4790, flags) if flags & 0x0c == 0x0c => match byte(bytes, 3)? {
            1 | 2 => Some((8, Layer::Ip)),
            3 => Some((8, Layer::Ethernet)),
            _ => None,
        },
        // Geneve (RFC 8926), version 0.
        (6081, flags) if flags < 0x40 => {
            Some((8 + usize::from(flags) * 4, Layer::Of(be16(bytes, 2)?)))
        }
        // MPLS in UDP (RFC 7510).
        (6635, _) => Some((0, Layer::Mpls)),
        _ => None,
    };
    Ok(found.map(|(len, layer)| (HEADER_LEN + len, layer)))
}

/// 3GPP TS 29.281, 5: version 1, a message that carries a user's packet.
fn gtp_u(flags: u8, bytes: &[u8]) -> Result<Option<(usize, Layer)>, Unread> {
    const VERSION_AND_TYPE: u8 = 0xf0;
    const HAS_MORE: u8 = 0x07;
    const HAS_EXTENSIONS: u8 = 0x04;
    const USERS_PACKET: u8 = 255;

    if flags & VERSION_AND_TYPE != 0x30 || byte(bytes, 1)? != USERS_PACKET {
        return Ok(None);
    }
    let mut len = if flags & HAS_MORE == 0 { 8 } else { 12 };
    if flags & HAS_EXTENSIONS != 0 {
        // The last byte of each says whether another follows.
        while byte(bytes, len - 1)? != 0 {
            len += match byte(bytes, len)? {
                0 => return Err(Unread::Malformed),
                units => usize::from(units) * 4,
            };
        }
    }
    Ok(Some((len, Layer::Ip)))
}

/// RFC 2784, RFC 2890, and PPTP's (RFC 2637).
fn gre(bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    const CHECKSUM: u16 = 0x8000;
    const ROUTING: u16 = 0x4000;
    const KEY: u16 = 0x2000;
    const SEQUENCE: u16 = 0x1000;
    const ACKNOWLEDGMENT: u16 = 0x0080;

    let flags = be16(bytes, 0)?;
    if flags & ROUTING != 0 {
        return Err(Unread::Malformed);
    }
    let parts = [CHECKSUM, KEY, SEQUENCE, ACKNOWLEDGMENT].map(|part| flags & part != 0);
    let len = 4 + 4 * parts.iter().filter(|&&is_there| is_there).count();
    Ok(match be16(bytes, 2)? {
        // What is mirrored, as Cisco does (draft-foschiano-erspan): types I, II and III.
        0x88be if flags & SEQUENCE == 0 => (len, Layer::Ethernet),
        0x88be => (len + 8, Layer::Ethernet),
        0x22eb => (len + if byte(bytes, len + 11)? & 1 == 0 { 12 } else { 20 }, Layer::Ethernet),
        // WCCP's second version has four bytes more, none of which looks like IP.
        0x883e if matches!(byte(bytes, len)? >> 4, 4 | 6) => (len, Layer::Ip),
        0x883e => (len + 4, Layer::Ip),
        // PPTP's acknowledgments carry nothing.
        0x880b if flags & SEQUENCE == 0 => (0, Layer::Other),
        ether_type => (len, Layer::Of(ether_type)),
    })
}
