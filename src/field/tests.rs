use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::client_hello::ClientHello;
use crate::connection::SynStatus;
use crate::database::Database;
use crate::host::{Record, Seen};
use crate::http2::Session;
use crate::signature::p0f::Rules;
use crate::syn::Syn;
use crate::timing::Timing;

/// A field as its variable shows it.
fn text(field: &Field, facts: &Facts<'_>) -> Option<String> {
    let mut text = String::new();
    field.write(facts, &mut text).map(|()| text)
}

#[test]
fn names_are_unique_and_fit_a_variable() {
    let mut names = BTreeSet::new();
    for field in all() {
        assert!(names.insert(field.name), "{} is there twice", field.name);
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(field.name.bytes().all(word), "{}", field.name);
        assert!(std::ptr::eq(find(field.name.as_bytes()).unwrap(), field));
    }
    assert!(find(b"nonsense").is_none());
}

#[test]
fn an_unknown_connection_has_a_status_only() {
    let connection = Connection::unknown(SynStatus::Off);
    for field in all().filter(|field| field.name != "panic") {
        let value = text(field, &(&connection).into());
        let expected = match field.name {
            "syn_status" => Some("off"),
            "json" => Some(r#"{"syn_status":"off"}"#),
            _ => None,
        };
        assert_eq!(value.as_deref(), expected, "{}", field.name);
    }
}

#[test]
fn what_is_watched_is_said_of_each_field_that_needs_it() {
    let info = vec![1; 280];
    let unwatched = Connection::unknown(SynStatus::Off);
    let mut timing = Timing::default();
    timing.tls_received(1, || Duration::from_millis(1));
    timing.tls_sent(20, || Duration::from_millis(2));
    timing.tls_received(20, || Duration::from_millis(3));
    let timing = Cell::new(timing);
    // With no version, no cipher suites and no extensions.
    let client_hello = Cell::new(ClientHello::kept(&[0; 12]));
    let mut watched = unwatched.clone();
    watched.info = Some(TcpInfo::new(&info));
    watched.timing = Some(&timing);
    watched.client_hello = Some(&client_hello);
    let session = RefCell::new(Session::new(true));
    session.borrow_mut().received(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x05\0\0\0\x01\x82",
        || Duration::ZERO,
    );
    session.borrow_mut().sent(Duration::ZERO);
    session.borrow_mut().received(b"\0\0\0\x04\x01\0\0\0\0", || Duration::from_millis(1));
    let mut needing = Vec::new();
    for field in all().filter(|field| field.name != "panic") {
        let now = watched.info;
        let (http2, proxy) = (Some(&session), Some(Proxy::Direct));
        let all = Facts { now, http2, proxy, ..Facts::from(&watched) };
        if text(field, &all) != text(field, &Facts::from(&unwatched)) {
            needing.push(field.name);
        }
    }
    let marked = all().filter(|field| !field.watched().is_empty()).map(|field| field.name);
    assert_eq!(needing, marked.collect::<Vec<_>>());
    assert_eq!(find(b"json").unwrap().watched(), Watched::all());
}

#[test]
fn live_fields_read_now_and_the_others_at_accept() {
    let (then, now) = (vec![1; 280], vec![2; 280]);
    let mut connection = Connection::unknown(SynStatus::Off);
    connection.info = Some(TcpInfo::new(&then));
    let read = |name: &str| {
        let facts = Facts { now: Some(TcpInfo::new(&now)), ..(&connection).into() };
        text(find(name.as_bytes()).unwrap(), &facts).unwrap()
    };
    assert_eq!(read("info_state"), "1");
    assert_eq!(read("live_state"), "2");
    assert_eq!(read("min_rtt"), 0x02020202.to_string());
    assert_eq!(read("tcp_info"), "01".repeat(280));
}

/// The record of a client that came twice, the second time from a lower port.
fn host<'d>(connection: &Connection<'d>) -> Host<'d> {
    let mut record = Record::default();
    for (seconds, source_port) in [(1_795_231_000, 40_000), (1_795_231_020, 20_000)] {
        let mut seen = Seen::of(connection, Duration::from_secs(seconds));
        if let Some(identity) = &mut seen.identity {
            identity.observed.source_port = source_port;
        }
        record.see(&seen, connection.database);
    }
    let mut host = Host::new(record, 1_795_231_030, 7200, connection.database);
    host.last_seen = Some(1_795_231_000);
    host
}

