//! A field's value, and how it is written.

use std::cell::RefCell;
use std::net::IpAddr;
use std::time::Duration;

use crate::connection::Params;
use crate::database::Label;
use crate::ethernet::Mac;
use crate::family::{Explanations, Shares};
use crate::host::Reasons;
use crate::http2::Session;
use crate::signature::p0f::{Layout, Observed, Quirks};
#[cfg(feature = "ja4t")]
use crate::signature::Ja4t;
use crate::signature::{IpFp, Ja4, MuonFp, Stack};
use crate::syn::Options;
use crate::text::{display_text, Hex, Out, Text};

/// A value that is there. Its text is the nginx variable's.
#[derive(Clone, Copy, Debug)]
pub enum Value<'c> {
    /// A decimal number.
    Number(u64),
    /// Ten-thousandths, as a decimal fraction.
    Fraction(u16),
    /// A time since the Unix epoch, as seconds with six decimals.
    Seconds(Duration),
    /// A text.
    Text(&'c str),
    /// An IP address.
    Address(IpAddr),
    /// An Ethernet address.
    Mac(Mac),
    /// Bytes, as lower-case hex.
    Hex(&'c [u8]),
    /// TCP option kinds, separated by commas.
    Kinds(&'c Options<'c>),
    /// MuonFP.
    MuonFp(MuonFp<'c>),
    /// HAProxy's fingerprint.
    IpFp(IpFp<'c>),
    /// JA4.
    Ja4(Ja4<'c>),
    /// How HTTP/2 was opened.
    Opening(&'c RefCell<Session>),
    /// Every layer.
    Stack(Stack<'c>),
    /// JA4T.
    #[cfg(feature = "ja4t")]
    Ja4t(Ja4t<'c>),
    /// p0f's raw_sig.
    Observed(&'c Observed),
    /// Its quirks.
    Quirks(Quirks),
    /// Its options' layout.
    Layout(&'c Layout),
    /// The label of a system.
    Label(&'c Label),
    /// p0f's params.
    Params(Params),
    /// Shares of families.
    Shares(Shares),
    /// What explains a SYN.
    Explanations(&'c Observed),
    /// p0f's reasons.
    Reasons(Reasons),
}

impl Text for Value<'_> {
    // Inlined, as the others of its kind: together, that saves classify 18% of its instructions.
    #[inline(always)]
    fn write_to(&self, out: &mut impl Out) {
        match self {
            Self::Number(number) => number.write_to(out),
            Self::Seconds(time) => {
                time.as_secs().write_to(out);
                out.push('.');
                // Six digits are what a million more has behind its first.
                let mut digits = itoa::Buffer::new();
                out.push_str(&digits.format(1_000_000 + time.subsec_micros())[1..]);
            }
            Self::Fraction(parts) => {
                (parts / 10_000).write_to(out);
                out.push('.');
                let mut digits = itoa::Buffer::new();
                out.push_str(&digits.format(10_000 + parts % 10_000)[1..]);
            }
            Self::Text(text) => out.push_str(text),
            Self::Address(address) => address.write_to(out),
            Self::Mac(address) => address.write_to(out),
            Self::Hex(bytes) => Hex(bytes).write_to(out),
            Self::Kinds(options) => options.write_kinds(out, ','),
            Self::MuonFp(fingerprint) => fingerprint.write_to(out),
            Self::IpFp(fingerprint) => fingerprint.write_to(out),
            Self::Ja4(fingerprint) => fingerprint.write_to(out),
            Self::Opening(session) => {
                if let Some(opening) =
                    session.try_borrow().ok().as_ref().and_then(|it| it.opening())
                {
                    opening.write_to(out);
                }
            }
            Self::Stack(fingerprint) => fingerprint.write_to(out),
            #[cfg(feature = "ja4t")]
            Self::Ja4t(fingerprint) => fingerprint.write_to(out),
            Self::Observed(observed) => observed.write_to(out),
            Self::Quirks(quirks) => quirks.write_to(out),
            Self::Layout(layout) => layout.write_to(out),
            Self::Label(label) => label.write_to(out),
            Self::Params(params) => params.write_to(out),
            Self::Shares(shares) => shares.write_to(out),
            Self::Explanations(observed) => Explanations::of(observed).write_to(out),
            Self::Reasons(reasons) => reasons.write_to(out),
        }
    }
}
display_text!(Value<'_>);
