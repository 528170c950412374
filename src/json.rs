//! A connection as one JSON object: `$tcpfp_json` and the command's lines.
//!
//! Texts that come from a database are escaped by serde_json. Everything else is digits, letters
//! and a few signs that JSON takes as they are, and is written as it is: this is most of what
//! `tcpfp classify` does.

use std::fmt::{self, Write};

use crate::connection::Connection;
use crate::field::{self, Value};

/// Displays with the fields' names as keys, numbers as numbers, absent fields left out.
#[derive(Clone, Copy, Debug)]
pub struct Json<'c>(pub &'c Connection<'c>);

impl Json<'_> {
    /// Appends the object to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        for field in field::in_json(self.0) {
            if let Some(value) = field.read(self.0, |_| None) {
                out.extend_from_slice(field.key.as_bytes());
                write_value(&value, out);
                out.push(b',');
            }
        }
        // The status is always there, and so is a comma behind the last.
        if let Some(last) = out.last_mut() {
            *last = b'}';
        }
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut object = Vec::with_capacity(4096);
        self.write(&mut object);
        f.write_str(str::from_utf8(&object).map_err(|_| fmt::Error)?)
    }
}

fn write_value(value: &Value<'_>, out: &mut Vec<u8>) {
    const IN_MEMORY: &str = "memory takes what is written";
    match value {
        Value::Number(number) => {
            out.extend_from_slice(itoa::Buffer::new().format(*number).as_bytes())
        }
        // Microseconds of this century fit an f64: its shortest form has the same six digits.
        Value::Seconds(time) => {
            serde_json::to_writer(out, &(time.as_micros() as f64 / 1e6)).expect(IN_MEMORY);
        }
        Value::Text(text) => serde_json::to_writer(out, text).expect(IN_MEMORY),
        Value::Label(label) => serde_json::to_writer(out, &label.to_string()).expect(IN_MEMORY),
        Value::Json(json) => json.write(out),
        Value::Hex(bytes) => {
            out.push(b'"');
            let start = out.len();
            out.resize(start + bytes.len() * 2, 0);
            hex::encode_to_slice(bytes, &mut out[start..]).expect("twice as many digits as bytes");
            out.push(b'"');
        }
        plain => {
            out.push(b'"');
            write!(Text(out), "{plain}").expect(IN_MEMORY);
            out.push(b'"');
        }
    }
}

/// Takes text into bytes.
struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
