//! A SYN in p0f's terms, for shared memory.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::signature::p0f::{Layout, Observed, Quirks, Window};
use crate::syn::kind;

/// What [`Observed`] holds but TSval and port, in a fixed layout; all zero for none.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, Immutable, IntoBytes)]
pub struct StoredSyn {
    quirks: u32,
    mss: u16,
    window: u16,
    /// The window in segment sizes, 0 if it is no multiple.
    times_mss: u16,
    /// The window in packet sizes, 0 if it is no multiple.
    times_mtu: u16,
    /// 4 or 6, 0 for no SYN.
    version: u8,
    ttl: u8,
    ip_options_len: u8,
    scale: u8,
    has_payload: u8,
    dscp: u8,
    kinds_len: u8,
    eol_padding: u8,
    kinds: [u8; Layout::MAX],
}

const _: () = assert!(size_of::<StoredSyn>() == 44);

impl StoredSyn {
    pub fn of(observed: &Observed) -> Self {
        let in_layout = observed.layout.kinds();
        let mut kinds = [0; Layout::MAX];
        kinds[..in_layout.len()].copy_from_slice(in_layout);
        let (times_mss, times_mtu) = match observed.multiple {
            Some(Window::Mss(times)) => (times, 0),
            Some(Window::Mtu(times)) => (0, times),
            None => (0, 0),
        };
        Self {
            quirks: observed.quirks.bits(),
            mss: observed.mss,
            window: observed.window,
            times_mss,
            times_mtu,
            version: observed.version,
            ttl: observed.ttl,
            ip_options_len: observed.ip_options_len,
            scale: observed.scale,
            has_payload: observed.has_payload.into(),
            dscp: observed.dscp,
            kinds_len: in_layout.len() as u8,
            eol_padding: observed.layout.eol_padding(),
            kinds,
        }
    }

    pub fn is_there(&self) -> bool {
        self.version != 0
    }

    pub fn observed(&self, tsval: u32, source_port: u16) -> Option<Observed> {
        let mut layout = Layout::default();
        for &kind in self.kinds.iter().take(self.kinds_len.into()) {
            match kind {
                kind::EOL => layout.push_eol(self.eol_padding),
                other => layout.push(other),
            };
        }
        let multiple = match (self.times_mss, self.times_mtu) {
            (0, 0) => None,
            (0, times) => Some(Window::Mtu(times)),
            (times, _) => Some(Window::Mss(times)),
        };
        self.is_there().then_some(Observed {
            version: self.version,
            ttl: self.ttl,
            ip_options_len: self.ip_options_len,
            mss: self.mss,
            window: self.window,
            multiple,
            scale: self.scale,
            layout,
            quirks: Quirks::from_bits_truncate(self.quirks),
            has_payload: self.has_payload != 0,
            dscp: self.dscp,
            tsval,
            source_port,
        })
    }
}
