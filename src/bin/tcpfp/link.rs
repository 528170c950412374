//! From a frame to the IP packet in it, layer by layer.
//!
//! Numbers and lengths are those of tcpdump.org's list of link-layer header types, of IANA's
//! "IEEE 802 Numbers" and "PPP DLL Protocol Numbers", and of the standards named beside them.

use crate::order::Order;
use crate::unread::Unread;

/// How a frame is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// LINKTYPE_*.
    pub kind: u16,
    /// The order of bytes of the capture, which some headers follow.
    pub order: Order,
}

/// What bytes are, until they are IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// A frame of a link.
    Link(Link),
    /// An Ethernet frame.
    Ethernet,
    /// An EtherType, and what it says.
    Typed,
    /// What an EtherType said.
    Of(u16),
    /// IEEE 802.2.
    Llc,
    /// PPP, with or without its address and control.
    Ppp,
    /// 802.11, whose header may be padded to a multiple of four bytes.
    Wifi { is_padded: bool },
    /// A label of MPLS.
    Mpls,
    /// An IP packet.
    Ip,
    /// Nothing that carries IP.
    Other,
}

/// The IP packet in `bytes`, from its header on; `None` where there is none.
///
/// # Errors
///
/// There may be one, but it cannot be found.
pub fn network(mut layer: Layer, mut bytes: &[u8]) -> Result<Option<&[u8]>, Unread> {
    loop {
        let header_len;
        (header_len, layer) = match layer {
            Layer::Ip => return Ok(Some(bytes)),
            Layer::Other => return Ok(None),
            Layer::Link(link) => link.header(bytes)?,
            Layer::Ethernet => (12, Layer::Typed),
            Layer::Typed => (2, Layer::Of(be16(bytes, 0)?)),
            Layer::Of(ether_type) => of_ether_type(ether_type, bytes)?,
            Layer::Llc => llc(bytes)?,
            Layer::Ppp => ppp(bytes)?,
            Layer::Wifi { is_padded } => wifi(is_padded, bytes)?,
            Layer::Mpls => mpls(bytes)?,
        };
        bytes = bytes.get(header_len..).ok_or(Unread::Short)?;
    }
}

impl Link {
    /// How long its header is, and what follows.
    fn header(self, bytes: &[u8]) -> Result<(usize, Layer), Unread> {
        const LITTLE: Order = Order::Little;
        const WIFI: Layer = Layer::Wifi { is_padded: false };
        let short = Unread::Short;
        Ok(match self.kind {
            // LINKTYPE_NULL and _LOOP: the family has another number in every system.
            0 | 108 => (4, Layer::Ip),
            1 => (0, Layer::Ethernet),
            // _IEEE802_5; the first bit of the source tells of a route.
            6 => {
                let route = if byte(bytes, 8)? & 0x80 == 0 { 0 } else { byte(bytes, 14)? & 0x1f };
                (14 + usize::from(route), Layer::Llc)
            }
            // _PPP, and _PPP_HDLC, where Cisco's HDLC may come as well.
            9 => (0, Layer::Ppp),
            50 if matches!(byte(bytes, 0)?, 0x0f | 0x8f) => (2, Layer::Typed),
            50 => (0, Layer::Ppp),
            // _FDDI and _ATM_RFC1483.
            10 => (13, Layer::Llc),
            100 => (0, Layer::Llc),
            // What systems call _RAW, _RAW itself, _IPV4 and _IPV6.
            12 | 14 | 101 | 228 | 229 => (0, Layer::Ip),
            // _PPP_ETHER and _C_HDLC.
            51 => (6, Layer::Ppp),
            104 => (2, Layer::Typed),
            // _IEEE802_11, and with what the receiver noted: _PRISM, _RADIOTAP, _AVS.
            105 => (0, WIFI),
            119 => (144, WIFI),
            127 => radiotap(bytes)?,
            163 => (Order::Big.u32(bytes, 4).ok_or(short)? as usize, WIFI),
            // _ENC and _PFLOG.
            109 => (12, Layer::Ip),
            117 => (usize::from(byte(bytes, 0)?).next_multiple_of(4), Layer::Ip),
            // _LINUX_SLL and _LINUX_SLL2.
            113 => (16, cooked(be16(bytes, 14)?)),
            276 => (20, cooked(be16(bytes, 0)?)),
            // _APPLE_IP_OVER_IEEE1394.
            138 => (16, Layer::Typed),
            // _PPI and _PKTAP, which say themselves what follows.
            192 => {
                let len = LITTLE.u16(bytes, 2).ok_or(short)?;
                inner(len.into(), LITTLE.u32(bytes, 4).ok_or(short)?, self.order)?
            }
            258 => {
                let len = LITTLE.u32(bytes, 0).ok_or(short)?;
                inner(len as usize, LITTLE.u32(bytes, 8).ok_or(short)?, self.order)?
            }
            // _PPP_WITH_DIR and _NFLOG.
            204 => (1, Layer::Ppp),
            239 => (nflog(self.order, bytes)?, Layer::Ip),
            other => return Err(Unread::Link(other)),
        })
    }
}

