//! Every field of a connection, by its name.

use std::collections::BTreeMap;

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::field::{self, Facts};
use ngx_tcpfp::tcp_info::TcpInfo;
use serde_json::Value;

use crate::DATABASES;

/// Every field of a connection can be read and written, now and at accept, of which the JSON
/// speaks.
pub fn check(mut connection: Connection<'_>, now: &[u8]) -> BTreeMap<&'static str, String> {
    connection.database = Some(&DATABASES[0]);
    check_json(&values(&connection, None));
    values(&connection, Some(now))
}

fn values(connection: &Connection<'_>, now: Option<&[u8]>) -> BTreeMap<&'static str, String> {
    let facts = Facts { now: now.map(TcpInfo::new), ..connection.into() };
    let value = |field: &field::Field| {
        let mut text = String::new();
        field.write(&facts, &mut text).map(|()| text)
    };
    field::all().filter_map(|field| Some((field.name, value(field)?))).collect()
}

/// The JSON is one object, and says what the variables say.
fn check_json(values: &BTreeMap<&'static str, String>) {
    let json: BTreeMap<String, Value> = serde_json::from_str(&values["json"]).expect("an object");
    for (key, value) in &json {
        let variable = &values[key.as_str()];
        match value {
            Value::String(text) => assert_eq!(text, variable, "{key}"),
            // Written in another form.
            Value::Number(time) if key == "accept_time" => {
                assert_eq!(time.as_f64(), variable.parse().ok());
            }
            Value::Number(number) => assert_eq!(number.to_string(), *variable, "{key}"),
            other => panic!("{key}: {other}"),
        }
    }
}
