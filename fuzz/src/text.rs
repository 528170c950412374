//! Any values as text and as JSON: the standard library, hex and serde_json are the witnesses.

use std::net::IpAddr;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use ngx_tcpfp::json::Object;
use ngx_tcpfp::key;
use ngx_tcpfp::text::{Brief, Hex, Room, Text};
use ngx_tcpfp::value::Value;
use serde_json::json;

#[derive(Arbitrary)]
struct Values<'b> {
    number: u64,
    micros: u64,
    address: IpAddr,
    room: u8,
    bytes: &'b [u8],
    text: &'b str,
}

pub fn check(bytes: &[u8]) {
    let Ok(values) = Values::arbitrary_take_rest(Unstructured::new(bytes)) else { return };
    assert_eq!(written(&values.number), values.number.to_string());
    assert_eq!(written(&values.address), values.address.to_string());
    assert_eq!(written(&Hex(values.bytes)), hex::encode(values.bytes));
    assert_eq!(written(&Value::Text(values.text)), values.text);
    check_room(&values);
    check_json(&values);

    let brief = Brief::new(format_args!("{}", values.text));
    let rest = values.text.strip_prefix(brief.as_str()).expect("its beginning");
    let next = rest.chars().next().map_or(0, char::len_utf8);
    assert!(rest.is_empty() || brief.as_str().len() + next > Brief::ROOM);
}

fn written(value: &impl Text) -> String {
    let mut text = String::new();
    value.write_to(&mut text);
    text
}

/// What does not fit is counted only.
fn check_room(values: &Values<'_>) {
    let text = written(&Hex(values.bytes));
    let mut memory = vec![0; values.room.into()];
    let mut room = Room::new(&mut memory);
    Hex(values.bytes).write_to(&mut room);
    assert_eq!(room.needed(), text.len());
    assert_eq!(room.text(), Some(text.as_bytes()).filter(|text| text.len() <= values.room.into()));
}

fn check_json(values: &Values<'_>) {
    // Any time until the year 2112: a float holds it to the microsecond.
    let seconds = Duration::from_micros(values.micros >> 12);
    let address = values.address.to_string();
    let mut json = String::new();
    let mut object = Object::new(&mut json);
    object.member(key!("number"), &Value::Number(values.number));
    object.member(key!("seconds"), &Value::Seconds(seconds));
    let mut inner = object.object(key!("inner"));
    inner.member(key!("text"), &Value::Text(values.text));
    inner.member(key!("hex"), &Value::Hex(values.bytes));
    inner.end();
    object.object(key!("empty")).end();
    object.member(key!("address"), &Value::Address(values.address));
    object.end();

    let read: serde_json::Value = serde_json::from_str(&json).expect("an object");
    let expected = json!({
        "number": values.number,
        "seconds": written(&Value::Seconds(seconds)).parse::<f64>().expect("a number"),
        "inner": { "text": values.text, "hex": hex::encode(values.bytes) },
        "empty": {},
        "address": address,
    });
    assert_eq!(read, expected);
}
