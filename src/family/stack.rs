//! What it takes to believe that a known stack sent a SYN.
//!
//! Every signature of the built-in database is a stack that could have sent it. Each field of the
//! SYN that the stack would not have sent so costs something: little for what paths do every day,
//! much for what they never do. Costs are tenths of a nat: 23 make something ten times less likely.
//! They are weighed by hand, by how often paths, settings and applications are known to do such a
//! thing; the cause stands beside each.

use super::families::Family;
use super::window::PackedWindow;
use crate::signature::p0f::{Observed, Quirks, Window, MAX_DIST};
use crate::syn::kind;

/// A cost, in tenths of a nat.
pub type Cost = u32;

/// From here on the SYN is rather one of a stack that the database lacks.
const UNDESCRIBED: Cost = 45;
/// The more options, the less likely such a stack sends the same.
const UNDESCRIBED_WITH_OPTION: Cost = 15;
/// More NOPs than stacks pad with stand for options that were overwritten.
const NOPS_FOR_AN_OPTION: u8 = 5;
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
/// Another maximum of the buffers.
const OTHER_SCALE: Cost = 30;
/// Where a signature leaves the scale open, many fit, but there are few.
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

/// A layout of options, and the stacks that send it.
#[derive(Debug)]
pub struct KnownLayout {
    kinds: &'static [u8],
    order: OptionOrder,
    stacks: &'static [Stack],
}

/// Stacks that differ in what settings and links change.
#[derive(Debug)]
pub struct Stack {
    pub family: Family,
    pub ttl: u8,
    pub is_ttl_random: bool,
    pub quirks: Quirks,
    /// The least rare first.
    pub settings: &'static [Setting],
}

/// What settings and links change, as in a [`Signature`](crate::signature::p0f::Signature).
#[derive(Debug)]
pub struct Setting {
    /// How seldom it is met.
    pub rarity: Cost,
    /// None if any will do.
    pub windows: &'static [PackedWindow],
    pub scale: Option<u8>,
    pub mss: Option<u16>,
}

impl KnownLayout {
    pub const fn new(kinds: &'static [u8], stacks: &'static [Stack]) -> Self {
        Self { kinds, order: OptionOrder::of(kinds), stacks }
    }
}

/// The order of the options that tell stacks apart, and what stands between them: other options
/// come and go as the application asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct OptionOrder {
    /// A bit for each of the four options; behind it, four for each: those before it.
    bits: u32,
    nops: u8,
    has_end: bool,
    has_unknown: bool,
}

impl OptionOrder {
    const fn of(kinds: &[u8]) -> Self {
        let mut order = Self { bits: 0, nops: 0, has_end: false, has_unknown: false };
        let mut at = 0;
        while at < kinds.len() {
            let option = match kinds[at] {
                kind::MSS => Some(0),
                kind::WINDOW_SCALE => Some(1),
                kind::SACK_PERMITTED => Some(2),
                kind::TIMESTAMPS => Some(3),
                _ => None,
            };
            match (kinds[at], option) {
                (_, Some(option)) => {
                    order.bits |= order.options() << (4 + 4 * option) | 1 << option;
                }
                (kind::EOL, _) => order.has_end = true,
                (kind::NOP, _) => order.nops += 1,
                _ => order.has_unknown = true,
            }
            at += 1;
        }
        order
    }

    /// The options, a bit for each.
    const fn options(self) -> u32 {
        self.bits & 0xf
    }

    /// What it costs that these are left of others, in their order; nothing if they cannot be.
    fn removal_cost(self, others: Self) -> Option<Cost> {
        if self.bits & !others.bits != 0 || others.has_unknown {
            return None;
        }
        Some((others.options() & !self.options()).count_ones() * OPTION_REMOVED)
    }
}

/// What each family costs, in the order of [`Family::ALL`].
pub type Costs = [Cost; Family::ALL.len()];

/// A SYN in the form that stacks are compared with.
pub struct Evidence<'a> {
    observed: &'a Observed,
    kinds: &'a [u8],
    order: OptionOrder,
    /// Its window: itself, and in segments if it is a multiple.
    windows: [PackedWindow; 2],
}

impl<'a> Evidence<'a> {
    pub fn of(observed: &'a Observed) -> Self {
        let kinds = observed.layout.kinds();
        let window = PackedWindow::exactly(observed.window);
        let multiple = match observed.multiple {
            Some(Window::Mss(times)) => PackedWindow::mss(times),
            _ => window,
        };
        Self { observed, kinds, order: OptionOrder::of(kinds), windows: [window, multiple] }
    }

    /// What the best explanation of each family costs.
    pub fn costs(&self, layouts: &[KnownLayout]) -> Costs {
        let mut costs = self.undescribed_costs();
        // Who sends the very same options costs least: then few others have to be looked at.
        let is_same = |known: &&KnownLayout| known.order == self.order && known.kinds == self.kinds;
        if let Some(known) = layouts.iter().find(is_same) {
            self.lower(&mut costs, known, 0);
        }
        let most = costs.iter().copied().max().unwrap_or(0);
        for known in layouts {
            match self.order.removal_cost(known.order) {
                Some(removal) if removal < most && !is_same(&known) => {
                    let of_layout = removal + self.padding_cost(known, removal > 0);
                    self.lower(&mut costs, known, of_layout);
                }
                _ => {}
            }
        }
        costs
    }

