use std::cell::Cell;
use std::time::Duration;
use std::{fmt, thread};

use proptest::prelude::*;

use super::page::escape;
use super::systems::{BYTES, OTHER, PLACES};
use super::*;
use crate::database::{Database, Label, BUILTIN_NAME};
use crate::signature::p0f::Rules;
use crate::syn::Syn;
use crate::tcp_info::TcpInfo;
use crate::timing::Timing;

/// Linux 6.18 over loopback.
const LINUX: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";

fn page(counters: &Counters, format: Format) -> String {
    let mut text = String::new();
    counters.write(&[], format, &mut text);
    text
}

/// What a page says of a sample, by its name and labels.
#[track_caller]
fn told(counters: &Counters, sample: &str) -> String {
    let page = page(counters, Format::OpenMetrics);
    let line = page.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in {page}")).to_owned()
}

fn count(counters: &Counters, connection: &Connection<'_>) {
    let ended = Ended { connection, wants_info: false, is_forwarded: false };
    counters.count(Subsystem::Http, ended);
}

/// struct tcp_info with a round trip: one sample, whose third ACK was seen.
fn info(micros: u32) -> Vec<u8> {
    let mut bytes = vec![0; 160];
    for (at, value) in [(68, micros), (72, micros / 2), (140, 2), (148, micros)] {
        bytes[at..at + 4].copy_from_slice(&u32::to_ne_bytes(value));
    }
    bytes
}

/// When a TLS round trip took so long.
fn timing(micros: u64) -> Cell<Timing> {
    let mut timing = Timing::default();
    timing.tls_sent(20, || Duration::ZERO);
    timing.tls_received(20, || Duration::from_micros(micros));
    Cell::new(timing)
}

