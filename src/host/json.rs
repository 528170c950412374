//! A record as one JSON object.

use std::net::IpAddr;

use super::Record;
use crate::database::Database;
use crate::field::Value;
use crate::json;
use crate::text::{display_text, Text};

/// The record's object. Its keys are the variables without `tcpfp_host_`, and `address`,
/// `event`, `p0f` (raw_sig of the last SYN) and `os` (the last system that was identified).
#[derive(Clone, Copy, Debug)]
pub struct HostJson<'h> {
    /// The record.
    pub record: &'h Record,
    /// Whose it is.
    pub address: Option<IpAddr>,
    /// Unix seconds, to tell how long ago sharing was seen.
    pub now: u32,
    /// Seconds for which that counts.
    pub inactive: u32,
    /// Names the system.
    pub database: Option<&'h Database>,
}

impl Text for HostJson<'_> {
    fn write_to(&self, out: &mut String) {
        let Self { record, now, inactive, database, .. } = *self;
        let (observed, identified) = (record.observed(), record.identified());
        let label = database
            .zip(identified.as_ref())
            .and_then(|(database, identified)| database.label(&database.find(identified)));
        let reasons = record.reasons();
        let number = |number: u32| Some(Value::Number(number.into()));
        let values = [
            ("\"address\":", self.address.map(Value::Address)),
            ("\"first_seen\":", number(record.first_seen())),
            ("\"last_seen\":", number(record.last_seen())),
            ("\"conn_count\":", number(record.connections())),
            ("\"uptime\":", record.uptime().and_then(number)),
            ("\"uptime_mod\":", record.uptime_mod().and_then(number)),
            ("\"nat\":", number(record.is_shared(now, inactive).into())),
            ("\"nat_time\":", record.last_nat().and_then(number)),
            ("\"change_time\":", record.last_chg().and_then(number)),
            ("\"score\":", number(record.score().into())),
            ("\"reasons\":", (!reasons.is_empty()).then_some(Value::Reasons(reasons))),
            ("\"event\":", record.event().map(|event| Value::Text(event.as_str()))),
            ("\"p0f\":", observed.as_ref().map(Value::Observed)),
            ("\"os\":", label.map(Value::Label)),
        ];
        let mut separator = '{';
        for (key, value) in values {
            if let Some(value) = value {
                out.push(separator);
                out.push_str(key);
                json::write_value(&value, out);
                separator = ',';
            }
        }
        out.push('}');
    }
}
display_text!(HostJson<'_>);