    /// Takes the SYN for one of a layout's stacks where that costs less.
    fn lower(&self, costs: &mut Costs, known: &KnownLayout, of_layout: Cost) {
        for stack in known.stacks {
            let cost = &mut costs[stack.family as usize];
            let ttl_cost = self.ttl_cost(stack.ttl, stack.is_ttl_random);
            if of_layout + ttl_cost >= *cost {
                continue;
            }
            let of_stack = of_layout + ttl_cost + self.quirks_cost(stack.quirks);
            for setting in stack.settings {
                let at_least = of_stack + setting.rarity;
                if at_least >= *cost {
                    break;
                }
                let with_window = at_least + self.window_cost(setting.windows);
                if with_window < *cost {
                    *cost = (with_window + self.segment_cost(setting)).min(*cost);
                }
            }
        }
    }

    /// What it costs to find the options that are left where they are.
    fn padding_cost(&self, known: &KnownLayout, is_removed: bool) -> Cost {
        let (mine, theirs) = (self.order, known.order);
        if mine.has_unknown {
            PADDING_OF_UNKNOWN
        } else if !is_removed {
            OTHER_PADDING
        } else if mine.nops > theirs.nops {
            if self.is_overwritten(known) {
                0
            } else {
                OTHER_PADDING
            }
        } else if mine.has_end != theirs.has_end {
            // End-of-list pads what was moved together.
            OPTIONS_MOVED + END_MOVED
        } else {
            OPTIONS_MOVED
        }
    }

    /// Whether NOPs, byte for byte, are in the place of every option that is missing.
    fn is_overwritten(&self, known: &KnownLayout) -> bool {
        let mut rest = self.kinds;
        for &kind in known.kinds {
            let len = if rest.first() == Some(&kind) { 1 } else { bytes_of(kind) };
            let Some((these, behind)) = rest.split_at_checked(len) else { return false };
            if these[0] != kind && these.iter().any(|&this| this != kind::NOP) {
                return false;
            }
            rest = behind;
        }
        rest.is_empty()
    }

    /// What it costs to take the SYN for one that the database lacks, but of each family.
    fn undescribed_costs(&self) -> Costs {
        let overwritten = self.order.nops / NOPS_FOR_AN_OPTION;
        let options = (self.order.options().count_ones() + Cost::from(overwritten)).min(4);
        let undescribed = UNDESCRIBED + UNDESCRIBED_WITH_OPTION * options;
        Family::ALL.map(|family| {
            let ttl = match family {
                Family::Other => return undescribed,
                Family::Windows => 128,
                _ => 64,
            };
            undescribed + UNDESCRIBED_OF_A_FAMILY + self.ttl_cost(ttl, false)
        })
    }

    fn ttl_cost(&self, initial: u8, is_random: bool) -> Cost {
        let dist = initial.wrapping_sub(self.observed.ttl);
        let fits = (self.observed.ttl <= initial) & ((dist <= MAX_DIST) | is_random);
        cost_if(!fits, TTL_REPLACED)
    }

    fn window_cost(&self, windows: &[PackedWindow]) -> Cost {
        let [window, multiple] = self.windows;
        let fit = |fits, &one: &PackedWindow| fits | (one == window) | (one == multiple);
        match windows {
            [] => ANY_WINDOW,
            _ if windows.iter().fold(false, fit) => 0,
            _ => OTHER_WINDOW,
        }
    }

    fn segment_cost(&self, setting: &Setting) -> Cost {
        let Observed { scale, mss, .. } = *self.observed;
        let has_scale = self.kinds.contains(&kind::WINDOW_SCALE);
        let scale_cost = match setting.scale {
            None => ANY_SCALE,
            Some(expected) if expected == scale || !has_scale => 0,
            Some(_) => OTHER_SCALE,
        };
        let mss_cost =
            if setting.mss.is_none_or(|expected| expected == mss) { 0 } else { OTHER_MSS };
        scale_cost + mss_cost
    }

    fn quirks_cost(&self, expected: Quirks) -> Cost {
        const ADDRESSED: Quirks = Quirks::IPV4_ONLY.union(Quirks::ECN).union(Quirks::FLOW);

        let Observed { version, quirks: seen, ip_options_len, .. } = *self.observed;
        let differing = expected.symmetric_difference(seen);
        let ids = Quirks::NONZERO_ID.union(Quirks::ZERO_ID);
        let of_df = cost_if(differing.intersects(Quirks::DF), OTHER_DF);
        let of_id = cost_if(differing.intersects(ids), OTHER_ID);
        let of_ecn = if seen.intersects(Quirks::ECN) { ECN_ADDED } else { ECN_MISSING };
        cost_if(version == 4, of_df.max(of_id))
            + cost_if(differing.intersects(Quirks::ECN), of_ecn)
            + cost_if(!differing.difference(ADDRESSED).is_empty(), ODDITY)
            + cost_if(ip_options_len > 0, ODDITY)
    }
}

/// Without a branch, which no processor could foresee.
fn cost_if(condition: bool, cost: Cost) -> Cost {
    Cost::from(condition) * cost
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
