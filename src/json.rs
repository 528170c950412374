//! A connection as one JSON object: `$tcpfp_json` and the command's lines.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::connection::Connection;
use crate::field;

/// Serializes with the fields' names as keys, numbers as numbers, absent fields left out.
#[derive(Clone, Copy, Debug)]
pub struct Json<'c>(pub &'c Connection<'c>);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for field in field::in_json(self.0) {
            if let Some(value) = field.read(self.0, |_| None) {
                object.serialize_entry(field.name, &value)?;
            }
        }
        object.end()
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