#[test]
fn the_gap_is_to_the_round_trip_that_is_shown() {
    // struct tcp_info behind a deferred accept, where the handshake's sample has the client's wait
    // in it (state, rtt, rttvar, segs_in, min_rtt, data_segs_in), and after the first answer.
    let set = |info: &mut Vec<u8>, at: usize, value: u32| {
        info[at..at + 4].copy_from_slice(&value.to_ne_bytes());
    };
    let mut then = vec![0; 280];
    then[0] = 1;
    for (at, value) in [(68, 110_000), (72, 55_000), (140, 2), (148, 110_000), (152, 1)] {
        set(&mut then, at, value);
    }
    let mut now = then.clone();
    set(&mut now, 148, 10_000);
    now[120] = 1;
    let mut timing = Timing::default();
    timing.tls_sent(20, || Duration::ZERO);
    timing.tls_received(20, || Duration::from_millis(111));
    let timing = Cell::new(timing);
    let mut connection = Connection::unknown(SynStatus::Saved);
    connection.info = Some(TcpInfo::new(&then));
    connection.timing = Some(&timing);
    for (info, expected) in
        [(&then, ["110000", "upper_bound", "1000"]), (&now, ["10000", "late", "101000"])]
    {
        for (name, expected) in ["rtt", "rtt_quality", "rtt_gap"].into_iter().zip(expected) {
            let facts = Facts { now: Some(TcpInfo::new(info)), ..(&connection).into() };
            let value = text(find(name.as_bytes()).unwrap(), &facts);
            assert_eq!(value.as_deref(), Some(expected), "{name}");
        }
    }
}

#[test]
fn json_has_the_fields_as_their_variables_show_them() {
    let syn = hex::decode("4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a").unwrap();
    let info = vec![0; 104];
    let database = Database::read(
        [("test", &b"classes=unix\n[mtu]\nlabel=here\nsig=65535\n[tcp:request]\nlabel=g:unix:Linux:6\nsig=4:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0"[..])],
        Rules::default(),
    );
    let database = database.unwrap();
    let mut connection = Connection::of_syn(Syn::parse(&syn).unwrap());
    connection.info = Some(TcpInfo::new(&info));
    connection.accept_time = Some(Duration::from_micros(1_795_231_438_000_010));
    connection.database = Some(&database);
    let user_agent = Some(&b"Mozilla/5.0 (Windows NT 10.0; Win64; x64)"[..]);
    let claim = Some(Claim { platform: None, user_agent });
    let host = host(&connection);
    let facts = Facts { claim, host: Some(&host), ..(&connection).into() };
    let json = text(find(b"json").unwrap(), &facts).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let object = json.as_object().unwrap();
    for field in all().filter(|field| field.name != "panic") {
        let shown = text(field, &facts);
        let in_json = object.get(field.name).map(|value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        match field.name {
            "json" | "tcp_info" | "host_json" | "explanation" => assert!(in_json.is_none()),
            name if name.starts_with("ip_fp") && name != "ip_fp" => assert!(in_json.is_none()),
            "accept_time" => {
                assert_eq!(shown.unwrap(), "1795231438.000010");
                assert_eq!(in_json.unwrap(), "1795231438.00001");
            }
            name => assert_eq!(in_json, shown, "{name}"),
        }
    }
    assert!(
        object["ttl"].is_u64() && object["accept_time"].is_f64() && object["options"].is_string()
    );
    assert_eq!(
        (&object["os"], &object["link"], &object["match"], &object["ua_family"]),
        (&"Linux 6".into(), &"here".into(), &"generic".into(), &"Windows".into())
    );
    assert!(!object.contains_key("flow_label") && !object.contains_key("info_min_rtt"));
}

/// docs/variables.md shows every variable, in this order, with these words.
#[test]
fn the_page_has_every_variable() {
    let page = include_str!("../../docs/variables.md");
    let rows: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `$tcpfp_")?.strip_suffix(" |")?.split_once("` | "))
        .filter(|(name, _)| !name.ends_with("NAME") && (cfg!(feature = "ja4t") || *name != "ja4t"))
        .collect();
    let listed = FIELDS.iter().filter(|field| field.name != "panic");
    assert_eq!(rows, listed.map(|field| (field.name, field.about)).collect::<Vec<_>>());

    let (_, fields) = page.split_once("\n## Fields of struct tcp_info\n").unwrap();
    let members: Vec<_> = fields
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
        .collect();
    let known = crate::tcp_info::MEMBERS.iter().map(|member| (member.name, member.about));
    assert_eq!(members, known.collect::<Vec<_>>());
}
