//! Which family of systems a request says that it comes from, and whether the SYN contradicts it.
//!
//! Crates that parse User-Agents (woothee, ua-parser) name browsers and versions. They take more
//! than a microsecond and several allocations a string, bring megabytes of regular expressions,
//! and believe what should not be: that a robot is the phone whose looks it borrows, or that Opera
//! Mini's server is one. What is asked here is one of seven answers, and words are enough for it.

use std::mem;

use crate::family::{Family, Shares};

/// A claim is contradicted where at most so many honest clients with such a SYN would make it, in
/// ten-thousandths: one in 200.
const HONEST_AT_MOST: u16 = 50;
/// A claim is confirmed where at least so many would, or their system's kin.
const HONEST_AT_LEAST: u16 = 9000;

/// How many of 10,000 clients tell the truth.
struct Honest {
    /// Where what the SYN shows and what is claimed agree.
    surely: u16,
    /// Where they do not exclude each other.
    perhaps: u16,
}

/// The headers of a request that tell its client's system, as they came.
///
/// ```
/// use ngx_tcpfp::claim::Claim;
/// use ngx_tcpfp::family::{Family, Verdict};
/// use ngx_tcpfp::signature::p0f::{Observed, Rules};
/// use ngx_tcpfp::syn::Syn;
///
/// let user_agent = b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/140.0";
/// let claim = Claim { platform: None, user_agent: Some(user_agent) };
/// assert_eq!(claim.family(), Some(Family::Windows));
///
/// // The SYN is Linux's.
/// let packet = b"\x45\0\0\x3c\x1a\x2b\x40\0\x33\x06\0\0\xc0\0\x02\x01\xc6\x33\x64\x01\
///     \xc0\x01\x01\xbb\0\0\x12\x34\0\0\0\0\xa0\x02\xfa\xf0\0\0\0\0\
///     \x02\x04\x05\xb4\x04\x02\x08\x0a\0\0\x12\x34\0\0\0\0\x01\x03\x03\x07";
/// let syn = Syn::parse(packet).expect("a SYN");
/// let observed = Observed::of(&syn, Rules::Corrected).expect("one that p0f would look at");
/// let verdict = Verdict::of(&observed, None);
/// assert_eq!(claim.contradicts(&verdict.shares), Some(true));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Claim<'r> {
    /// Sec-CH-UA-Platform, which Chromium sends over HTTPS.
    pub platform: Option<&'r [u8]>,
    /// User-Agent.
    pub user_agent: Option<&'r [u8]>,
}

impl Claim<'_> {
    /// The family that is claimed, by Sec-CH-UA-Platform if that names one, else by User-Agent;
    /// `None` if neither does, and for robots and browsers that work on a server, which only look
    /// like somebody's machine.
    pub fn family(&self) -> Option<Family> {
        let by_agent = meaning(self.user_agent.unwrap_or_default());
        if by_agent == Some(Meaning::OnServer) {
            return None;
        }
        self.platform.and_then(of_platform).or(by_agent.and_then(Meaning::family))
    }

    /// Whether the SYN contradicts the claim; `None` if that cannot be decided.
    pub fn contradicts(&self, shares: &Shares) -> Option<bool> {
        let Honest { surely, perhaps } = self.honest(shares)?;
        let is_decided = perhaps <= HONEST_AT_MOST || surely >= HONEST_AT_LEAST;
        is_decided.then_some(perhaps <= HONEST_AT_MOST)
    }

    /// How likely the SYN contradicts the claim, in ten-thousandths; `None` without a claim that a
    /// SYN could contradict.
    pub fn contradiction(&self, shares: &Shares) -> Option<u16> {
        Some(Shares::WHOLE - self.honest(shares)?.perhaps)
    }

    /// How many clients with such a SYN have a system that the claim is true of.
    ///
    /// Systems that agree with the claim are added up, so that it does not matter whether a SYN is
    /// Linux's or Android's where both agree. Behind a stack that is no system's own (a proxy, a
    /// device, one that nobody knows) may be anybody, as often as people have such a system.
    fn honest(&self, shares: &Shares) -> Option<Honest> {
        let claimed = self.family().filter(|&claimed| claimed != Family::Other)?;
        let (mut surely, mut perhaps) = (0, 0);
        let (mut anybody, mut all) = (0, 0);
        for family in Family::ALL.into_iter().filter(|&family| family != Family::Other) {
            let (share, population) = (shares.of_family(family), u32::from(family.population()));
            all += population;
            let is_contradicted = self.is_contradicted_by(claimed, family);
            if is_contradicted == Some(false) {
                surely += share;
            }
            if is_contradicted != Some(true) {
                perhaps += share;
                anybody += population;
            }
        }
        // Of the rare systems nobody knows how many there are: a tenth, if need be.
        let others = u32::from(shares.of_family(Family::Other));
        perhaps += (others * anybody.max(all / 10)).div_ceil(all) as u16;
        Some(Honest { surely, perhaps })
    }

    /// Whether a client that claims one family cannot send the SYN of another.
    fn is_contradicted_by(&self, claimed: Family, syn: Family) -> Option<bool> {
        use Family::{Android, Bsd, Linux, Other, Solaris, Windows};
        match (claimed, syn) {
            // Consoles, relays, stacks in userspace: which of them it is, nobody knows.
            (Other, _) | (_, Other) => None,
            _ if claimed == syn => Some(false),
            // One kernel. Android's browsers say Linux when asked for the desktop's page.
            (Linux, Android) | (Android, Linux) => Some(false),
            // Its programs run on other kernels: FreeBSD's Linuxulator, illumos' zones, and, for
            // what has no window, the Windows Subsystem for Linux.
            (Linux, Bsd | Solaris) => None,
            (Linux, Windows) if !self.is_of_browser() => Some(false),
            // A program for Windows may run under Wine.
            (Windows, _) if !self.is_of_browser() => None,
            _ => Some(true),
        }
    }

    /// Whether the User-Agent has the form that browsers share.
    fn is_of_browser(&self) -> bool {
        let agent = self.user_agent.unwrap_or_default();
        self.platform.is_some() || agent.starts_with(b"Mozilla/") || agent.starts_with(b"Opera/")
    }
}