#[test]
fn an_ended_connection() {
    let builtin = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected).unwrap();
    let packet = hex::decode(LINUX).unwrap();
    let (info, timing) = (info(15_000), timing(120_500));
    let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
    connection.database = Some(&builtin);
    connection.info = Some(TcpInfo::new(&info));
    connection.timing = Some(&timing);
    let confidence = connection.verdict().unwrap().confidence;
    let bucket = CONFIDENCES.iter().find(|(most, _)| confidence <= *most).unwrap().1;
    let family = format!(
        r#"tcpfp_family_connections_total{{subsystem="http",family="Linux",confidence="{bucket}"}}"#
    );
    let os = connection.label().unwrap().to_string();

    let counters = Counters::default();
    count(&counters, &connection);
    count(&counters, &connection);
    let wants_info = Ended { connection: &connection, wants_info: true, is_forwarded: true };
    counters.count(Subsystem::Stream, wants_info);
    for (sample, expected) in [
        (r#"tcpfp_connections_total{subsystem="http",syn_status="saved"}"#, "2"),
        (r#"tcpfp_connections_total{subsystem="stream",syn_status="saved"}"#, "1"),
        (r#"tcpfp_connections_total{subsystem="http",syn_status="missing"}"#, "0"),
        (&family, "2"),
        (
            r#"tcpfp_family_connections_total{subsystem="http",family="none",confidence="none"}"#,
            "0",
        ),
        (&format!(r#"tcpfp_os_connections_total{{subsystem="http",os="{os}"}}"#), "2"),
        (&format!(r#"tcpfp_os_connections_total{{subsystem="stream",os="{os}"}}"#), "1"),
        (r#"tcpfp_os_connections_total{subsystem="http",os="none"}"#, "0"),
        (r#"tcpfp_handshake_rtt_seconds_bucket{subsystem="http",le="0.01"}"#, "0"),
        (r#"tcpfp_handshake_rtt_seconds_bucket{subsystem="http",le="0.02"}"#, "2"),
        (r#"tcpfp_handshake_rtt_seconds_bucket{subsystem="http",le="+Inf"}"#, "2"),
        (r#"tcpfp_handshake_rtt_seconds_sum{subsystem="http"}"#, "0.03"),
        (r#"tcpfp_handshake_rtt_seconds_count{subsystem="http"}"#, "2"),
        (r#"tcpfp_rtt_gap_seconds_bucket{subsystem="http",le="0.1"}"#, "0"),
        (r#"tcpfp_rtt_gap_seconds_bucket{subsystem="http",le="0.2"}"#, "2"),
        (r#"tcpfp_rtt_gap_seconds_sum{subsystem="http"}"#, "0.211"),
        (r#"tcpfp_rtt_gap_seconds_count{subsystem="stream"}"#, "1"),
        (r#"tcpfp_errors_total{error="tcp_info"}"#, "0"),
    ] {
        assert_eq!(told(&counters, sample), expected, "{sample}");
    }
}

#[test]
fn connections_of_which_little_is_known() {
    let counters = Counters::default();
    for status in SynStatus::ALL {
        for is_forwarded in [false, true] {
            let connection = &Connection::unknown(status);
            let ended = Ended { connection, wants_info: is_forwarded, is_forwarded };
            counters.count(Subsystem::Http, ended);
        }
    }
    let all = SynStatus::ALL.map(|status| {
        format!(r#"tcpfp_connections_total{{subsystem="http",syn_status="{status}"}}"#)
    });
    for (sample, expected) in all.iter().map(|sample| (&sample[..], "2")).chain([
        (
            r#"tcpfp_family_connections_total{subsystem="http",family="none",confidence="none"}"#,
            "12",
        ),
        (r#"tcpfp_os_connections_total{subsystem="http",os="none"}"#, "12"),
        (r#"tcpfp_handshake_rtt_seconds_count{subsystem="http"}"#, "0"),
        (r#"tcpfp_errors_total{error="syn"}"#, "1"),
        (r#"tcpfp_errors_total{error="source"}"#, "1"),
        (r#"tcpfp_errors_total{error="tcp_info"}"#, "6"),
        (r#"tcpfp_errors_total{error="panic"}"#, "0"),
    ]) {
        assert_eq!(told(&counters, sample), expected, "{sample}");
    }
}

#[test]
fn round_trips_with_something_else_in_them_are_left_out() {
    // Retransmitted, no third ACK, no sample.
    for (at, value) in [(100, 1_u32), (140, 1), (68, 0)] {
        let mut info = info(15_000);
        info[at..at + 4].copy_from_slice(&value.to_ne_bytes());
        let (mut connection, timing) = (Connection::unknown(SynStatus::Off), timing(20_000));
        connection.info = Some(TcpInfo::new(&info));
        connection.timing = Some(&timing);
        let counters = Counters::default();
        count(&counters, &connection);
        for name in ["handshake_rtt", "rtt_gap"] {
            let sample = format!(r#"tcpfp_{name}_seconds_count{{subsystem="http"}}"#);
            assert_eq!(told(&counters, &sample), "0", "{at}");
        }
        connection.forwarded_rtt = Some(5_000);
        count(&counters, &connection);
        assert_eq!(told(&counters, r#"tcpfp_rtt_gap_seconds_sum{subsystem="http"}"#), "0.015");
    }
}

#[test]
fn bounds_of_confidence_and_of_time() {
    for (confidence, bucket) in
        [(0, "0-49"), (49, "0-49"), (50, "50-74"), (74, "50-74"), (75, "75-89"), (90, "90-100")]
    {
        let found = CONFIDENCES.iter().find(|(most, _)| confidence <= *most).unwrap();
        assert_eq!(found.1, bucket);
    }
    for (micros, bucket, before) in [
        (0, "0.001", ""),
        (1_000, "0.001", ""),
        (1_001, "0.002", "0.001"),
        (1_000_000, "1.0", "0.5"),
        (2_000_001, "+Inf", "2.0"),
        (u64::from(u32::MAX), "+Inf", "2.0"),
    ] {
        let counters = Counters::default();
        let mut connection = Connection::unknown(SynStatus::Off);
        connection.forwarded_rtt = Some(micros);
        count(&counters, &connection);
        let of = |le| {
            let sample =
                format!(r#"tcpfp_handshake_rtt_seconds_bucket{{subsystem="http",le="{le}"}}"#);
            told(&counters, &sample)
        };
        assert_eq!(of(bucket), "1", "{micros}");
        assert!(before.is_empty() || of(before) == "0", "{micros}");
    }
}

#[test]
fn requests_dumps_and_failures() {
    let counters = Counters::default();
    counters.count_proxy(Subsystem::Http, Proxy::Proxied);
    counters.count_proxy(Subsystem::Stream, Proxy::Direct);
    counters.count_request(Some(Family::Apple), Some(true));
    counters.count_request(Some(Family::Apple), Some(false));
    counters.count_request(Some(Family::Other), None);
    counters.count_request(None, None);
    counters.count_request(None, None);
    counters.count_dump(Dump::Refused);
    counters.failures(Failure::Panic).fetch_add(1, Ordering::Relaxed);
    for (sample, expected) in [
        (r#"tcpfp_requests_total{family="Apple",os_mismatch="1"}"#, "1"),
        (r#"tcpfp_requests_total{family="Apple",os_mismatch="0"}"#, "1"),
        (r#"tcpfp_requests_total{family="Apple",os_mismatch="none"}"#, "0"),
        (r#"tcpfp_requests_total{family="Other",os_mismatch="none"}"#, "1"),
        (r#"tcpfp_requests_total{family="none",os_mismatch="none"}"#, "2"),
        (r#"tcpfp_proxy_verdicts_total{subsystem="http",proxy="proxied"}"#, "1"),
        (r#"tcpfp_proxy_verdicts_total{subsystem="http",proxy="direct"}"#, "0"),
        (r#"tcpfp_proxy_verdicts_total{subsystem="stream",proxy="direct"}"#, "1"),
        (r#"tcpfp_dumps_total{result="sent"}"#, "0"),
        (r#"tcpfp_dumps_total{result="refused"}"#, "1"),
        (r#"tcpfp_errors_total{error="panic"}"#, "1"),
    ] {
        assert_eq!(told(&counters, sample), expected, "{sample}");
    }
}

#[test]
fn zones() {
    let zone = |name| ZoneCounts {
        name,
        clients: 1,
        capacity: 2,
        evicted: 3,
        refused: 4,
        repaired: 5,
        missed: 6,
    };
    let mut text = String::new();
    let zones = [Some(zone("a")), None, Some(zone("b\"\\"))];
    Counters::default().write(&zones, Format::OpenMetrics, &mut text);
    for (number, name) in (1..).zip([
        "clients",
        "capacity",
        "evicted_total",
        "refused_total",
        "repaired_total",
        "missed_total",
    ]) {
        let both = format!(
            "\ntcpfp_zone_{name}{{zone=\"a\"}} {number}\ntcpfp_zone_{name}{{zone=\"b\\\"\\\\\"}} {number}\n"
        );
        assert!(text.contains(&both), "{both} in {text}");
    }
}

/// As `Database` gives it.
fn label(name: impl fmt::Display) -> Label {
    Label {
        is_generic: false,
        class: "unix".into(),
        name: name.to_string(),
        flavor: String::new(),
        systems: vec![],
    }
}

fn of_systems(systems: &Systems) -> Vec<(String, u64)> {
    let mut all = vec![];
    systems.each(Subsystem::Http, |os, count| all.push((os.to_owned(), count)));
    all.sort();
    all
}

#[test]
fn more_labels_than_places() {
    let systems = Systems::default();
    for turn in 1..=3 {
        for number in 0..PLACES + 10 {
            systems.count(Subsystem::Http, Some(&label(number)));
        }
        let all = of_systems(&systems);
        assert_eq!(all.len(), PLACES + 2);
        let expected = |os: &str| match os {
            OTHER => 10 * turn,
            NONE => 0,
            _ => turn,
        };
        assert!(all.iter().all(|(os, count)| *count == expected(os)), "{all:?}");
    }
    // Who has a place keeps it, and another subsystem has the same ones.
    systems.count(Subsystem::Stream, Some(&label(0)));
    let mut found = 0;
    systems.each(Subsystem::Stream, |os, count| found += u64::from(os == "0") * count);
    assert_eq!(found, 1);
}

#[test]
fn labels_that_would_come_twice() {
    let systems = Systems::default();
    let long = "Ü".repeat(BYTES / 2);
    for name in [NONE, OTHER, "", &long, &format!("{long}x"), &format!("{long} y"), "x\0", "x"] {
        systems.count(Subsystem::Http, Some(&label(name)));
    }
    systems.count(Subsystem::Http, None);
    let expected = [("", 1), (NONE, 2), (OTHER, 1), ("x", 2), (&long, 3)];
    let mut expected = expected.map(|(os, count)| (os.to_owned(), count)).to_vec();
    expected.sort();
    assert_eq!(of_systems(&systems), expected);
    // Cut between characters, and nothing follows.
    let odd = format!("a{}b", "Ü".repeat(BYTES / 2));
    let systems = Systems::default();
    systems.count(Subsystem::Http, Some(&label(&odd)));
    assert!(of_systems(&systems).contains(&(odd[..BYTES - 1].to_owned(), 1)));
}

/// Every one is counted once, however many meet a label at the same time.
#[test]
fn many_at_once() {
    const THREADS: u64 = 8;
    for _ in 0..50 {
        let counters = Counters::default();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for number in 0..PLACES as u64 * 2 {
                        counters.systems.count(Subsystem::Http, Some(&label(number % 140)));
                        count(&counters, &Connection::unknown(SynStatus::Saved));
                    }
                });
            }
        });
        let expected = THREADS * PLACES as u64 * 2;
        let all = of_systems(&counters.systems);
        assert_eq!(all.iter().map(|(_, count)| count).sum::<u64>(), 2 * expected);
        let mut names: Vec<_> = all.iter().map(|(os, _)| os).collect();
        names.dedup();
        assert_eq!(names.len(), all.len(), "no label twice");
        let sample = r#"tcpfp_connections_total{subsystem="http",syn_status="saved"}"#;
        assert_eq!(told(&counters, sample), expected.to_string());
    }
}

#[test]
fn memory_of_another_layout() {
    let counters = Counters::default();
    assert_eq!(counters.claim(), Ok(()));
    assert_eq!(counters.claim(), Ok(()), "as the other module finds it");
    let other = Counters { layout: AtomicU64::new(LAYOUT ^ 3 << 48), ..Counters::default() };
    assert_eq!(other.claim(), Err(VERSION ^ 3));
}

#[test]
fn formats() {
    for (headers, format) in [
        (&[][..], Format::OpenMetrics),
        (&["*/*"], Format::OpenMetrics),
        (&["text/html,*/*;q=0.8"], Format::OpenMetrics),
        (&["Application/OpenMetrics-Text;version=1.0.0,text/plain;q=0.5"], Format::OpenMetrics),
        (&["text/plain", "application/openmetrics-text"], Format::OpenMetrics),
        (&["Text/Plain;version=0.0.4;q=1,*/*;q=0.1"], Format::Prometheus),
        (&["text/plain"], Format::Prometheus),
        (&["\u{ff}"], Format::OpenMetrics),
    ] {
        assert_eq!(Format::accepted(headers.iter().map(|it| it.as_bytes())), format, "{headers:?}");
    }
}

/// Every metric once, in the order of the list, described before its samples, which have its labels.
#[test]
fn the_page_is_the_list() {
    for (format, end) in [(Format::OpenMetrics, "# EOF\n"), (Format::Prometheus, "")] {
        let counters = Counters::default();
        let zone = ZoneCounts {
            name: "clients",
            clients: 0,
            capacity: 0,
            evicted: 0,
            refused: 0,
            repaired: 0,
            missed: 0,
        };
        let mut text = String::new();
        counters.write(&[Some(zone)], format, &mut text);
        let mut rest = &text[..];
        for Metric { name, kind, about, labels } in all() {
            let (suffix, kind_now) = match (format, kind) {
                (Format::OpenMetrics, _) => ("", kind.as_str()),
                (_, Kind::Counter) => ("_total", "counter"),
                (_, Kind::Info) => ("_info", "gauge"),
                _ => ("", kind.as_str()),
            };
            let is_timed = format == Format::OpenMetrics && *kind == Kind::Histogram;
            let unit = if is_timed { format!("# UNIT {name} seconds\n") } else { String::new() };
            let head =
                format!("# TYPE {name}{suffix} {kind_now}\n{unit}# HELP {name}{suffix} {about}\n");
            rest = rest.strip_prefix(&head).unwrap_or_else(|| panic!("no {head} before {rest}"));
            let mut samples = 0;
            while !rest.is_empty() && !rest.starts_with('#') {
                let (line, following) = rest.split_once('\n').unwrap();
                let (sample, labelled) = line.split_once('{').unwrap();
                assert!(kind.suffixes().contains(&sample.strip_prefix(name).unwrap()), "{line}");
                let names = labelled.split("\",").map(|label| label.split('=').next().unwrap());
                let names: Vec<_> = names.filter(|name| *name != "le").collect();
                assert_eq!(names, *labels, "{line}");
                (rest, samples) = (following, samples + 1);
            }
            assert!(samples > 0, "{name}");
        }
        assert_eq!(rest, end);
    }
}

/// What is between quotes, read as OpenMetrics has it.
fn unescape(text: &str) -> String {
    let (mut value, mut characters) = (String::new(), text.chars());
    while let Some(character) = characters.next() {
        assert!(!matches!(character, '"' | '\n'), "{text}");
        value.push(match character {
            '\\' => match characters.next().unwrap() {
                'n' => '\n',
                special @ ('\\' | '"') => special,
                other => panic!("\\{other} in {text}"),
            },
            plain => plain,
        });
    }
    value
}

proptest! {
    #[test]
    fn labels_are_escaped(value in prop_oneof![any::<String>(), "[\\\\\"\n\r\tnü]{0,20}"]) {
        let mut text = String::new();
        escape(&value, &mut text);
        prop_assert_eq!(unescape(&text), value);
    }

    /// Whatever a database calls its systems, each has one line, whose value is its name.
    #[test]
    fn pages_of_any_labels(names in prop::collection::vec("[\\\\\"\n ={}nü]{0,6}", 0..40)) {
        let counters = Counters::default();
        for name in &names {
            counters.systems.count(Subsystem::Http, Some(&label(name)));
        }
        let text = page(&counters, Format::OpenMetrics);
        let begin = "tcpfp_os_connections_total{subsystem=\"http\",os=\"";
        let mut told: Vec<_> = text.lines().filter_map(|line| {
            let (os, count) = line.strip_prefix(begin)?.rsplit_once("\"} ")?;
            Some((unescape(os), count.parse::<usize>().unwrap()))
        }).filter(|(os, _)| os != NONE && os != OTHER).collect();
        told.sort();
        let mut distinct = names.clone();
        distinct.sort();
        distinct.dedup();
        let expected: Vec<_> = distinct.into_iter().map(|name| {
            let count = names.iter().filter(|it| **it == name).count();
            (name, count)
        }).collect();
        prop_assert_eq!(told, expected);
    }
}
