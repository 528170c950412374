//! What it takes to believe that a known stack sent a SYN.
//!
//! Every signature of the built-in database is a stack that could have sent it. Each field of the
//! SYN that the stack would not have sent so costs something: little for what paths do every day,
//! much for what they never do. Costs are tenths of a nat: 23 make something ten times less likely.

use super::Family;
use crate::signature::p0f::{Observed, Quirks, Window, WindowForm, MAX_DIST};
use crate::syn::kind;

/// A cost, in tenths of a nat.
pub type Cost = u32;

/// At this point the SYN is rather one of a stack that the database lacks.
const UNDESCRIBED: Cost = 45;
/// The more options, the less likely such a stack sends the same.
const UNDESCRIBED_WITH_OPTION: Cost = 15;
/// More NOPs than stacks pad with stand for options that were overwritten.
const NOPS_FOR_AN_OPTION: usize = 5;
/// And it is of a family: more often such a stack is a device's or a tool's.
const UNDESCRIBED_OF_A_FAMILY: Cost = 8;

/// Proxies and VPNs send packets on with a TTL of their own.
const TTL_REPLACED: Cost = 25;
/// An option that was taken out, or overwritten with NOPs (ASA and PIX, tcp-options strip).
const OPTION_REMOVED: Cost = 35;
/// What is left was moved together.
const OPTIONS_MOVED: Cost = 10;
/// End-of-list goes along with an option that was taken out.
const END_MOVED: Cost = 5;
/// NOPs elsewhere: no path does that to options that it leaves.
const OTHER_PADDING: Cost = 45;
/// NOPs beside an option that the application asked for (Fast Open, Multipath TCP).
const PADDING_OF_UNKNOWN: Cost = 10;
/// A buffer of the application's or administrator's own.
const OTHER_WINDOW: Cost = 50;
/// Where a signature leaves the window open, many fit.
const ANY_WINDOW: Cost = 20;
const OTHER_SCALE: Cost = 30;
const ANY_SCALE: Cost = 5;
/// Clamped, or another link.
const OTHER_MSS: Cost = 15;
/// Set or cleared on the way (scrub no-df, tunnels that fragment).
const OTHER_DF: Cost = 30;
/// Drawn anew on the way (scrub random-id), or zero by chance.
const OTHER_ID: Cost = 30;
/// Bleached.
const ECN_MISSING: Cost = 5;
/// Asked for by a setting.
const ECN_ADDED: Cost = 15;
/// IP options, odd numbers: what no system sends.
const ODDITY: Cost = 50;

/// Stacks that send the same options.
#[derive(Debug)]
pub struct Shape {
    /// The option kinds.
    pub kinds: &'static [u8],
    /// Who sends them.
    pub stacks: &'static [Stack],
}

/// A stack's other fields, as in a [`Signature`](crate::signature::p0f::Signature).
#[derive(Debug)]
pub struct Stack {
    pub family: Family,
    /// How seldom it is met.
    pub rarity: Cost,
    pub ttl: u8,
    pub is_ttl_random: bool,
    pub mss: Option<u16>,
    pub window: WindowForm,
    pub scale: Option<u8>,
    pub quirks: Quirks,
}

/// A SYN's options, in the form that is compared.
pub struct Seen<'a> {
    observed: &'a Observed,
    kinds: &'a [u8],
    has_unknown: bool,
}

impl<'a> Seen<'a> {
    pub fn new(observed: &'a Observed) -> Self {
        let kinds = observed.layout.kinds();
        let is_unknown = |kind: &u8| *kind != kind::NOP && !is_compared(*kind);
        Self { observed, kinds, has_unknown: kinds.iter().any(is_unknown) }
    }

    /// What the options cost, or nothing if they cannot be explained.
    pub fn shape_cost(&self, shape: &Shape) -> Option<Cost> {
        if self.kinds == shape.kinds {
            return Some(0);
        }
        let mut seen = self.kinds.iter().copied().filter(|&kind| is_compared(kind)).peekable();
        let (mut removed, mut is_end_moved) = (0, false);
        for &kind in shape.kinds.iter().filter(|&&kind| kind != kind::NOP) {
            if !is_compared(kind) {
                return None;
            } else if seen.next_if_eq(&kind).is_none() {
                match kind {
                    kind::EOL => is_end_moved = true,
                    _ => removed += 1,
                }
            }
        }
        // End-of-list pads what was moved together.
        is_end_moved |= seen.next_if_eq(&kind::EOL).is_some();
        if seen.next().is_some() {
            return None;
        }
        let padding = match removed {
            _ if self.has_unknown => PADDING_OF_UNKNOWN,
            0 => OTHER_PADDING,
            _ if self.is_overwritten(shape) => 0,
            _ if nops_of(self.kinds) > nops_of(shape.kinds) => OTHER_PADDING,
            _ if is_end_moved => OPTIONS_MOVED + END_MOVED,
            _ => OPTIONS_MOVED,
        };
        Some(removed * OPTION_REMOVED + padding)
    }

