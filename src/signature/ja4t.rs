//! FoxIO's JA4T, under the FoxIO License 1.1: `window_kinds_mss_scale`.

use crate::syn::{kind, Options, Syn};
use crate::text::{display_text, Out, Text};

/// The text is `64240_2-1-3-1-1-4_1460_8`: decimal, `00` for what is absent and for a scale of
/// 0, at least two digits for the MSS, every zero byte of an end-of-list padding a kind of its
/// own.
#[derive(Clone, Copy, Debug)]
pub struct Ja4t<'a> {
    window: u16,
    options: &'a Options<'a>,
}

impl<'a> Ja4t<'a> {
    /// The fingerprint of a SYN whose TCP header reaches to the window at least.
    pub fn of(syn: &'a Syn<'a>) -> Option<Self> {
        let tcp = syn.tcp()?;
        Some(Self { window: tcp.window()?, options: tcp.options() })
    }
}

impl Text for Ja4t<'_> {
    fn write_to(&self, out: &mut impl Out) {
        let Self { window, options } = self;
        window.write_to(out);
        out.push('_');
        if options.bytes.is_empty() {
            out.push_str("00");
        }
        options.write_kinds(out, '-');
        let end = options.iter().last().filter(|opt| opt.kind == kind::EOL);
        for _ in
            end.and_then(|end| end.data).unwrap_or_default().iter().take_while(|&&byte| byte == 0)
        {
            out.push_str("-0");
        }
        let mss = options.mss.unwrap_or(0);
        out.push_str(if mss < 10 { "_0" } else { "_" });
        mss.write_to(out);
        match options.window_scale {
            Some(scale) if scale > 0 => {
                out.push('_');
                scale.write_to(out);
            }
            _ => out.push_str("_00"),
        }
    }
}
display_text!(Ja4t<'_>);
