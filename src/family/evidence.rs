//! What it takes to believe that a known stack sent a SYN.
//!
//! Each field of the SYN that a stack would not have sent so has a cause, and each cause its cost:
//! little for what paths do every day, much for what they never do.

use std::array;

use super::cause::{Cause, CauseCosts, Cost};
use super::explanation::Explanation;
use super::stack::{KnownLayout, OptionOrder, Scales, Setting, Stack};
use super::window::PackedWindow;
use crate::families::Family;
use crate::signature::p0f::{Observed, Quirks, Window, MAX_DIST};
use crate::syn::kind;

/// More NOPs than stacks pad with stand for options that were overwritten.
const NOPS_FOR_AN_OPTION: u8 = 5;

/// What the costs of a model are.
#[derive(Clone, Debug)]
pub struct Model {
    /// Of each cause.
    pub causes: CauseCosts,
    /// Of each family, where the stack is one that the database lacks.
    pub undescribed: FamilyCosts,
    /// For each e-fold that a family's share falls, in tenths.
    pub temperature: Cost,
}

impl Model {
    /// A family that costs so much more than the cheapest has no share: it were less than a
    /// thousandth.
    pub const fn farthest(&self) -> Cost {
        self.temperature * 7 / 10
    }

    /// How far the label of a stack in userspace or a tool is ahead of every system.
    pub fn lead_of_exact_label(&self) -> Cost {
        self.temperature * 4 / 10
    }

    /// The same of a generic signature or a fuzzy match.
    pub fn lead_of_label(&self) -> Cost {
        self.temperature * 13 / 100
    }
}

/// What each family costs, in the order of [`Family::ALL`].
pub type FamilyCosts = [Cost; Family::ALL.len()];

/// The best explanations so far.
struct Best {
    costs: FamilyCosts,
    /// What the best of all costs.
    least: Cost,
    /// How much more one may cost that counts.
    farthest: Cost,
}

impl Best {
    /// An explanation of this family that costs as much is of no use.
    fn bound(&self, family: Family) -> Cost {
        self.costs[family as usize].min(self.least + self.farthest)
    }

    fn lower(&mut self, family: Family, cost: Cost) {
        let now = &mut self.costs[family as usize];
        *now = cost.min(*now);
        self.least = cost.min(self.least);
    }
}

/// A SYN in the form that stacks are compared with.
pub struct Evidence<'a> {
    observed: &'a Observed,
    model: &'a Model,
    kinds: &'a [u8],
    order: OptionOrder,
    /// Its window: itself, and in segments if it is a multiple.
    windows: [PackedWindow; 2],
}

/// A cause, and whether it is one: in two, for a sum of costs without a branch, which no processor
/// could foresee.
type Because = (bool, Cause);

const NOTHING: Because = (false, Cause::Undescribed);

fn named((holds, cause): Because) -> Option<Cause> {
    holds.then_some(cause)
}

impl<'a> Evidence<'a> {
    pub fn of(observed: &'a Observed, model: &'a Model) -> Self {
        let kinds = observed.layout.kinds();
        let window = PackedWindow::exactly(observed.window);
        let multiple = match observed.multiple {
            Some(Window::Mss(times)) => PackedWindow::mss(times),
            _ => window,
        };
        let windows = [window, multiple];
        Self { observed, model, kinds, order: OptionOrder::of(kinds), windows }
    }

    /// What the best explanation of each family costs, where that is not much more than the best of
    /// all.
    pub fn costs(&self, layouts: &[KnownLayout]) -> FamilyCosts {
        let farthest = self.model.farthest();
        let costs = self.undescribed_costs();
        let least = costs.iter().copied().min().unwrap_or(0);
        let mut best = Best { costs, least, farthest };
        // Who sends the very same options costs least: then few others have to be looked at.
        if let Some(known) = layouts.iter().find(|known| self.has_layout(known)) {
            self.lower(&mut best, known, 0);
        }
        for known in layouts {
            if !self.order.may_be_left_of(known.order) || self.has_layout(known) {
                continue;
            }
            let removal = self.cost(self.order.removed_from(known.order));
            if removal < best.least + farthest {
                let of_layout = removal + self.cost(self.padding(known));
                self.lower(&mut best, known, of_layout);
            }
        }
        best.costs
    }

