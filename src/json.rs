//! A connection, what a request on it claims and what its client's record says as one JSON object:
//! `$tcpfp_json` and the command's lines.
//!
//! Texts that come from a database are escaped by serde_json, where there is anything to escape.
//! Everything else is digits, letters and a few signs that JSON takes as they are.

use crate::field::{self, Source, Value};
use crate::text::{display_text, Text};

/// The fields' names as keys, numbers as numbers, absent fields left out.
#[derive(Clone, Copy, Debug)]
pub struct Json<'c>(pub Source<'c>);

impl Text for Json<'_> {
    fn write_to(&self, out: &mut String) {
        out.reserve(ROOM);
        out.push('{');
        field::write_members(self.0, out);
        // The status is always there, and so is a comma behind the last.
        out.pop();
        out.push('}');
    }
}
display_text!(Json<'_>);

/// More than most objects take, in bytes.
const ROOM: usize = 4096;

/// Appends a value.
#[inline(always)]
pub(crate) fn write_value(value: &Value<'_>, out: &mut String) {
    match value {
        Value::Number(_) | Value::Host(_) | Value::Json(_) => value.write_to(out),
        Value::Seconds(_) => {
            value.write_to(out);
            // A number's shortest form.
            out.truncate(out.trim_end_matches('0').len());
            if out.ends_with('.') {
                out.push('0');
            }
        }
        _ => {
            out.push('"');
            let start = out.len();
            value.write_to(out);
            if matches!(value, Value::Text(_) | Value::Label(_)) {
                escape(out, start);
            }
            out.push('"');
        }
    }
}

/// Escapes what stands behind `start`.
fn escape(out: &mut String, start: usize) {
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if out[start..].bytes().any(is_special) {
        let escaped = serde_json::Value::String(out.split_off(start)).to_string();
        out.push_str(&escaped[1..escaped.len() - 1]);
    }
}
