//! FoxIO's JA4T, under the FoxIO License 1.1: `window_kinds_mss_scale`.

use std::fmt;

use crate::syn::{kind, Options, Syn};

/// Displays as `64240_2-1-3-1-1-4_1460_8`: decimal, `00` for what is absent and for a scale of
/// 0, at least two digits for the MSS, every zero byte of an end-of-list padding a kind of its
/// own.
#[derive(Clone, Copy, Debug)]
pub struct Ja4t<'a> {
    window: u16,
    options: Options<'a>,
}

impl<'a> Ja4t<'a> {
    /// The fingerprint of a SYN whose TCP header reaches to the window at least.
    pub fn of(syn: &Syn<'a>) -> Option<Self> {
        let tcp = syn.tcp()?;
        Some(Self { window: tcp.window()?, options: tcp.options() })
    }
}

impl fmt::Display for Ja4t<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { window, options } = self;
        write!(f, "{window}_")?;
        if options.bytes().is_empty() {
            f.write_str("00")?;
        }
        options.write_kinds(f, '-')?;
        let end = options.iter().last().filter(|opt| opt.kind == kind::EOL);
        for _ in
            end.and_then(|end| end.data).unwrap_or_default().iter().take_while(|&&byte| byte == 0)
        {
            f.write_str("-0")?;
        }
        match options.mss() {
            Some(mss) => write!(f, "_{mss:02}")?,
            None => f.write_str("_00")?,
        }
        match options.window_scale() {
            Some(scale) if scale > 0 => write!(f, "_{scale}"),
            _ => f.write_str("_00"),
        }
    }
}
