//! Whose a record is.

use std::net::{IpAddr, Ipv6Addr};

/// Who a record is of: an IPv4 address, or the prefix of an IPv6 one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client(pub(super) [u8; 16]);

impl Client {
    /// Whose an address is, with so many bits of an IPv6 one.
    pub fn of(address: IpAddr, ipv6_prefix: u32) -> Self {
        let bits = match address.to_canonical() {
            IpAddr::V4(v4) => return Self(v4.to_ipv6_mapped().octets()),
            IpAddr::V6(v6) => v6.to_bits(),
        };
        let kept = u128::MAX.checked_shl(128 - ipv6_prefix.min(128)).unwrap_or(0);
        Self((bits & kept).to_be_bytes())
    }

    /// The address, or the first of the prefix.
    pub fn address(self) -> IpAddr {
        IpAddr::V6(Ipv6Addr::from(self.0)).to_canonical()
    }
}
