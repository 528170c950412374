//! The Ethernet header in front of a saved SYN (IEEE 802.3, 802.1Q).

use std::net::IpAddr;

use crate::syn::Syn;
use crate::text::{display_text, Hex, Out, Text};

/// Types that say that a tag follows: of a VLAN, and of a provider's (802.1ad).
const TAGS: [u16; 2] = [0x8100, 0x88a8];

/// The header of an Ethernet frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ethernet {
    /// The address of whoever sent the frame: the last router, or a neighbour.
    pub source: Mac,
    /// The address that it was sent to.
    pub destination: Mac,
    /// The identifier in the last tag, if there is one that is not 0.
    pub vlan: Option<u16>,
    /// What the frame carries, behind all tags: 0x0800 is IPv4, 0x86dd IPv6.
    pub protocol: u16,
}

/// An Ethernet address. Its text is `52:54:00:12:34:56`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mac(pub [u8; 6]);

impl Ethernet {
    /// The header that a frame begins with, and the bytes behind it; `None` where they end inside.
    ///
    /// ```
    /// use ngx_tcpfp::ethernet::Ethernet;
    ///
    /// let frame = b"\x52\x54\0\x12\x34\x56\x52\x54\0\xab\xcd\xef\x81\0\0\x2a\x08\0\x45\0";
    /// let (header, packet) = Ethernet::parse(frame).expect("a header");
    /// assert_eq!(header.source.to_string(), "52:54:00:ab:cd:ef");
    /// assert_eq!((header.vlan, header.protocol), (Some(42), 0x0800));
    /// assert_eq!(packet, b"\x45\0");
    /// ```
    pub fn parse(frame: &[u8]) -> Option<(Self, &[u8])> {
        let (addresses, mut rest) = frame.split_first_chunk()?;
        let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = *addresses;
        let (mut protocol, mut vlan) = (take16(&mut rest)?, None);
        while TAGS.contains(&protocol) {
            vlan = Some(take16(&mut rest)? & 0x0fff).filter(|id| *id != 0);
            protocol = take16(&mut rest)?;
        }
        let (source, destination) = (Mac([s0, s1, s2, s3, s4, s5]), Mac([d0, d1, d2, d3, d4, d5]));
        Some((Self { source, destination, vlan, protocol }, rest))
    }
}

/// The next two bytes, in network order.
fn take16(rest: &mut &[u8]) -> Option<u16> {
    let (first, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u16::from_be_bytes(*first))
}

/// Bytes of the Ethernet header in front of a SYN that was saved with TCP_SAVE_SYN 2; 0 if there is
/// none, as from a link without one.
///
/// Nothing in the bytes says which. But only one of the two ways to read them gives the address that
/// the client has.
pub fn header_len(saved: &[u8], client: IpAddr) -> u8 {
    let is_clients = |packet: &[u8]| {
        Syn::parse(packet).is_ok_and(|syn| syn.ip().source() == client.to_canonical())
    };
    if is_clients(saved) {
        return 0;
    }
    match Ethernet::parse(saved) {
        Some((_, packet)) if is_clients(packet) => {
            u8::try_from(saved.len() - packet.len()).unwrap_or(0)
        }
        _ => 0,
    }
}

impl Text for Mac {
    fn write_to(&self, out: &mut impl Out) {
        let [first, rest @ ..] = self.0;
        Hex(&[first]).write_to(out);
        for byte in rest {
            out.push(':');
            Hex(&[byte]).write_to(out);
        }
    }
}
display_text!(Mac);

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;

    const FRAME: [u8; 12] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
    const V4: &str = "4500003ce03940003f066f4bc0000202c6336401e8bc080215371c7000000000a002faf0ec650000020405b40402080ab65da331000000000103030a";
    const V6: &str = "60075fac0028063f20010db800000000000000000000000220010db8000100000000000000000001b8da080371a9028d00000000a002fd205ba40000020405a00402080a22232804000000000103030a";

    #[test]
    fn tags() {
        let cases: &[(&str, Option<u16>, u16, usize)] = &[
            ("0800", None, 0x0800, 14),
            ("86dd", None, 0x86dd, 14),
            ("8100002a0800", Some(42), 0x0800, 18),
            // A priority, and the flag beside it, are no part of the identifier.
            ("8100f02a0800", Some(42), 0x0800, 18),
            ("8100000086dd", None, 0x86dd, 18),
            ("88a800078100002a0800", Some(42), 0x0800, 22),
            ("88a80007810000000800", None, 0x0800, 22),
        ];
        for (rest, vlan, protocol, len) in cases {
            let frame = [&FRAME[..], &hex::decode(rest).unwrap(), b"packet"].concat();
            let (header, packet) = Ethernet::parse(&frame).unwrap();
            assert_eq!((header.vlan, header.protocol), (*vlan, *protocol), "{rest}");
            assert_eq!((frame.len() - packet.len(), packet), (*len, &b"packet"[..]));
            for short in 0..*len {
                assert!(Ethernet::parse(&frame[..short]).is_none(), "{short} of {len}");
            }
        }
    }

    #[test]
    fn which_way_to_read() {
        for (syn, protocol) in [(V4, "0800"), (V6, "86dd")] {
            let syn = hex::decode(syn).unwrap();
            let client = Syn::parse(&syn).unwrap().ip().source();
            assert_eq!(header_len(&syn, client), 0);
            if let IpAddr::V4(client) = client {
                assert_eq!(header_len(&syn, client.to_ipv6_mapped().into()), 0);
            }
            for tags in ["", "8100002a", "88a800078100002a"] {
                // Addresses that look like an IP header.
                for first in [0x02, 0x46, 0x60] {
                    let rest = hex::decode([tags, protocol].concat()).unwrap();
                    let mut frame = [&FRAME[..], &rest, &syn].concat();
                    frame[0] = first;
                    assert_eq!(usize::from(header_len(&frame, client)), frame.len() - syn.len());
                    // Neither way gives it.
                    assert_eq!(header_len(&frame, Ipv4Addr::LOCALHOST.into()), 0);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes(saved in prop::collection::vec(any::<u8>(), 0..150), client: u32) {
            let len = header_len(&saved, Ipv4Addr::from(client).into());
            prop_assert!(usize::from(len) <= saved.len());
        }
    }
}
