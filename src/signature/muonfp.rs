//! MuonFP's form (project muonfp): `window:kinds:mss:scale`.

use crate::syn::{Options, Syn};
use crate::text::{display_text, Out, Text};

/// The text is `26847:2-4-8-1-3:1460:8`: decimal, kinds joined by `-` up to the first
/// end-of-list and with it, nothing where an option is absent.
#[derive(Clone, Copy, Debug)]
pub struct MuonFp<'a> {
    window: u16,
    options: &'a Options<'a>,
}

impl<'a> MuonFp<'a> {
    /// The fingerprint of a SYN whose TCP header reaches to the window at least.
    pub fn of(syn: &'a Syn<'a>) -> Option<Self> {
        let tcp = syn.tcp()?;
        Some(Self { window: tcp.window()?, options: tcp.options() })
    }
}

impl Text for MuonFp<'_> {
    fn write_to(&self, out: &mut impl Out) {
        self.window.write_to(out);
        out.push(':');
        self.options.write_kinds(out, '-');
        out.push(':');
        if let Some(mss) = self.options.mss {
            mss.write_to(out);
        }
        out.push(':');
        if let Some(scale) = self.options.window_scale {
            scale.write_to(out);
        }
    }
}
display_text!(MuonFp<'_>);
