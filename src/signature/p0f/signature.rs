//! What a database says of a stack's SYN (fp_tcp.c, `tcp_register_sig`).

use std::fmt;
use std::str::FromStr;

use super::layout::Layout;
use super::quirks::Quirks;
use super::token::{digits, SyntaxError, Token};

/// A `sig = ` line of a database.
///
/// ```
/// use ngx_tcpfp::signature::p0f::{Signature, SyntaxError, WindowForm};
///
/// let signature: Signature = "*:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0".parse()?;
/// assert_eq!((signature.ttl, signature.window), (64, WindowForm::Mss(44)));
///
/// let error = "*:64:0:*:mss*44,7:mss,sack?:df:0".parse::<Signature>().unwrap_err();
/// assert_eq!((error.at, error.to_string()), (22, "unknown option \"sack?\"".into()));
/// # Ok::<_, SyntaxError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// 4, 6, or either.
    pub version: Option<u8>,
    /// Initial TTL.
    pub ttl: u8,
    /// The sender draws the TTL at random, up to `ttl`.
    pub is_ttl_random: bool,
    /// Bytes of IPv4 options.
    pub ip_options_len: u8,
    /// MSS, if it is always the same; 0 for none.
    pub mss: Option<u16>,
    /// The window.
    pub window: WindowForm,
    /// Window scale, if it is always the same; 0 for none.
    pub scale: Option<u8>,
    /// The options.
    pub layout: Layout,
    /// What is odd.
    pub quirks: Quirks,
    /// Whether the SYN carries data, if it always or never does.
    pub has_payload: Option<bool>,
}

/// What a signature says of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowForm {
    /// Anything.
    Any,
    /// This value.
    Exactly(u16),
    /// A multiple of this.
    MultipleOf(u16),
    /// So many times the segment size.
    Mss(u16),
    /// So many times the packet size.
    Mtu(u16),
}

