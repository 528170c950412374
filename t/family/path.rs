//! What happens to a SYN between its sender and us.

use ngx_tcpfp::signature::p0f::{Signature, WindowForm};
use ngx_tcpfp::syn::{flag, kind};

use crate::packet::Packet;

/// One change, by its name.
pub struct Change {
    pub name: &'static str,
    /// Those of one group do not happen together.
    pub group: &'static str,
    pub apply: fn(&mut Packet),
}

const fn change(group: &'static str, name: &'static str, apply: fn(&mut Packet)) -> Change {
    Change { name, group, apply }
}

/// All of them. What a smaller MTU does to a stack's own window is in [`with_mtu`].
pub static CHANGES: &[Change] = &[
    change("ttl", "13 hops", |packet| packet.ttl -= 13),
    change("ttl", "TTL set to 64", |packet| packet.ttl = 64),
    change("ttl", "TTL set to 128", |packet| packet.ttl = 128),
    change("ttl", "TTL set to 255", |packet| packet.ttl = 255),
    change("mss", "MSS clamped to 1452", |packet| clamp(packet, 1452)),
    change("mss", "MSS clamped to 1360", |packet| clamp(packet, 1360)),
    change("mss", "MSS clamped to 1220", |packet| clamp(packet, 1220)),
    change("timestamps", "timestamps removed", |packet| remove(packet, kind::TIMESTAMPS)),
    change("timestamps", "timestamps NOPped", |packet| overwrite(packet, kind::TIMESTAMPS)),
    change("sack", "SACK removed", |packet| remove(packet, kind::SACK_PERMITTED)),
    change("sack", "SACK NOPped", |packet| overwrite(packet, kind::SACK_PERMITTED)),
    change("scale", "window scale removed", |packet| remove(packet, kind::WINDOW_SCALE)),
    change("scale", "window scale NOPped", |packet| overwrite(packet, kind::WINDOW_SCALE)),
    change("ecn", "ECN bleached", |packet| packet.flags &= !flag::ANY_ECN),
    change("df", "DF cleared", |packet| packet.df = false),
    change("id", "ID zeroed", |packet| packet.id = 0),
    change("id", "ID drawn anew", |packet| packet.id = 40_507),
];

/// The MSS of links and tunnels that the sender knows of: WireGuard, IPv6's least MTU.
pub const MSS: [u16; 2] = [1380, 1240];

/// What a stack sends where the MTU is another. Windows takes the most segments within 64 KiB.
pub fn with_mtu(signature: &Signature, mss: u16) -> Option<Packet> {
    let is_windows = signature.ttl == 128 && signature.window == WindowForm::Exactly(64240);
    let mut packet = Packet::of(signature, mss)?;
    if is_windows {
        packet.window = u16::MAX / mss * mss;
    }
    Some(packet)
}

fn clamp(packet: &mut Packet, to: u16) {
    for (kind, data) in &mut packet.options {
        if *kind == kind::MSS && u16::from_be_bytes([data[0], data[1]]) > to {
            *data = to.to_be_bytes().to_vec();
        }
    }
}

/// Takes an option out and pads what is left, as a firewall that writes options anew does.
fn remove(packet: &mut Packet, kind: u8) {
    if let Some(at) = packet.options.iter().position(|(found, _)| *found == kind) {
        packet.options.remove(at);
    }
}

/// Puts NOPs in an option's place.
fn overwrite(packet: &mut Packet, kind: u8) {
    if let Some(at) = packet.options.iter().position(|(found, _)| *found == kind) {
        let nops = vec![(kind::NOP, vec![]); packet.options[at].1.len() + 2];
        packet.options.splice(at..=at, nops);
    }
}