    /// Takes the SYN for one of a layout's stacks where that costs less.
    fn lower(&self, best: &mut Best, known: &KnownLayout, of_layout: Cost) {
        for stack in known.stacks.iter().filter(|stack| self.is_of_version(stack)) {
            let with_ttl = of_layout + self.cost([self.ttl(stack.ttl, stack.is_ttl_random)]);
            let least_rare = stack.settings.first().map_or(0, |setting| setting.rarity);
            if with_ttl + least_rare >= best.bound(stack.family) {
                continue;
            }
            let of_stack = with_ttl + self.cost(self.quirks(stack.quirks));
            for setting in stack.settings {
                let at_least = of_stack + setting.rarity;
                if at_least >= best.bound(stack.family) {
                    break;
                }
                let with_window = at_least + self.cost([self.window(setting.windows)]);
                if with_window < best.bound(stack.family) {
                    best.lower(stack.family, with_window + self.cost(self.segments(setting)));
                }
            }
        }
    }

    /// The best explanation of a family: what happened, and the label of the stack that it happened
    /// to, if the database has that.
    pub fn explanation(&self, layouts: &[KnownLayout], family: Family) -> Explanation {
        let undescribed = self.undescribed(family).into_iter().filter_map(named);
        let rarity = self.model.undescribed[family as usize];
        let mut best = Explanation::of(family, None, rarity, undescribed);
        for known in layouts {
            let has_layout = self.has_layout(known);
            if !has_layout && !self.order.may_be_left_of(known.order) {
                continue;
            }
            let removed = self.order.removed_from(known.order).into_iter();
            let of_layout = removed.chain(self.padding(known)).filter_map(named);
            let of_layout = of_layout.filter(|_| !has_layout);
            let of_family = |stack: &&Stack| stack.family == family && self.is_of_version(stack);
            for stack in known.stacks.iter().filter(of_family) {
                for setting in stack.settings {
                    let causes = of_layout.clone().chain(self.causes(stack, setting));
                    let Setting { label, rarity, .. } = *setting;
                    let other = Explanation::of(family, Some(label), rarity, causes);
                    if other.cost(&self.model.causes) < best.cost(&self.model.causes) {
                        best = other;
                    }
                }
            }
        }
        best
    }

    fn causes(&self, stack: &Stack, setting: &Setting) -> impl Iterator<Item = Cause> {
        let of_stack = [self.ttl(stack.ttl, stack.is_ttl_random)];
        let of_setting = [self.window(setting.windows)];
        let all = of_stack.into_iter().chain(self.quirks(stack.quirks));
        all.chain(of_setting).chain(self.segments(setting)).filter_map(named)
    }

    fn cost<const N: usize>(&self, causes: [Because; N]) -> Cost {
        let cost = |(holds, cause)| Cost::from(holds) * self.model.causes.of(cause);
        causes.into_iter().map(cost).sum()
    }

    fn is_of_version(&self, stack: &Stack) -> bool {
        stack.version.is_none_or(|version| version == self.observed.version)
    }

    fn has_layout(&self, known: &KnownLayout) -> bool {
        known.order == self.order && known.kinds == self.kinds
    }

    /// How the options that are left came to be where they are.
    fn padding(&self, known: &KnownLayout) -> [Because; 2] {
        let (mine, theirs) = (self.order, known.order);
        if mine.has_unknown {
            [(true, Cause::OtherOption), NOTHING]
        } else if mine.options() == theirs.options() {
            [(true, Cause::OtherPadding), NOTHING]
        } else if mine.nops > theirs.nops {
            let is_overwritten = self.is_overwritten(known);
            [(true, if is_overwritten { Cause::Overwritten } else { Cause::OtherPadding }), NOTHING]
        } else if self.is_cut(known) {
            [NOTHING, NOTHING]
        } else {
            // End-of-list pads what was moved together.
            [(true, Cause::Moved), (mine.has_end != theirs.has_end, Cause::EndMoved)]
        }
    }

