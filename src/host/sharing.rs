//! Whether the SYNs of one address are of one machine, scored as p0f does it (fp_tcp.c,
//! `score_nat`; process.c, `add_nat_score` and `verify_tool_class`).

use bitflags::bitflags;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::interval::Interval;
use crate::connection::Identity;
use crate::database::Label;
use crate::signature::p0f::{Observed, Quirks, Rules};
use crate::text::{display_text, Out, Text};

/// What was strange, as a set.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, Immutable, IntoBytes)]
pub struct Reasons(u16);

bitflags! {
    impl Reasons: u16 {
        /// A tool that does not run on the system.
        const TOOL = 1 << 0;
        /// Another system, version or signature.
        const SYSTEM = 1 << 1;
        /// Another SYN, that no signature matches.
        const SIGNATURE = 1 << 2;
        /// A signature matches where none did, or none does any more.
        const KNOWN = 1 << 3;
        /// TSval jumps.
        const TIMESTAMP = 1 << 4;
        /// Another TTL.
        const TTL = 1 << 5;
        /// The source port falls back.
        const PORT = 1 << 6;
        /// Another MSS.
        const MSS = 1 << 7;
        /// The signature needs allowances, or needs them no more.
        const FUZZY = 1 << 8;
    }
}

/// p0f's word for each, by its bit: the order in which p0f prints them.
const NAMES: [&str; 9] =
    ["app_vs_os", "os_diff", "sig_diff", "x_known", "tstamp", "ttl", "port", "mtu", "fuzzy"];
const _: () = assert!(NAMES.len() as u32 == Reasons::all().bits().count_ones());

/// p0f's words, between spaces.
impl Text for Reasons {
    fn write_to(&self, out: &mut impl Out) {
        let mut separator = "";
        for (bit, word) in NAMES.iter().enumerate() {
            if self.bits() & 1 << bit != 0 {
                out.push_str(separator);
                out.push_str(word);
                separator = " ";
            }
        }
    }
}
display_text!(Reasons);

/// What a connection brings to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something about the client is not as it was.
    Change,
    /// Changes have become too many for one machine.
    Sharing,
}

impl Event {
    /// The number of no event.
    pub(super) const NONE: u8 = 0;

    pub(super) fn of_number(number: u8) -> Option<Self> {
        [Self::Change, Self::Sharing].into_iter().find(|event| event.number() == number)
    }

    pub(super) fn number(self) -> u8 {
        match self {
            Self::Change => 1,
            Self::Sharing => 2,
        }
    }

    /// p0f's words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "host change",
            Self::Sharing => "ip sharing",
        }
    }
}

/// The score of a tool's SYN from an address whose system is known.
pub fn of_tool(tool: &Label, system: &Label) -> (u8, Reasons) {
    if tool.runs_on(system) {
        (0, Reasons::empty())
    } else {
        (4, Reasons::TOOL)
    }
}

