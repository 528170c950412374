//! The families of systems.

use std::fmt;

/// Systems that share a TCP stack, or nearly.
///
/// ```
/// use ngx_tcpfp::family::Family;
///
/// assert_eq!(Family::of_name(b"bsd"), Some(Family::Bsd));
/// assert_eq!(Family::Bsd.to_string(), "BSD");
/// ```
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
    /// Every one, in the order of [`Shares`](crate::family::Shares).
    pub const ALL: [Self; 7] = [
        Self::Windows,
        Self::Linux,
        Self::Android,
        Self::Apple,
        Self::Bsd,
        Self::Solaris,
        Self::Other,
    ];

    /// How many of a thousand clients of public web servers have such a system.
    ///
    /// Between two counts: the flows of networks (CESNET 2024, doi 10.5281/zenodo.14703490, and MUNI
    /// 2021, doi 10.5281/zenodo.7635138, both CC BY 4.0), in which servers and programs are many, and
    /// what browsers say of themselves, in which they are none. Of Apple's, BSD, Solaris and what else
    /// there is the flows have no count: that is an estimate.
    pub const fn population(self) -> u16 {
        match self {
            Self::Windows => 360,
            Self::Linux => 160,
            Self::Android => 240,
            Self::Apple => 210,
            Self::Bsd => 4,
            Self::Solaris => 1,
            Self::Other => 25,
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
        f.pad(self.as_str())
    }
}