    /// Whether all that is left stands in its order, the NOPs and end-of-list, too; a new end-of-list
    /// may fill up.
    fn is_cut(&self, known: &KnownLayout) -> bool {
        let mine = self.kinds.strip_suffix(&[kind::EOL]).unwrap_or(self.kinds);
        let is_left = |kind: &&u8| matches!(**kind, kind::NOP) || mine.contains(kind);
        let has_end = self.order.has_end | !known.order.has_end;
        has_end && mine.iter().eq(known.kinds.iter().filter(is_left))
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
    fn undescribed_costs(&self) -> FamilyCosts {
        let mut costs = self.model.undescribed;
        for (cost, family) in costs.iter_mut().zip(Family::ALL) {
            *cost += self.cost(self.undescribed(family));
        }
        costs
    }

    fn undescribed(&self, family: Family) -> [Because; 6] {
        let overwritten = self.order.nops / NOPS_FOR_AN_OPTION;
        let options = self.order.options().count_ones() + u32::from(overwritten);
        let ttl = match family {
            Family::Other => NOTHING,
            Family::Windows => self.ttl(128, false),
            _ => self.ttl(64, false),
        };
        array::from_fn(|at| match at {
            0 => (true, Cause::Undescribed),
            1 => ttl,
            _ => ((at as u32) < options + 2, Cause::UndescribedOption),
        })
    }

    fn ttl(&self, initial: u8, is_random: bool) -> Because {
        let seen = self.observed.ttl;
        let raised = if seen > 128 { Cause::TtlRaisedTo255 } else { Cause::TtlRaised };
        let is_far = (initial.wrapping_sub(seen) > MAX_DIST) & !is_random;
        let is_raised = seen > initial;
        (is_raised | is_far, if is_raised { raised } else { Cause::TtlLowered })
    }

    fn window(&self, windows: &[PackedWindow]) -> Because {
        let [window, multiple] = self.windows;
        let fit = |fits, &one: &PackedWindow| fits | (one == window) | (one == multiple);
        match windows {
            [] => (true, Cause::AnyWindow),
            _ => (!windows.iter().fold(false, fit), Cause::OtherWindow),
        }
    }

    fn segments(&self, setting: &Setting) -> [Because; 2] {
        let Observed { scale, mss, .. } = *self.observed;
        let has_scale = self.kinds.contains(&kind::WINDOW_SCALE);
        let of_scale = match setting.scales {
            Scales::ANY => (true, Cause::AnyScale),
            scales => (has_scale & !scales.has(scale), Cause::OtherScale),
        };
        [of_scale, (setting.mss.is_some_and(|expected| expected != mss), Cause::OtherMss)]
    }

    fn quirks(&self, expected: Quirks) -> [Because; 4] {
        const ADDRESSED: Quirks = Quirks::IPV4_ONLY.union(Quirks::ECN).union(Quirks::FLOW);

        let Observed { version, quirks: seen, ip_options_len, .. } = *self.observed;
        let differing = expected.symmetric_difference(seen);
        let ids = Quirks::NONZERO_ID.union(Quirks::ZERO_ID);
        // What changes one changes the other.
        let is_df = differing.intersects(Quirks::DF);
        let of_ip = if is_df { Cause::OtherDf } else { Cause::OtherId };
        let of_ecn =
            if seen.intersects(Quirks::ECN) { Cause::EcnAsked } else { Cause::EcnBleached };
        [
            ((version == 4) & (is_df | differing.intersects(ids)), of_ip),
            (differing.intersects(Quirks::ECN), of_ecn),
            (!differing.difference(ADDRESSED).is_empty(), Cause::Oddity),
            (ip_options_len > 0, Cause::IpOptions),
        ]
    }
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