/// The score of a system's SYN after the previous one and what passed between them; `system` is the
/// label of the last that was identified, and `has_clock` tells whether the client is known to have
/// one that counts from boot.
///
/// p0f takes ports for a counter, and timestamps for a clock. Today one machine draws either at
/// random (RFC 6056; RFC 7323, section 5.4), and a browser that goes to two ports of a server would
/// soon be several. Unless p0f is followed to the letter, ports count only beside another sign, and
/// timestamps only of a client that has a clock.
pub fn of_syn(
    identity: &Identity<'_>,
    previous: Option<(&Identity<'_>, Option<Interval>)>,
    system: Option<&Label>,
    has_clock: bool,
    rules: Rules,
) -> (u8, Reasons) {
    /// Source ports that connections opened together can come out of order by.
    const PORT_DISORDER: u16 = 64;

    let Some((previous, interval)) = previous else { return (0, Reasons::empty()) };
    let Identity { observed, found } = identity;
    let mut score = Score { points: 0, reasons: Reasons::empty() };

    let mut is_other = false;
    match (found.label(), previous.found.label()) {
        (Some(label), Some(before)) if !label.is_same_system(before) => {
            score.count(8, Reasons::SYSTEM);
            is_other = true;
        }
        // One `label = ` line of the database is one object.
        (Some(label), Some(before)) if !std::ptr::eq(label, before) => {
            score.count(2, Reasons::SYSTEM)
        }
        (Some(_), Some(_)) if !found.is_same_signature(&previous.found) => {
            score.count(1, Reasons::SYSTEM)
        }
        (Some(_), Some(_)) if found.is_fuzzy != previous.found.is_fuzzy => {
            score.count(1, Reasons::FUZZY)
        }
        (Some(_), Some(_)) => {}
        (label, before) => {
            let [layout, layout_before] =
                [observed, &previous.observed].map(|observed| observed.compared_layout(rules));
            if differ_in_quirks(observed, &previous.observed, rules) {
                score.count(2, Reasons::SIGNATURE);
            } else if layout.kinds() != layout_before.kinds() {
                score.count(1, Reasons::SIGNATURE);
            }
            if label.is_some() != before.is_some() {
                score.count(1, Reasons::KNOWN);
            }
        }
    }
    // The system may be known of a SYN before those that no signature matched.
    let known = found.label().zip(system);
    if !is_other && known.is_some_and(|(label, system)| !label.is_same_system(system)) {
        score.count(8, Reasons::SYSTEM);
        is_other = true;
    }
    let ttl = if is_other { None } else { ttl_points(identity, previous) };
    if let Some(points) = ttl {
        score.count(points, Reasons::TTL);
    }
    if observed.mss != previous.observed.mss {
        score.count(1, Reasons::MSS);
    }
    let falls_by = previous.observed.source_port.saturating_sub(observed.source_port);
    if falls_by >= PORT_DISORDER && (rules == Rules::AsP0f || score.points > 0) {
        score.count(1, Reasons::PORT);
    }
    if score.points > 0 {
        match interval.and_then(is_of_one_clock) {
            Some(true) => score.points /= 2,
            Some(false) if rules == Rules::AsP0f || has_clock => {
                score.count(4, Reasons::TIMESTAMP);
            }
            _ => {}
        }
    }
    (score.points, score.reasons)
}

/// What a connection is given, and for what.
struct Score {
    points: u8,
    reasons: Reasons,
}

impl Score {
    fn count(&mut self, points: u8, reason: Reasons) {
        self.points += points;
        self.reasons |= reason;
    }
}

/// Whether quirks differ other than a path can make them.
fn differ_in_quirks(observed: &Observed, previous: &Observed, rules: Rules) -> bool {
    const OF_THE_PATH: Quirks = Quirks::IPV4_ONLY.union(Quirks::ECN);

    let differing = observed.quirks.symmetric_difference(previous.quirks);
    !rules.compared(differing.difference(OF_THE_PATH)).is_empty()
}

/// What another TTL counts, `None` for nothing.
fn ttl_points(identity: &Identity<'_>, previous: &Identity<'_>) -> Option<u8> {
    /// Hops up to which a client is local: the way to it does not change.
    const LOCAL: u8 = 5;
    /// Hops up to which the way hardly changes.
    const NEAR: u8 = 9;
    /// A difference that another way makes.
    const SMALL: i16 = 2;

    let Identity { observed, found } = identity;
    let difference = i16::from(observed.ttl) - i16::from(previous.observed.ttl);
    if difference == 0 || found.is_ttl_random() || previous.found.is_ttl_random() {
        return None;
    }
    // As p0f has it: of a distant client that is one hop nearer or any farther, nothing.
    if found.dist > NEAR && difference <= 1 {
        return None;
    }
    Some(if found.dist > LOCAL && difference.abs() <= SMALL { 1 } else { 4 })
}

/// Whether TSval advances no faster than any clock that RFC 7323 allows, half as much again;
/// `None` of two SYNs that are not of one day.
fn is_of_one_clock(interval: Interval) -> Option<bool> {
    const DAY: u64 = 24 * 60 * 60 * 1000;
    /// Milliseconds within which SYNs may come out of order.
    const GRACE: u64 = 100;
    /// Thousandths of the fastest clock, 1 kHz.
    const FASTEST: u64 = 1500;

    let Interval { millis, ticks } = interval;
    if millis >= DAY {
        return None;
    }
    let most = millis.max(GRACE) * FASTEST / 1000;
    let is_back_a_little = millis < GRACE && u64::from(!ticks) <= most;
    Some(u64::from(ticks) <= most || is_back_a_little)
}