/// The family that a Sec-CH-UA-Platform names: a string in quotes (RFC 8941, section 3.3.3), one
/// of those of User-Agent Client Hints, section 3.6.
fn of_platform(value: &[u8]) -> Option<Family> {
    let name = value.trim_ascii().strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    match name {
        b"Android" => Some(Family::Android),
        b"Chrome OS" | b"Chromium OS" | b"Linux" => Some(Family::Linux),
        b"iOS" | b"macOS" | b"Mac OS X" => Some(Family::Apple),
        b"Windows" => Some(Family::Windows),
        _ => None,
    }
}

/// What a User-Agent says; of several things it is the last of these: `Windows Phone 8.1; Android
/// 4.0; ... like iPhone OS` is a Windows phone, `Linux; Android 14; ... compatible; Googlebot` is
/// nobody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Linux,
    Solaris,
    Bsd,
    Apple,
    Android,
    Windows,
    Other,
    /// A robot, or a browser that works on its maker's server.
    OnServer,
}

impl Meaning {
    fn family(self) -> Option<Family> {
        Some(match self {
            Self::Linux => Family::Linux,
            Self::Solaris => Family::Solaris,
            Self::Bsd => Family::Bsd,
            Self::Apple => Family::Apple,
            Self::Android => Family::Android,
            Self::Windows => Family::Windows,
            Self::Other => Family::Other,
            Self::OnServer => return None,
        })
    }
}

fn meaning(agent: &[u8]) -> Option<Meaning> {
    let words = agent.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut before = &b""[..];
    words.filter_map(|word| of_word(mem::replace(&mut before, word), word)).max()
}

/// What a word says, behind another. `Win64`, `iPhone12` and `darwin17` are words with a number.
fn of_word(before: &[u8], word: &[u8]) -> Option<Meaning> {
    let number = word.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    Some(match &word[..word.len() - number] {
        b"Linux" | b"linux" | b"LINUX" | b"CrOS" | b"Ubuntu" | b"Debian" | b"Fedora" | b"Tizen"
        | b"webOS" | b"Web0S" | b"hpwOS" | b"KAIOS" | b"KaiOS" | b"MeeGo" | b"Maemo"
        | b"Sailfish" | b"CrKey" | b"Kindle" => Meaning::Linux,
        b"SunOS" | b"sunos" | b"Solaris" | b"solaris" | b"illumos" => Meaning::Solaris,
        b"FreeBSD" | b"freebsd" | b"OpenBSD" | b"openbsd" | b"NetBSD" | b"netbsd"
        | b"DragonFly" => Meaning::Bsd,
        b"Macintosh" | b"Mac" | b"MacOS" | b"macOS" | b"macos" | b"OSX" | b"Darwin" | b"darwin"
        | b"iPhone" | b"iPad" | b"iPod" | b"iOS" | b"iPadOS" | b"watchOS" | b"tvOS"
        | b"visionOS" | b"AppleTV" | b"CFNetwork" => Meaning::Apple,
        // Outlook's word for its mobile programs.
        b"Android" if before == b"iOS" => return None,
        // Amazon's browser calls its Android a Macintosh where it wants the desktop's page.
        b"Android" | b"android" | b"Dalvik" | b"Silk" => Meaning::Android,
        b"Windows" | b"windows" | b"WindowsCE" | b"WindowsPowerShell" | b"Win" | b"win"
        | b"WinNT" | b"WinHTTP" | b"WinHttp" | b"mingw" | b"cygwin" | b"CryptoAPI" => {
            Meaning::Windows
        }
        b"PlayStation" | b"PLAYSTATION" | b"PSP" | b"Nintendo" | b"BlackBerry" | b"BB"
        | b"PlayBook" | b"Symbian" | b"SymbianOS" | b"SymbOS" | b"MIDP" | b"BREW" | b"Bada"
        | b"Fuchsia" | b"OpenHarmony" | b"Haiku" | b"AIX" | b"IRIX" | b"QNX" | b"AmigaOS"
        | b"MorphOS" => Meaning::Other,
        // Browsers of which the greater part runs on their makers' servers.
        b"Mini" if before == b"Opera" => Meaning::OnServer,
        b"UCWEB" | b"Puffin" => Meaning::OnServer,
        // Citrix's for Chrome OS calls that Windows.
        b"CitrixChromeApp" => Meaning::OnServer,
        // Robots, and what shows them: the address of a page about them.
        b"http"
        | b"https"
        | b"Slurp"
        | b"BingPreview"
        | b"facebookexternalhit"
        | b"Mediapartners"
        | b"GoogleOther"
        | b"InspectionTool"
        | b"Lighthouse"
        | b"PTST"
        | b"GTmetrix" => Meaning::OnServer,
        word if [&b"bot"[..], b"crawler", b"spider"].iter().any(|end| ends_with(word, end)) => {
            Meaning::OnServer
        }
        _ => return None,
    })
}

/// Whether a word ends so, in capitals or not.
fn ends_with(word: &[u8], end: &[u8]) -> bool {
    let at = word.len().checked_sub(end.len());
    at.is_some_and(|at| word[at..].eq_ignore_ascii_case(end))
}

#[cfg(test)]
mod tests;