impl FromStr for Signature {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        let whole = Token::new(text);
        let count = whole.split(':').count();
        if count != 8 {
            return Err(whole
                .wrong(format_args!("a signature has 8 parts between colons, this one {count}")));
        }
        let mut parts = [whole; 8];
        parts.iter_mut().zip(whole.split(':')).for_each(|(part, found)| *part = found);
        let [version, ttl, ip_options, mss, window, layout, quirks, payload] = parts;
        let version = match version.text {
            "4" => Some(4),
            "6" => Some(6),
            "*" => None,
            _ => return Err(version.wrong("the IP version must be 4, 6 or *")),
        };
        let (ttl, is_ttl_random) = initial_ttl(ttl)?;
        let Some((window, scale)) =
            window.split_once(',').filter(|(_, scale)| !scale.text.contains(','))
        else {
            return Err(window.wrong("the window must be followed by a comma and its scale"));
        };
        Ok(Self {
            version,
            ttl,
            is_ttl_random,
            ip_options_len: ip_options.number(0, "the length of the IP options")?,
            mss: mss.number_or_any("the MSS")?,
            window: window_form(window)?,
            scale: scale.number_or_any("the window scale")?,
            layout: options_layout(layout)?,
            quirks: known_quirks(quirks, version)?,
            has_payload: match payload.text {
                "0" => Some(false),
                "+" => Some(true),
                "*" => None,
                _ => return Err(payload.wrong("the payload class must be 0, + or *")),
            },
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn or_any(f: &mut fmt::Formatter<'_>, value: Option<impl fmt::Display>) -> fmt::Result {
            match value {
                Some(value) => write!(f, "{value}"),
                None => f.write_str("*"),
            }
        }
        or_any(f, self.version)?;
        let random = if self.is_ttl_random { "-" } else { "" };
        write!(f, ":{}{random}:{}:", self.ttl, self.ip_options_len)?;
        or_any(f, self.mss)?;
        match self.window {
            WindowForm::Any => f.write_str(":*,")?,
            WindowForm::Exactly(window) => write!(f, ":{window},")?,
            WindowForm::MultipleOf(divisor) => write!(f, ":%{divisor},")?,
            WindowForm::Mss(times) => write!(f, ":mss*{times},")?,
            WindowForm::Mtu(times) => write!(f, ":mtu*{times},")?,
        }
        or_any(f, self.scale)?;
        write!(f, ":{}:{}:", self.layout, self.quirks)?;
        f.write_str(match self.has_payload {
            Some(false) => "0",
            Some(true) => "+",
            None => "*",
        })
    }
}

/// `64`, `61+3` (summed: what raw_sig prints), or `255-` for a random one.
fn initial_ttl(token: Token<'_>) -> Result<(u8, bool), SyntaxError> {
    let (base, is_random) = match token.text.strip_suffix('-') {
        Some(base) => (base, true),
        None => (token.text, false),
    };
    let ttl = match base.split_once('+') {
        Some((ttl, hops)) => {
            digits::<u8>(ttl).zip(digits(hops)).and_then(|(ttl, hops)| ttl.checked_add(hops))
        }
        None => digits(base),
    };
    let wrong = || token.wrong(format_args!("the initial TTL cannot be \"{}\"", token.text));
    ttl.filter(|&ttl| ttl > 0).map(|ttl| (ttl, is_random)).ok_or_else(wrong)
}

fn window_form(token: Token<'_>) -> Result<WindowForm, SyntaxError> {
    /// What p0f accepts behind `mss*` and `mtu*`.
    const TIMES: std::ops::RangeInclusive<u16> = 1..=1000;
    const WHAT: &str = "the window";
    let in_range = |number: u16, range: std::ops::RangeInclusive<u16>| {
        let wrong = || token.wrong(format_args!("{WHAT} cannot be \"{}\"", token.text));
        range.contains(&number).then_some(number).ok_or_else(wrong)
    };
    if token.text == "*" {
        Ok(WindowForm::Any)
    } else if token.text.starts_with('%') {
        Ok(WindowForm::MultipleOf(in_range(token.number(1, WHAT)?, 2..=u16::MAX)?))
    } else if token.text.starts_with("mss*") {
        Ok(WindowForm::Mss(in_range(token.number(4, WHAT)?, TIMES)?))
    } else if token.text.starts_with("mtu*") {
        Ok(WindowForm::Mtu(in_range(token.number(4, WHAT)?, TIMES)?))
    } else {
        Ok(WindowForm::Exactly(token.number(0, WHAT)?))
    }
}

fn options_layout(token: Token<'_>) -> Result<Layout, SyntaxError> {
    let mut layout = Layout::default();
    if token.text.is_empty() {
        return Ok(layout);
    }
    let mut options = token.split(',').peekable();
    while let Some(option) = options.next() {
        let fits = if option.text.starts_with("eol+") {
            if options.peek().is_some() {
                return Err(option.wrong("nothing can follow eol"));
            }
            layout.push_eol(option.number(4, "the padding behind eol")?)
        } else {
            let kind = Layout::kind_of(option.text);
            let unknown = || option.wrong(format_args!("unknown option \"{}\"", option.text));
            layout.push(kind.ok_or_else(unknown)?)
        };
        if !fits {
            return Err(option.wrong(format_args!("more than {} options", Layout::MAX)));
        }
    }
    Ok(layout)
}

fn known_quirks(token: Token<'_>, version: Option<u8>) -> Result<Quirks, SyntaxError> {
    let mut quirks = Quirks::empty();
    if token.text.is_empty() {
        return Ok(quirks);
    }
    for name in token.split(',') {
        let unknown = |()| name.wrong(format_args!("unknown quirk \"{}\"", name.text));
        let quirk: Quirks = name.text.parse().map_err(unknown)?;
        let elsewhere = match version {
            Some(4) => Quirks::FLOW,
            Some(6) => Quirks::IPV4_ONLY.union(Quirks::RESERVED),
            _ => Quirks::empty(),
        };
        if quirk.intersects(elsewhere) {
            return Err(
                name.wrong(format_args!("the quirk \"{}\" is of the other IP version", name.text))
            );
        }
        quirks = quirks.union(quirk);
    }
    Ok(quirks)
}