/// A header that names the link type behind it.
fn inner(header_len: usize, kind: u32, order: Order) -> Result<(usize, Layer), Unread> {
    let kind = kind as u16;
    // Neither stands in the other, and none is shorter than what was read of it.
    match kind {
        _ if header_len < 8 => Err(Unread::Malformed),
        192 | 258 => Err(Unread::Link(kind)),
        _ => Ok((header_len, Layer::Link(Link { kind, order }))),
    }
}

/// What the protocol of Linux' cooked headers says.
fn cooked(protocol: u16) -> Layer {
    // include/uapi/linux/if_ether.h: below 0x600 numbers are Linux' own.
    const ETH_P_802_2: u16 = 4;
    match protocol {
        ETH_P_802_2 => Layer::Llc,
        ..0x600 => Layer::Other,
        _ => Layer::Of(protocol),
    }
}

fn of_ether_type(ether_type: u16, bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    Ok(match ether_type {
        // IEEE 802.3: a length. Novell's IPX has no LLC.
        ..0x600 | 0x8870 if bytes.starts_with(&[0xff, 0xff]) => (0, Layer::Other),
        ..0x600 | 0x8870 => (0, Layer::Llc),
        0x0800 | 0x86dd => (0, Layer::Ip),
        // Tags of VLANs: IEEE 802.1Q, 802.1ad, and those of before.
        0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => (2, Layer::Typed),
        0x8847 | 0x8848 => (0, Layer::Mpls),
        // PPPoE's session (RFC 2516), and PPP as it is.
        0x8864 => (6, Layer::Ppp),
        0x880b => (0, Layer::Ppp),
        // Ethernet in Ethernet (IEEE 802.1ah) and in tunnels (RFC 1701).
        0x88e7 => (4, Layer::Ethernet),
        0x6558 => (0, Layer::Ethernet),
        // Other tags: Cisco's SGT, VN-Tag, IEEE 802.1BR, 802.1CB.
        0x8909 | 0x893f => (6, Layer::Typed),
        0x8926 | 0xf1c1 => (4, Layer::Typed),
        // MACsec (IEEE 802.1AE); its identifier is optional.
        0x88e5 => match byte(bytes, 0)? {
            flags if flags & 0x0c != 0 => return Err(Unread::Encrypted),
            flags => (if flags & 0x20 == 0 { 6 } else { 14 }, Layer::Typed),
        },
        other if CARRIES_NO_IP.contains(&other) => (0, Layer::Other),
        other => return Err(Unread::EtherType(other)),
    })
}

/// EtherTypes of what is common beside IP: ARP, RARP, AppleTalk's two, IPX, flow control, slow
/// protocols, PPPoE's discovery, PROFINET, AoE, EtherCAT, 802.1X, HomePlug's two, LLDP, MRP, PTP,
/// CFM, FCoE, TDLS, IEEE 1905.1, AVTP, loop tests.
const CARRIES_NO_IP: [u16; 23] = [
    0x0806, 0x8035, 0x809b, 0x80f3, 0x8137, 0x8808, 0x8809, 0x8863, 0x8892, 0x88a2, 0x88a4, 0x888e,
    0x887b, 0x88e1, 0x88cc, 0x88e3, 0x88f7, 0x8902, 0x8906, 0x890d, 0x893a, 0x22f0, 0x9000,
];

fn llc(bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    Ok(match bytes.get(..3).ok_or(Unread::Short)? {
        // SNAP: an organisation, whose numbers are EtherTypes (RFC 1042, IEEE 802.1H) or its own.
        [0xaa, 0xaa, 3] => match bytes.get(3..6).ok_or(Unread::Short)? {
            [0, 0, 0 | 0xf8] => (6, Layer::Typed),
            // RFC 2684: Ethernet bridged over ATM, with its FCS or without.
            [0, 0x80, 0xc2] if matches!(be16(bytes, 6)?, 1 | 7) => (10, Layer::Ethernet),
            _ => (0, Layer::Other),
        },
        // IP's own number (RFC 948), and those of ISO 9577.
        [6, 6, 3] => (3, Layer::Ip),
        [0xfe, 0xfe, 3] if matches!(byte(bytes, 3)?, 0xcc | 0x8e) => (4, Layer::Ip),
        _ => (0, Layer::Other),
    })
}

