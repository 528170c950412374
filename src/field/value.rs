//! A field's value, and how it is written.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use crate::connection::Params;
use crate::database::Label;
use crate::json::Json;
use crate::signature::p0f::{Layout, Observed, Quirks};
#[cfg(feature = "ja4t")]
use crate::signature::Ja4t;
use crate::signature::{IpFp, MuonFp};
use crate::syn::Options;

/// A value that is there. Displays as the nginx variable.
#[derive(Clone, Copy, Debug)]
pub enum Value<'c> {
    /// A decimal number.
    Number(u64),
    /// A time since the Unix epoch, as seconds with six decimals.
    Seconds(Duration),
    /// A text.
    Text(&'c str),
    /// An IP address.
    Address(IpAddr),
    /// Bytes, as lower-case hex.
    Hex(&'c [u8]),
    /// TCP option kinds, separated by commas.
    Kinds(Options<'c>),
    /// MuonFP.
    MuonFp(MuonFp<'c>),
    /// HAProxy's fingerprint, as hex.
    IpFp(IpFp),
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
    /// Every field.
    Json(Json<'c>),
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Seconds(time) => write!(f, "{}.{:06}", time.as_secs(), time.subsec_micros()),
            Self::Text(text) => f.write_str(text),
            Self::Address(address) => address.fmt(f),
            Self::Hex(bytes) => write_hex(f, bytes),
            Self::Kinds(options) => options.write_kinds(f, ','),
            Self::MuonFp(fingerprint) => fingerprint.fmt(f),
            Self::IpFp(fingerprint) => write_hex(f, fingerprint.bytes()),
            #[cfg(feature = "ja4t")]
            Self::Ja4t(fingerprint) => fingerprint.fmt(f),
            Self::Observed(observed) => observed.fmt(f),
            Self::Quirks(quirks) => quirks.fmt(f),
            Self::Layout(layout) => layout.fmt(f),
            Self::Label(label) => label.fmt(f),
            Self::Params(params) => params.fmt(f),
            Self::Json(json) => json.fmt(f),
        }
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let mut digits = [0; 128];
    for chunk in bytes.chunks(digits.len() / 2) {
        let digits = &mut digits[..chunk.len() * 2];
        hex::encode_to_slice(chunk, digits).map_err(|_| fmt::Error)?;
        f.write_str(str::from_utf8(digits).map_err(|_| fmt::Error)?)?;
    }
    Ok(())
}
