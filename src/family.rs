//! Which family of systems a SYN comes from, and how sure that is.

use std::fmt;

use crate::database::Label;
use crate::signature::p0f::Observed;

/// Systems that share a TCP stack, or nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Windows, Xbox included.
    Windows,
    /// Linux but Android.
    Linux,
    /// Android, whose kernel is Linux's.
    Android,
    /// macOS, iOS and their kin, which send the same SYN.
    Apple,
    /// FreeBSD, NetBSD, OpenBSD, DragonFly BSD.
    Bsd,
    /// Solaris and illumos.
    Solaris,
    /// Anything else: a stack in userspace, a tool, a device.
    Other,
}

impl Family {
    /// Every one, in the order of [`Scores`].
    pub const ALL: [Self; 7] = [
        Self::Windows,
        Self::Linux,
        Self::Android,
        Self::Apple,
        Self::Bsd,
        Self::Solaris,
        Self::Other,
    ];

    /// The family of a database's label, by its name and, for Android, its flavor.
    pub fn of_label(label: &Label) -> Self {
        match label.name.as_str() {
            "Linux" if label.flavor.contains("Android") => Self::Android,
            "Linux" => Self::Linux,
            "Android" => Self::Android,
            "Windows" => Self::Windows,
            "Mac OS X" | "macOS" | "iOS" => Self::Apple,
            "FreeBSD" | "NetBSD" | "OpenBSD" | "DragonFly" => Self::Bsd,
            "Solaris" => Self::Solaris,
            _ => Self::Other,
        }
    }

    /// The family that this word, in upper or lower case, stands for.
    pub fn of_name(name: &[u8]) -> Option<Self> {
        let is_named = |family: &Self| family.as_str().as_bytes().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(is_named)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Linux => "Linux",
            Self::Android => "Android",
            Self::Apple => "Apple",
            Self::Bsd => "BSD",
            Self::Solaris => "Solaris",
            Self::Other => "Other",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a SYN says of its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The likeliest.
    pub family: Family,
    /// Its share, in percent.
    pub confidence: u8,
    /// The share of each.
    pub scores: Scores,
}

impl Verdict {
    /// Judges a SYN and the label of the signature that it matches, if any. Allocates nothing.
    pub fn of(_observed: &Observed, label: Option<&Label>) -> Option<Self> {
        let family = Family::of_label(label?);
        let mut scores = Scores([0; Family::ALL.len()]);
        scores.0[family as usize] = 100;
        Some(Self { family, confidence: 100, scores })
    }
}

/// Shares of the families in percent, in the order of [`Family::ALL`]; they make up 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scores(pub(crate) [u8; Family::ALL.len()]);

/// Displays as `Linux:71,Android:24,Other:5`: those that have a share, the largest first.
impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut falling = Family::ALL;
        falling.sort_by_key(|&family| std::cmp::Reverse(self.0[family as usize]));
        let mut separator = "";
        for family in falling {
            let share = self.0[family as usize];
            if share > 0 {
                write!(f, "{separator}{family}:{share}")?;
                separator = ",";
            }
        }
        Ok(())
    }
}
