//! MuonFP's form (project muonfp): `window:kinds:mss:scale`.

use std::fmt;

use crate::syn::{Options, Syn};

/// Displays as `26847:2-4-8-1-3:1460:8`: decimal, kinds joined by `-` up to the first
/// end-of-list and with it, nothing where an option is absent.
#[derive(Clone, Copy, Debug)]
pub struct MuonFp<'a> {
    window: u16,
    options: Options<'a>,
}

impl<'a> MuonFp<'a> {
    /// The fingerprint of a SYN whose TCP header reaches to the window at least.
    pub fn of(syn: &Syn<'a>) -> Option<Self> {
        let tcp = syn.tcp()?;
        Some(Self { window: tcp.window()?, options: tcp.options() })
    }
}

impl fmt::Display for MuonFp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.window)?;
        self.options.write_kinds(f, '-')?;
        f.write_str(":")?;
        if let Some(mss) = self.options.mss() {
            write!(f, "{mss}")?;
        }
        f.write_str(":")?;
        if let Some(scale) = self.options.window_scale() {
            write!(f, "{scale}")?;
        }
        Ok(())
    }
}