    /// Whether NOPs, byte for byte, are in the place of every option that is missing.
    fn is_overwritten(&self, shape: &Shape) -> bool {
        let mut rest = self.kinds;
        for &kind in shape.kinds {
            let len = if rest.first() == Some(&kind) { 1 } else { bytes_of(kind) };
            let Some((these, behind)) = rest.split_at_checked(len) else { return false };
            if these[0] != kind && these.iter().any(|&this| this != kind::NOP) {
                return false;
            }
            rest = behind;
        }
        rest.is_empty()
    }

    /// What it costs to take the SYN for one that the database lacks, but of this family.
    pub fn undescribed_cost(&self, family: Family) -> Cost {
        let is_told = |kind: &&u8| is_compared(**kind) && **kind != kind::EOL;
        let options = self.kinds.iter().filter(is_told).count();
        let overwritten = nops_of(self.kinds) / NOPS_FOR_AN_OPTION;
        let options = (options + overwritten).min(4) as Cost;
        let undescribed = UNDESCRIBED + UNDESCRIBED_WITH_OPTION * options;
        let ttl = match family {
            Family::Other => return undescribed,
            Family::Windows => 128,
            _ => 64,
        };
        undescribed + UNDESCRIBED_OF_A_FAMILY + self.ttl_cost(ttl, false)
    }

    /// What it costs to take the SYN for this stack's, its options included; `at_most` if that is
    /// less.
    pub fn stack_cost(&self, stack: &Stack, of_shape: Cost, at_most: Cost) -> Cost {
        // Most stacks are out before the window is looked at, most of the rest by it.
        let mut cost = of_shape + stack.rarity;
        let parts: [fn(&Self, &Stack) -> Cost; 3] = [
            Self::window_cost,
            |seen, stack| seen.ttl_cost(stack.ttl, stack.is_ttl_random),
            Self::quirks_cost,
        ];
        for part in parts {
            if cost >= at_most {
                return at_most;
            }
            cost += part(self, stack);
        }
        cost.min(at_most)
    }

    fn ttl_cost(&self, initial: u8, is_random: bool) -> Cost {
        match initial.checked_sub(self.observed.ttl) {
            Some(dist) if dist <= MAX_DIST || is_random => 0,
            _ => TTL_REPLACED,
        }
    }

    fn window_cost(&self, stack: &Stack) -> Cost {
        let Observed { window, multiple, scale, mss, .. } = *self.observed;
        let has_scale = self.kinds.contains(&kind::WINDOW_SCALE);
        let fits = match stack.window {
            WindowForm::Any => None,
            WindowForm::Exactly(exactly) => Some(window == exactly),
            WindowForm::MultipleOf(divisor) => Some(window.is_multiple_of(divisor)),
            WindowForm::Mss(times) => Some(multiple == Some(Window::Mss(times))),
            WindowForm::Mtu(times) => Some(multiple == Some(Window::Mtu(times))),
        };
        let window_cost = match fits {
            None => ANY_WINDOW,
            Some(true) => 0,
            Some(false) => OTHER_WINDOW,
        };
        let scale_cost = match stack.scale {
            None => ANY_SCALE,
            Some(expected) if expected == scale || !has_scale => 0,
            Some(_) => OTHER_SCALE,
        };
        let mss_cost = if stack.mss.is_none_or(|expected| expected == mss) { 0 } else { OTHER_MSS };
        window_cost + scale_cost + mss_cost
    }

    fn quirks_cost(&self, stack: &Stack) -> Cost {
        const ADDRESSED: Quirks = Quirks::IPV4_ONLY.with(Quirks::ECN).with(Quirks::FLOW);

        let Observed { version, quirks: seen, ip_options_len, .. } = *self.observed;
        let differing = stack.quirks.toggled(seen);
        let mut cost = 0;
        if version == 4 {
            let ids = Quirks::NONZERO_ID.with(Quirks::ZERO_ID);
            cost += match () {
                () if differing.intersects(Quirks::DF) => OTHER_DF,
                () if differing.intersects(ids) => OTHER_ID,
                () => 0,
            };
        }
        if differing.intersects(Quirks::ECN) {
            cost += if seen.intersects(Quirks::ECN) { ECN_ADDED } else { ECN_MISSING };
        }
        if differing.without(ADDRESSED) != Quirks::NONE {
            cost += ODDITY;
        }
        if ip_options_len > 0 {
            cost += ODDITY;
        }
        cost
    }
}

/// Whether an option's place among the others tells stacks apart. Others come and go as the
/// application asks.
fn is_compared(kind: u8) -> bool {
    matches!(
        kind,
        kind::EOL | kind::MSS | kind::WINDOW_SCALE | kind::SACK_PERMITTED | kind::TIMESTAMPS
    )
}

fn nops_of(kinds: &[u8]) -> usize {
    kinds.iter().filter(|&&kind| kind == kind::NOP).count()
}

fn bytes_of(kind: u8) -> usize {
    match kind {
        kind::NOP | kind::EOL => 1,
        kind::MSS => 4,
        kind::WINDOW_SCALE => 3,
        kind::SACK_PERMITTED => 2,
        _ => 10,
    }
}
