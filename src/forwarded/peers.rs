//! Whom a server believes.
#![allow(clippy::disallowed_types, reason = "what grows does so by fallible.rs")]

use std::collections::TryReserveError;
use std::net::IpAddr;

use crate::fallible::TryPush;

/// Who opened a connection, as the kernel tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A process of this machine, over a unix socket.
    Unix,
    /// Somebody with this address.
    Ip(IpAddr),
}

/// The peers that are believed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Peers {
    has_unix: bool,
    networks: Vec<Network>,
}

/// Addresses with a common beginning; those of IPv4 as IPv6 has them (RFC 4291, 2.5.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    first: u128,
    mask: u128,
}

impl Peers {
    /// Adds the peers that a text names: an address, the beginning of addresses (`192.0.2.0/24`), or
    /// `unix:`. Bits behind the beginning do not count. `Ok(false)` if it names none.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn add(&mut self, text: &str) -> Result<bool, TryReserveError> {
        if text == "unix:" {
            self.has_unix = true;
            return Ok(true);
        }
        let Some(network) = Network::parse(text) else { return Ok(false) };
        self.networks.try_push(network)?;
        Ok(true)
    }

    /// Adds those of others.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn add_all(&mut self, others: &Self) -> Result<(), TryReserveError> {
        self.has_unix |= others.has_unix;
        others.networks.iter().try_for_each(|network| self.networks.try_push(*network))
    }

    /// Whether there are none.
    pub fn are_none(&self) -> bool {
        !self.has_unix && self.networks.is_empty()
    }

    /// Whether a peer is one of them.
    pub fn contain(&self, peer: Peer) -> bool {
        match peer {
            Peer::Unix => self.has_unix,
            Peer::Ip(address) => {
                let bits = bits(address);
                self.networks.iter().any(|network| bits & network.mask == network.first)
            }
        }
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, len) = match text.split_once('/') {
            Some((address, len)) if len.bytes().all(|byte| byte.is_ascii_digit()) => {
                (address, Some(len.parse::<u32>().ok()?))
            }
            Some(_) => return None,
            None => (text, None),
        };
        let bare = address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let address: IpAddr = bare.unwrap_or(address).parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let behind = u32::checked_sub(most, len.unwrap_or(most))?;
        let mask = u128::MAX.checked_shl(behind).unwrap_or(0);
        Some(Self { first: bits(address) & mask, mask })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
    .to_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Peer {
        Peer::Ip(text.parse().unwrap())
    }

    #[test]
    fn who_is_believed() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("192.0.2.1", &["192.0.2.1", "::ffff:192.0.2.1"], &["192.0.2.2", "::192.0.2.1"]),
            ("192.0.2.0/24", &["192.0.2.0", "192.0.2.255"], &["192.0.3.0", "192.0.1.255"]),
            ("192.0.2.77/24", &["192.0.2.0", "192.0.2.255"], &["192.0.3.0"]),
            ("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::1", "2001:db8::1"]),
            ("10.0.0.0/31", &["10.0.0.0", "10.0.0.1"], &["10.0.0.2"]),
            ("2001:db8::1", &["2001:db8::1"], &["2001:db8::2", "192.0.2.1"]),
            ("[2001:db8::1]", &["2001:db8::1"], &["2001:db8::2"]),
            ("2001:db8::/32", &["2001:db8:ffff::"], &["2001:db9::"]),
            ("::/0", &["::1", "192.0.2.1"], &[]),
            ("::ffff:10.0.0.0/104", &["10.255.0.1"], &["11.0.0.1"]),
        ];
        for (text, inside, outside) in cases {
            let mut peers = Peers::default();
            assert_eq!(peers.add(text), Ok(true), "{text}");
            for address in *inside {
                assert!(peers.contain(ip(address)), "{address} in {text}");
            }
            for address in *outside {
                assert!(!peers.contain(ip(address)), "{address} not in {text}");
            }
            assert!(!peers.contain(Peer::Unix));
        }
    }

    #[test]
    fn several() {
        let mut peers = Peers::default();
        assert!(!peers.contain(ip("192.0.2.1")));
        for text in ["unix:", "192.0.2.1", "10.0.0.0/8"] {
            assert_eq!(peers.add(text), Ok(true));
        }
        let mut all = Peers::default();
        assert_eq!(all.add("2001:db8::1"), Ok(true));
        all.add_all(&peers).unwrap();
        for peer in [Peer::Unix, ip("192.0.2.1"), ip("10.1.2.3")] {
            assert!(peers.contain(peer) && all.contain(peer));
        }
        assert!(all.contain(ip("2001:db8::1")) && !peers.contain(ip("2001:db8::1")));
    }

    #[test]
    fn what_names_nobody() {
        for text in [
            "",
            "unix",
            "unix:/run/socket",
            "all",
            "localhost",
            "192.0.2",
            "192.0.2.1:80",
            "192.0.2.1/33",
            "192.0.2.1/",
            "192.0.2.1/-1",
            "192.0.2.1/+8",
            "192.0.2.1/24/8",
            "2001:db8::/129",
            "[::1",
            "::1]",
            "/8",
            "192.0.2.1/99999999999",
            "192.0.2.1/255.255.255.0",
        ] {
            let mut peers = Peers::default();
            assert_eq!(peers.add(text), Ok(false), "{text}");
            assert_eq!(peers, Peers::default());
        }
    }
}
