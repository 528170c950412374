//! Why a SYN is not what its stack sends, and what each reason costs.

/// How seldom something happens, in tenths of a nat: 23 make it ten times less likely.
pub type Cost = u32;

/// A thing that paths, settings and applications do to a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A proxy or VPN sends packets on with a TTL of its own that is higher.
    TtlRaised,
    /// The same, so high that no system that people use starts there.
    TtlRaisedTo255,
    /// A TTL of its own that is lower.
    TtlLowered,
    /// The MSS was taken out.
    MssRemoved,
    /// The window scale was.
    ScaleRemoved,
    /// SACK permitted was.
    SackRemoved,
    /// The timestamps were.
    TimestampsRemoved,
    /// NOPs are in the place of what was removed (ASA and PIX, tcp-options strip).
    Overwritten,
    /// What is left was moved together.
    Moved,
    /// End-of-list came or went along with it.
    EndMoved,
    /// NOPs are elsewhere: no path does that to options that it leaves.
    OtherPadding,
    /// An option that the application asked for is between (Fast Open, Multipath TCP).
    OtherOption,
    /// A buffer of the application's or administrator's own.
    OtherWindow,
    /// The stack has many windows.
    AnyWindow,
    /// Another maximum of the buffers.
    OtherScale,
    /// The stack has many scales.
    AnyScale,
    /// Clamped, or another link, where the stack always has the same.
    OtherMss,
    /// Don't Fragment was set or cleared (scrub no-df, tunnels that fragment).
    OtherDf,
    /// The identification was drawn anew (scrub random-id), or is zero by chance.
    OtherId,
    /// A path took ECN away.
    EcnBleached,
    /// A setting asks for ECN.
    EcnAsked,
    /// Odd numbers: what no system sends.
    Oddity,
    /// No system sends them.
    IpOptions,
    /// The database lacks the stack.
    Undescribed,
    /// The more options, the less likely such a stack sends the same.
    UndescribedOption,
}

impl Cause {
    /// Every one, in the order of [`CauseCosts`].
    pub(super) const ALL: [Self; 25] = [
        Self::TtlRaised,
        Self::TtlRaisedTo255,
        Self::TtlLowered,
        Self::MssRemoved,
        Self::ScaleRemoved,
        Self::SackRemoved,
        Self::TimestampsRemoved,
        Self::Overwritten,
        Self::Moved,
        Self::EndMoved,
        Self::OtherPadding,
        Self::OtherOption,
        Self::OtherWindow,
        Self::AnyWindow,
        Self::OtherScale,
        Self::AnyScale,
        Self::OtherMss,
        Self::OtherDf,
        Self::OtherId,
        Self::EcnBleached,
        Self::EcnAsked,
        Self::Oddity,
        Self::IpOptions,
        Self::Undescribed,
        Self::UndescribedOption,
    ];

    /// Whether it belongs to a stack that the database lacks.
    pub(super) fn is_of_undescribed(self) -> bool {
        matches!(self, Self::Undescribed | Self::UndescribedOption)
    }

    /// What would have had to happen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TtlRaised => "the TTL was raised on the way",
            Self::TtlRaisedTo255 => "the TTL was raised above 128 on the way",
            Self::TtlLowered => "the TTL was lowered on the way",
            Self::MssRemoved => "the MSS was removed",
            Self::ScaleRemoved => "the window scale was removed",
            Self::SackRemoved => "SACK was removed",
            Self::TimestampsRemoved => "the timestamps were removed",
            Self::Overwritten => "NOPs were written over it",
            Self::Moved => "the options that were left were moved together",
            Self::EndMoved => "the end-of-list was moved with them",
            Self::OtherPadding => "the options were padded anew",
            Self::OtherOption => "an application asked for one more option",
            Self::OtherWindow => "the window was set to another value",
            Self::AnyWindow => "it is one of many windows",
            Self::OtherScale => "the window scale was set to another value",
            Self::AnyScale => "it is one of many window scales",
            Self::OtherMss => "the MSS is that of another link",
            Self::OtherDf => "Don't Fragment was changed on the way",
            Self::OtherId => "the identification was changed on the way",
            Self::EcnBleached => "ECN was bleached on the way",
            Self::EcnAsked => "a setting asks for ECN",
            Self::Oddity => "a field has a value that no system sends",
            Self::IpOptions => "IP options were added",
            Self::Undescribed => "the database lacks the stack",
            Self::UndescribedOption => "and that sends this option, too",
        }
    }
}

/// What each cause costs.
#[derive(Clone, Debug)]
pub struct CauseCosts(pub [Cost; Cause::ALL.len()]);

impl CauseCosts {
    pub const fn of(&self, cause: Cause) -> Cost {
        self.0[cause as usize]
    }
}