/// RFC 1661; address and control (RFC 1662) may have been left out, and half of the protocol.
fn ppp(bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    let start = if bytes.starts_with(&[0xff, 3]) { 2 } else { 0 };
    let (len, protocol) = match byte(bytes, start)? {
        odd if odd & 1 == 1 => (start + 1, u16::from(odd)),
        _ => (start + 2, be16(bytes, start)?),
    };
    match protocol {
        0x21 | 0x57 => Ok((len, Layer::Ip)),
        0x281 | 0x283 => Ok((len, Layer::Mpls)),
        // Ethernet bridged (RFC 3518).
        0x31 if byte(bytes, len + 1)? == 1 => Ok((len + 2, Layer::Ethernet)),
        // What controls the link.
        0x4000.. => Ok((0, Layer::Other)),
        other => Err(Unread::Ppp(other)),
    }
}

/// RFC 3032: nothing tells what is behind the last label. Its first nibble does, by custom (RFC
/// 4928): IP's version, or 1 for what controls a wire that is carried over MPLS. Else it is the
/// frame of such a wire (RFC 4448), behind a control word if that has no EtherType in its place.
fn mpls(bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    if byte(bytes, 2)? & 1 == 0 {
        return Ok((4, Layer::Mpls));
    }
    Ok(match byte(bytes, 4)? >> 4 {
        4 | 6 => (4, Layer::Ip),
        1 => (4, Layer::Other),
        _ if matches!(be16(bytes, 16)?, 0x0800 | 0x86dd | 0x8100 | 0x88a8) => (4, Layer::Ethernet),
        0 => (8, Layer::Ethernet),
        _ => return Err(Unread::Malformed),
    })
}

/// IEEE 802.11, 9.3.2.
fn wifi(is_padded: bool, bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    const DATA: u8 = 0x08;
    const KIND: u8 = 0x0c;
    const NULL: u8 = 0x40;
    const QOS: u8 = 0x80;
    const BOTH_WAYS: u8 = 0x03;
    const PROTECTED: u8 = 0x40;
    const HT_CONTROL: u8 = 0x80;
    const AGGREGATE: u8 = 0x80;

    let [control, flags] = [byte(bytes, 0)?, byte(bytes, 1)?];
    if control & KIND != DATA || control & NULL != 0 {
        return Ok((0, Layer::Other));
    }
    if flags & PROTECTED != 0 {
        return Err(Unread::Encrypted);
    }
    let mut len = if flags & BOTH_WAYS == BOTH_WAYS { 30 } else { 24 };
    if control & QOS != 0 {
        if byte(bytes, len)? & AGGREGATE != 0 {
            return Err(Unread::Aggregate);
        }
        len += if flags & HT_CONTROL == 0 { 2 } else { 6 };
    }
    Ok((if is_padded { len.next_multiple_of(4) } else { len }, Layer::Llc))
}

/// What stands before a frame of 802.11, by radiotap.org: its length, a bit for each field that is
/// there, and these in order, the clock and the flags first.
fn radiotap(bytes: &[u8]) -> Result<(usize, Layer), Unread> {
    const CLOCK: u32 = 1;
    const FLAGS: u32 = 2;
    const MORE_BITS: u32 = 1 << 31;
    const IS_PADDED: u8 = 0x20;

    let len = Order::Little.u16(bytes, 2).ok_or(Unread::Short)?;
    let word = |at| Order::Little.u32(bytes, at).ok_or(Unread::Short);
    let (fields, mut start) = (word(4)?, 8);
    while word(start - 4)? & MORE_BITS != 0 {
        start += 4;
    }
    if fields & CLOCK != 0 {
        start = start.next_multiple_of(8) + 8;
    }
    let is_padded = fields & FLAGS != 0 && byte(bytes, start)? & IS_PADDED != 0;
    Ok((len.into(), Layer::Wifi { is_padded }))
}

/// The bytes before the packet of netfilter's log: values, each behind its length and type, in the
/// order of bytes of the machine that captured.
fn nflog(order: Order, bytes: &[u8]) -> Result<usize, Unread> {
    const PAYLOAD: u16 = 9;

    let mut start = 4;
    loop {
        let field = |at| order.u16(bytes, at).ok_or(Unread::Short);
        let (len, kind) = (usize::from(field(start)?), field(start + 2)? & 0x7fff);
        match (kind, len) {
            (_, ..4) => return Err(Unread::Malformed),
            (PAYLOAD, _) => return Ok(start + 4),
            _ => start += len.next_multiple_of(4),
        }
    }
}

/// The byte at `at`.
///
/// # Errors
///
/// The bytes do not reach that far.
pub fn byte(bytes: &[u8], at: usize) -> Result<u8, Unread> {
    bytes.get(at).copied().ok_or(Unread::Short)
}

/// The number at `at`, in the order of the network.
///
/// # Errors
///
/// The bytes do not reach that far.
pub fn be16(bytes: &[u8], at: usize) -> Result<u16, Unread> {
    Order::Big.u16(bytes, at).ok_or(Unread::Short)
}
