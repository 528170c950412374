//! A SYN, but for what changes from packet to packet.

use crate::signature::p0f::{Layout, Observed, Quirks, Window};
use crate::syn::kind;

/// What two SYNs of one stack over one link have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// With the likeliest initial TTL; without flow label, and without what applications ask for.
    pub observed: Observed,
}

impl Cell {
    /// Bytes of [`Self::to_bytes`].
    pub const LEN: usize = Self::BASE_LEN + 9;
    /// So many of them are the base: what no setting and no link changes.
    pub const BASE_LEN: usize = 9 + Layout::MAX;

    /// That of a SYN.
    pub fn of(observed: &Observed) -> Self {
        let stack = observed.of_stack().unwrap_or(*observed);
        Self {
            observed: Observed {
                ttl: stack.ttl + stack.guessed_dist(),
                quirks: stack.quirks.difference(Quirks::FLOW),
                dscp: 0,
                tsval: 0,
                source_port: 0,
                ..stack
            },
        }
    }

    /// The cell in bytes, the base first: what is to be counted together is sorted together.
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let Observed { version, ip_options_len, has_payload, layout, quirks, .. } = self.observed;
        let Observed { ttl, scale, window, mss, multiple, .. } = self.observed;
        let mut bytes = [0; Self::LEN];
        let kinds = layout.kinds();
        let head =
            [version, ip_options_len, has_payload.into(), kinds.len() as u8, layout.eol_padding()];
        bytes[..5].copy_from_slice(&head);
        bytes[5..5 + kinds.len()].copy_from_slice(kinds);
        let (form, times) = match multiple {
            None => (0, 0),
            Some(Window::Mss(times)) => (1, times),
            Some(Window::Mtu(times)) => (2, times),
        };
        let [window, mss, times] = [window, mss, times].map(u16::to_be_bytes);
        let detail = [ttl, scale, window[0], window[1], mss[0], mss[1], form, times[0], times[1]];
        bytes[5 + Layout::MAX..Self::BASE_LEN].copy_from_slice(&quirks.bits().to_be_bytes());
        bytes[Self::BASE_LEN..].copy_from_slice(&detail);
        bytes
    }

    /// The same, of bytes that [`Self::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let [version, ip_options_len, has_payload, kinds, padding] =
            [0, 1, 2, 3, 4].map(|at| bytes[at]);
        let mut layout = Layout::default();
        for &kind in &bytes[5..][..usize::from(kinds).min(Layout::MAX)] {
            _ = if kind == kind::EOL { layout.push_eol(padding) } else { layout.push(kind) };
        }
        let at = |place: usize| bytes[place];
        let pair = |place: usize| u16::from_be_bytes([at(place), at(place + 1)]);
        let (quirks, detail) = (5 + Layout::MAX, Self::BASE_LEN);
        let quirks = [0, 1, 2, 3].map(|place| at(quirks + place));
        let times = pair(detail + 7);
        Self {
            observed: Observed {
                version,
                ttl: at(detail),
                ip_options_len,
                mss: pair(detail + 4),
                window: pair(detail + 2),
                multiple: match at(detail + 6) {
                    1 => Some(Window::Mss(times)),
                    2 => Some(Window::Mtu(times)),
                    _ => None,
                },
                scale: at(detail + 1),
                layout,
                quirks: Quirks::from_bits_retain(u32::from_be_bytes(quirks)),
                has_payload: has_payload != 0,
                dscp: 0,
                tsval: 0,
                source_port: 0,
            },
        }
    }
}
