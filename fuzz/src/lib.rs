//! What must hold for any bytes. Every function panics if it does not.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Facts};
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::{Syn, Tcp};
use ngx_tcpfp::tcp_info::TcpInfo;
use serde_json::Value;

static DATABASE: LazyLock<Database> = LazyLock::new(|| {
    Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("the built-in database is sound")
});

/// Every field of a connection can be read and written, now and at accept, of which the JSON
/// speaks.
pub fn check_fields(mut connection: Connection<'_>, now: &[u8]) -> BTreeMap<&'static str, String> {
    connection.database = Some(&DATABASE);
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

/// A SYN's fields, and what they must be to each other.
pub fn check_syn(bytes: &[u8], syn: Syn<'_>) {
    assert!(bytes.starts_with(syn.bytes()));
    let values = check_fields(Connection::of_syn(syn), &[]);
    assert_eq!(values["syn"], hex::encode(syn.bytes()));

    let kinds = values.get("options").map_or(0, |kinds| kinds.split(',').count());
    assert!(kinds <= 40, "{kinds} options");
    if let Some(tcp) = syn.tcp() {
        assert!(tcp.header_len() <= 60);
        assert!(tcp.options().iter().count() <= 40);
    }
    for (name, separators) in [("muonfp", 3), ("p0f", 7)] {
        let text = values.get(name).map(String::as_str);
        assert!(text.is_none_or(|text| text.matches(':').count() == separators), "{text:?}");
    }
    assert!(values.get("ip_fp").is_none_or(|text| text.len() == 16));

    // Without the payload it is still the same SYN.
    let again = Syn::parse(syn.bytes()).expect("it was one");
    assert_eq!(check_fields(Connection::of_syn(again), &[]), values);
}

/// What a truncated SYN still has is what the whole one has in its place.
pub fn check_truncations(bytes: &[u8], syn: Syn<'_>) {
    for len in 0..bytes.len() {
        let Ok(short) = Syn::parse(&bytes[..len]) else { continue };
        assert_eq!(short.ip().ttl(), syn.ip().ttl());
        assert_eq!(short.ip().source(), syn.ip().source());
        assert!(syn.ip().options().starts_with(short.ip().options()));
        let Some(short) = short.tcp() else { continue };
        let whole = syn.tcp().expect("more bytes give more");
        let numbers = |tcp: &Tcp<'_>| {
            [tcp.source_port(), tcp.destination_port(), tcp.flags(), tcp.window(), tcp.checksum()]
        };
        for (short, whole) in numbers(short).into_iter().zip(numbers(whole)) {
            assert!(short.is_none() || short == whole);
        }
        assert!(whole.options().bytes.starts_with(short.options().bytes));
    }
}
