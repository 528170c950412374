//! The options' layout: their kinds in order, and the padding behind the last.

use super::token::digits;
use crate::syn::kind;
use crate::text::{display_text, Out, Text};

/// Option kinds in order, at most 24 as in p0f (`MAX_TCP_OPT` of tcp.h), and how many bytes follow
/// end-of-list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Layout {
    kinds: [u8; Self::MAX],
    len: u8,
    eol_padding: u8,
}

/// p0f's names of the kinds that have one; any other is `?` and its number.
const NAMES: [Option<&str>; 9] = {
    let mut names = [None; 9];
    names[kind::NOP as usize] = Some("nop");
    names[kind::MSS as usize] = Some("mss");
    names[kind::WINDOW_SCALE as usize] = Some("ws");
    names[kind::SACK_PERMITTED as usize] = Some("sok");
    names[kind::SACK as usize] = Some("sack");
    names[kind::TIMESTAMPS as usize] = Some("ts");
    names
};

impl Layout {
    /// Options that fit.
    pub const MAX: usize = 24;

    /// Appends a kind; false if there is no room.
    pub fn push(&mut self, kind: u8) -> bool {
        let Some(free) = self.kinds.get_mut(usize::from(self.len)) else { return false };
        *free = kind;
        self.len += 1;
        true
    }

    /// Appends end-of-list with the bytes behind it; false if there is no room.
    pub fn push_eol(&mut self, padding: u8) -> bool {
        let fits = self.push(kind::EOL);
        if fits {
            self.eol_padding = padding;
        }
        fits
    }

    /// The bytes behind end-of-list.
    pub fn eol_padding(&self) -> u8 {
        self.eol_padding
    }

    /// The kinds.
    pub fn kinds(&self) -> &[u8] {
        &self.kinds[..usize::from(self.len)]
    }

    /// The layout without what the application asked its stack for, which says nothing of that:
    /// Multipath TCP, Fast Open in either form, and the NOPs with which Linux pads the latter at the
    /// end (net/ipv4/tcp_output.c, `tcp_options_write`).
    pub fn of_stack(&self) -> Self {
        if !self.kinds().iter().copied().any(is_requested) {
            return *self;
        }
        let mut stack = Self::default();
        // NOPs behind such an option, which may belong to the next one.
        let (mut is_behind, mut padding) = (false, 0);
        for &kind in self.kinds() {
            match kind {
                kind if is_requested(kind) => (is_behind, padding) = (true, 0),
                kind::NOP if is_behind => padding += 1,
                // What is left out makes room.
                kind::EOL => _ = stack.push_eol(self.eol_padding),
                kind => {
                    (0..padding).for_each(|_| _ = stack.push(kind::NOP));
                    _ = stack.push(kind);
                    (is_behind, padding) = (false, 0);
                }
            }
        }
        stack
    }

    /// The kind that p0f calls so; end-of-list has none, for it needs its padding. `?` and a number
    /// stands only for a kind without a name.
    pub fn kind_of(name: &str) -> Option<u8> {
        match name.strip_prefix('?') {
            Some(number) => digits(number).filter(|&kind| !has_name(kind)),
            None => (0..).zip(NAMES).find(|(_, known)| *known == Some(name)).map(|(kind, _)| kind),
        }
    }
}

/// Whether it is the application that asks for this option.
fn is_requested(kind: u8) -> bool {
    matches!(kind, kind::MULTIPATH | kind::FAST_OPEN | kind::EXPERIMENT)
}

/// Whether p0f writes this kind by a name.
fn has_name(kind: u8) -> bool {
    kind == kind::EOL || NAMES.get(usize::from(kind)).is_some_and(Option::is_some)
}

impl Text for Layout {
    fn write_to(&self, out: &mut impl Out) {
        for (position, kind) in self.kinds().iter().enumerate() {
            if position > 0 {
                out.push(',');
            }
            match NAMES.get(usize::from(*kind)) {
                Some(Some(name)) => out.push_str(name),
                _ if *kind == kind::EOL => {
                    out.push_str("eol+");
                    self.eol_padding.write_to(out);
                }
                _ => {
                    out.push('?');
                    kind.write_to(out);
                }
            }
        }
    }
}
display_text!(Layout);
