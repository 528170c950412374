use std::io::{self, Cursor, Read, Write};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;
use std::time::Duration;

use flate2::write::GzEncoder;
use ngx_tcpfp::database::Database;
use ngx_tcpfp::signature::p0f::Rules;
use proptest::prelude::*;

use crate::classify::{classify, Classifier, Outcome};
use crate::form::{Form, Table};
use crate::input;
use crate::item::Item;
use crate::link::Link;
use crate::order::Order;
use crate::status::Status;
use crate::tunnel;

const SYN: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";
const SYN6: &str = "6009879b00280640000000000000000000000000000000010000000000000000000000000000000181242379b5240b2100000000a002ffc4003000000204ffc40402080a2f0115c0000000000103030a";

/// What became of an input, and all that was written.
fn answers(input: Vec<u8>, classifier: Classifier) -> (Outcome, String) {
    let mut out = Vec::new();
    let outcome = classify(Cursor::new(input), &mut out, classifier).unwrap();
    (outcome, String::from_utf8(out).unwrap())
}

/// The same, each line as `ttl/syn` or the error.
fn run(input: &[u8]) -> (Outcome, Vec<String>) {
    let (outcome, lines) = answers(input.to_vec(), Classifier::default());
    let describe = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        match object["error"].as_str() {
            Some(error) => format!("{}: {error}", object["line"]),
            None => format!("{}/{}", object["ttl"], object["syn"].as_str().unwrap()),
        }
    };
    (outcome, lines.lines().map(describe).collect())
}

/// The two SYNs as captured packets: one with a payload, and others between them.
fn packets() -> Vec<Vec<u8>> {
    let (syn, syn6) = (hex::decode(SYN).unwrap(), hex::decode(SYN6).unwrap());
    let mut syn_ack = syn.clone();
    syn_ack[33] = 0x12;
    let mut udp = syn.clone();
    udp[9] = 17;
    vec![syn, syn_ack, udp, [&syn6[..], b"payload"].concat()]
}

/// What is said of these.
fn expected() -> Vec<String> {
    vec![format!("64/{SYN}"), format!("64/{SYN6}")]
}

const RAW: u32 = 101;
const MICROSECONDS: u32 = 0xa1b2_c3d4;

/// A pcap of raw IP packets, a second apart.
fn pcap<'p>(packets: impl IntoIterator<Item = &'p Vec<u8>>) -> Vec<u8> {
    let mut file = vec![];
    let mut put = |numbers: &[u32]| {
        numbers.iter().for_each(|number| file.extend(number.to_be_bytes()));
    };
    put(&[MICROSECONDS, 0x0002_0004, 0, 0, 0, RAW]);
    for (packet, seconds) in packets.into_iter().zip(10..) {
        let len = packet.len() as u32;
        file.extend([seconds, 0, len, len].into_iter().flat_map(u32::to_be_bytes));
        file.extend(packet);
    }
    file
}

/// A block of a pcapng.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
    let len = (12 + body.len() + padding.len()) as u32;
    [&kind.to_be_bytes(), &len.to_be_bytes(), body, &padding, &len.to_be_bytes()[..]].concat()
}

/// The header of a section, and an interface of raw IP packets with these options.
fn section(options: &[u8]) -> Vec<u8> {
    let header = [&[0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0][..], &[0xff; 8]].concat();
    let interface = [&[0, RAW as u8, 0, 0, 0, 0, 0, 0], options].concat();
    [block(0x0a0d_0d0a, &header), block(1, &interface)].concat()
}

/// An enhanced packet block.
fn enhanced(interface: u32, units: u64, packet: &[u8]) -> Vec<u8> {
    let len = packet.len() as u32;
    let numbers = [interface, (units >> 32) as u32, units as u32, len, len];
    block(6, &[&numbers.map(u32::to_be_bytes).concat(), packet].concat())
}

/// A pcapng of raw IP packets.
fn pcapng(packets: &[Vec<u8>]) -> Vec<u8> {
    let packets = packets.iter().flat_map(|packet| enhanced(0, 0, packet));
    section(&[]).into_iter().chain(packets).collect()
}

#[test]
fn lines_of_hex() {
    let upper = SYN.to_uppercase();
    let input = format!("{SYN}\n {SYN6}\r\n0x{upper}");
    let (outcome, lines) = run(input.as_bytes());
    assert_eq!(outcome.status(), Status::Good);
    assert_eq!(lines, [expected(), vec![format!("64/{SYN}")]].concat());
    let (outcome, lines) = run(b"");
    assert_eq!((outcome.status(), outcome.words(), lines), (Status::Good, None, vec![]));
}

#[test]
fn a_line_that_is_no_syn_gives_an_error_in_its_place() {
    // Longer than what is kept of a line, and no SYN in it.
    let long = SYN.repeat(1 << 14);
    let (outcome, lines) = run(format!("-\n{SYN}\n{long}\n\n4500\n\u{e9}\n{SYN6}").as_bytes());
    assert_eq!(outcome.status(), Status::Wrong);
    assert_eq!(lines.len(), 7);
    assert_eq!(lines[0], "1: odd number of digits");
    assert_eq!([&lines[1], &lines[6]], [&expected()[0], &expected()[1]]);
    assert_eq!(lines[3], "4: empty");
    assert_eq!(lines[4], "5: truncated: 2 bytes, the headers take at least 20");
    assert!(lines[5].starts_with("6: "));
}

#[test]
fn user_agents() {
    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
    const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64)";
    let builtin = [("builtin", Database::builtin())];
    let input = format!(
        "{SYN}\t{WINDOWS}\n{SYN} \t {LINUX}\r\n{SYN}\tcurl/8.5.0\n{SYN}\n{SYN}\t\nabc\t{LINUX}"
    );
    let claims = |agent: Option<&str>| {
        let mut out = Vec::new();
        let database = Database::read(builtin, Rules::Corrected).unwrap();
        let user_agent = agent.map(str::to_owned);
        let classifier = Classifier { database, user_agent, ..Classifier::default() };
        classify(Cursor::new(input.clone().into_bytes()), &mut out, classifier).unwrap();
        let claim = |line: &str| {
            let object: serde_json::Value = serde_json::from_str(line).unwrap();
            format!("{}/{}", object["ua_family"].as_str().unwrap_or("-"), object["os_mismatch"])
        };
        String::from_utf8(out).unwrap().lines().map(claim).collect::<Vec<_>>()
    };
    let (windows, linux, none) = ("Windows/1", "Linux/0", "-/null");
    assert_eq!(claims(None), [windows, linux, none, none, none, none]);
    assert_eq!(claims(Some(WINDOWS)), [windows, linux, none, windows, windows, none]);
}

/// Gives a line, and the next once the first has been answered.
struct Patient {
    lines: std::vec::IntoIter<String>,
    answers: Receiver<()>,
    given: usize,
}

impl Read for Patient {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.given > 0 {
            let timeout = |_| io::Error::from(io::ErrorKind::TimedOut);
            self.answers.recv_timeout(Duration::from_secs(20)).map_err(timeout)?;
        }
        self.given += 1;
        let line = self.lines.next().unwrap_or_default();
        room[..line.len()].copy_from_slice(line.as_bytes());
        Ok(line.len())
    }
}

/// Counts answers.
struct Answered(Sender<()>);

impl Write for Answered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for _ in bytes.iter().filter(|&&byte| byte == b'\n') {
            self.0.send(()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_has_come_is_answered_before_more_is_waited_for() {
    let (sender, answers) = channel();
    let lines = vec![format!("{SYN}\n"), format!("{SYN6}\n")].into_iter();
    let source = Patient { lines, answers, given: 0 };
    let outcome = classify(source, Answered(sender), Classifier::default()).unwrap();
    assert!(outcome.stopped.is_none() && outcome.syns == 2);
}

#[test]
fn captures() {
    let packets = packets();
    for capture in [pcap(&packets), pcapng(&packets)] {
        let (outcome, lines) = run(&capture);
        assert_eq!((outcome.status(), outcome.words(), lines), (Status::Good, None, expected()));
    }
    let (outcome, lines) = run(&pcap(&packets[1..3]));
    assert_eq!((outcome.status(), lines), (Status::Good, vec![]));
    assert_eq!(outcome.words().unwrap(), "no SYN among 2 packets read");
    let (outcome, _) = run(&pcap(&[]));
    assert_eq!((outcome.status(), outcome.words()), (Status::Good, None));
}

#[test]
fn compressed() {
    let capture = pcap(&packets());
    let (first, second) = capture.split_at(capture.len() / 2);
    let gzip = |part| {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |part| zstd::encode_all(part, 0).unwrap();
    // Several streams are one file.
    for parts in [[gzip(first), gzip(second)], [zstd(first), zstd(second)]] {
        let (outcome, lines) = run(&parts.concat());
        assert_eq!((outcome.status(), outcome.words(), lines), (Status::Good, None, expected()));
    }
    let mut cut = gzip(&capture);
    cut.truncate(cut.len() - 12);
    let (outcome, lines) = run(&cut);
    assert!(outcome.stopped.is_some());
    assert_eq!(lines.first(), expected().first());
}

/// SYNs of two addresses; the first is sent twice, and packets that are no SYN are between them.
#[test]
fn hosts() {
    let classify_hosts = |input: Vec<u8>| {
        let classifier = Classifier { hosts: Some(Mutex::default()), ..Classifier::default() };
        let (outcome, lines) = answers(input, classifier);
        let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
        (outcome.status(), lines.collect::<Vec<serde_json::Value>>())
    };
    let mut packets = packets();
    packets.insert(1, packets[0].clone());
    packets.push(packets[0].clone());
    packets[5][21] += 1;
    let (status, lines) = classify_hosts(pcap(&packets));
    assert_eq!(status, Status::Good);
    let told = |line: &serde_json::Value| {
        ["first_seen", "last_seen", "conn_count"].map(|key| line["host"][key].as_u64())
    };
    let expected = [(10, None, 1), (10, None, 1), (14, None, 1), (10, Some(10), 2)];
    let expected = expected.map(|(first, last, count)| [Some(first), last, Some(count)]);
    assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), expected);

    let (status, lines) = classify_hosts(SYN.into());
    assert_eq!(status, Status::Wrong);
    assert_eq!(lines[0]["error"], "a line of hex tells no time, which --hosts needs");

    // A simple packet block tells none either: its SYN is there all the same.
    let syn = hex::decode(SYN).unwrap();
    let simple = block(3, &[&(syn.len() as u32).to_be_bytes(), &syn[..]].concat());
    let (status, lines) = classify_hosts([section(&[]), simple].concat());
    assert_eq!((status, &lines[0]["ttl"]), (Status::Good, &64.into()));
    assert!(lines[0]["host"].is_null());
}

/// Units of time in a pcapng, by the interface's options if_tsresol and if_tsoffset.
#[test]
fn times() {
    let resolution = |resolution| vec![0, 9, 0, 1, resolution, 0, 0, 0];
    let offset = |seconds: i64| [&[0, 14, 0, 8], &seconds.to_be_bytes()[..]].concat();
    let cases = [
        (1_500_000_000_123_456, vec![]),
        (1_500_000_000_123_456_789, resolution(9)),
        (1_500_000_000, resolution(0)),
        (1_500_000_000 << 10, resolution(0x80 | 10)),
        (15_000_000_001_234_567_890, resolution(10)),
        (1_000_000_000_123_456, offset(500_000_000)),
        (1_500_000_001_000_000, offset(-1)),
    ];
    for (units, options) in cases {
        let input = [section(&options), enhanced(0, units, &hex::decode(SYN).unwrap())].concat();
        let mut times = Vec::new();
        input::for_each(&input[..], |item| {
            if let Item::Frame(_, time, _) = item {
                times.push(time.map(|time| time.as_secs()));
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(times, [Some(1_500_000_000)], "{options:?}");
    }
}

/// What cannot be read, how the command then ends, and what it says.
#[test]
fn unreadable() {
    let [syn, ..] = &packets()[..] else { unreachable!() };
    let whole = pcap([syn]);
    let cut = |len| whole[..len].to_vec();
    let short = pcap([&syn[..30].to_vec()]);
    let mut link = whole.clone();
    link[23] = 220;
    let other = enhanced(7, 0, syn);
    let cases = [
        (cut(24 + 16 + 59), 0, Status::Unreadable, "it ends in the middle of a packet, at byte 99"),
        (cut(30), 0, Status::Unreadable, "it ends in the middle of a packet, at byte 30"),
        (cut(20), 0, Status::Unreadable, "it ends in the middle of a packet, at byte 20"),
        (
            [&whole[..], &[1; 15]].concat(),
            1,
            Status::Good,
            "it ends in the middle of a packet, at byte 115",
        ),
        (
            [&whole[..], &[1; 99]].concat(),
            1,
            Status::Good,
            "a packet of 16843009 bytes at byte 100",
        ),
        (short, 0, Status::Unreadable, "1 packet passed over: 1 cut short"),
        (link, 0, Status::Unreadable, "1 packet passed over: 1 of link type 220"),
        (
            [section(&[]), other.clone(), enhanced(0, 0, syn), other].concat(),
            1,
            Status::Good,
            "2 packets passed over: 2 of an unknown interface",
        ),
        (
            // A packet that is said to be longer than its block.
            [section(&[]), block(6, &[0xff; 20]), block(6, &[0; 15]), enhanced(0, 0, syn)].concat(),
            1,
            Status::Good,
            "2 packets passed over: 1 of an unknown interface, 1 malformed",
        ),
        (
            [&section(&[])[..], &enhanced(0, 0, syn), &[0; 12]].concat(),
            1,
            Status::Good,
            "a block of 0 bytes at byte 140",
        ),
    ];
    for (capture, syns, status, words) in cases {
        let (outcome, lines) = run(&capture);
        assert_eq!((lines.len(), outcome.status()), (syns, status), "{words}");
        assert!(outcome.words().unwrap().starts_with(words), "{:?}", outcome.words());
    }
}

/// Answers in the other forms.
fn formed(input: Vec<u8>, form: Form) -> Vec<String> {
    let database = Database::read([("builtin", Database::builtin())], Rules::Corrected).unwrap();
    let hosts = input.starts_with(&MICROSECONDS.to_be_bytes()).then(Mutex::default);
    let (_, lines) = answers(input, Classifier { database, hosts, form, ..Classifier::default() });
    lines.lines().map(str::to_owned).collect()
}

#[test]
fn csv() {
    let capture = pcap(&packets());
    let lines = formed(capture.clone(), Form::csv(Vec::new(), true));
    assert_eq!(lines.len(), 3);
    let columns: Vec<_> = lines[0].split(',').collect();
    let json = formed(capture, Form::Json);
    for object in json.iter().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        for key in object.as_object().unwrap().keys().filter(|key| *key != "host") {
            assert!(columns.contains(&key.as_str()), "{key}");
        }
    }
    assert!(columns.contains(&"host_conn_count"));
    assert!(lines[1].contains(r#","2,4,8,1,3",020"#), "{}", lines[1]);
    let lines = formed(format!("{SYN}\nx,\"").into(), Form::csv(Vec::new(), false));
    assert!(!lines[0].contains("host_") && lines[0].ends_with(",error,line"));
    assert!(lines[2].starts_with(",,,") && lines[2].ends_with(",odd number of digits,2"));
}

#[test]
fn table() {
    let far = {
        let mut packet = packets()[3].clone();
        packet[8..24].fill(0xfe);
        packet
    };
    let lines = formed(pcap([&packets()[0], &far, &packets()[0]]), Form::Table(Table::default()));
    let columns =
        |header: &str| ["os", "family", "hops", "link"].map(|name| header.find(name).unwrap());
    assert_eq!(lines.len(), 5);
    // An address of its full length makes the columns move, once.
    let (narrow, wide) = (columns(&lines[0]), columns(&lines[2]));
    assert!(narrow[0] < wide[0]);
    for (line, [os, family, hops, link]) in [(1, narrow), (3, wide), (4, wide)] {
        let line = &lines[line];
        assert!(line[..os].ends_with(' ') && line[os..].starts_with("Linux "), "{line}");
        assert!(line[family..].starts_with("Linux ") && line[..hops].contains('%'), "{line}");
        assert!(line[hops..link].ends_with("   0 "), "{line}");
        assert!(line.split("  connection").next().unwrap().chars().count() <= 100, "{line}");
    }
    assert!(lines[3].starts_with("fefe:fefe:fefe:fefe:fefe:fefe:fefe:fefe "));
    assert!(lines[4].ends_with("connection 1"));
    assert_eq!(formed("-".into(), Form::Table(Table::default())), ["line 1: odd number of digits"]);
}

/// Gives a byte at a time.
struct Trickle<'b>(&'b [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.0.read(&mut room[..1])
    }
}

/// The bytes of all items, and why there are no more.
fn items(source: impl Read) -> (Vec<Vec<u8>>, Option<String>) {
    let mut found = Vec::new();
    let done = input::for_each(source, |item| {
        found.push(match item {
            Item::Frame(_, _, bytes) | Item::Line(_, bytes) => bytes.to_vec(),
            Item::Unread(_) => b"unread".to_vec(),
        });
        Ok(())
    });
    (found, done.err().map(|error| error.to_string()))
}

fn any_capture() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<u8>>)> {
    let packets = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..99), 0..9);
    (packets, any::<bool>()).prop_map(|(packets, is_ng)| {
        (if is_ng { pcapng(&packets) } else { pcap(&packets) }, packets)
    })
}

proptest! {
    /// However much of a file is missing, what is there is read, and nothing else.
    #[test]
    fn a_file_that_was_cut_gives_what_is_there(
        (capture, packets) in any_capture(), at in any::<prop::sample::Index>()
    ) {
        // Less than the first four bytes is text.
        let len = 4 + at.index(capture.len() - 3);
        let (found, stopped) = items(&capture[..len]);
        prop_assert_eq!(&found[..], &packets[..found.len()]);
        let whole = [pcap(&packets[..found.len()]), pcapng(&packets[..found.len()])];
        let is_whole = whole.iter().any(|whole| whole[..] == capture[..len]);
        // A section's header may stand alone.
        prop_assert_eq!(stopped.is_none(), is_whole || len == 28 && capture[0] == 0x0a);
        prop_assert_eq!(items(Trickle(&capture[..len])), (found, stopped));
    }

    /// Any byte may be another one.
    #[test]
    fn a_file_that_was_damaged_gives_what_was_before(
        (mut capture, packets) in any_capture(), at in any::<prop::sample::Index>(), byte: u8
    ) {
        let at = at.index(capture.len());
        capture[at] = byte;
        let write = if capture[0] == 0x0a { pcapng } else { |packets: &[_]| pcap(packets) };
        let is_intact = |&count: &usize| write(&packets[..count]).len() <= at;
        let intact = (0..=packets.len()).rev().find(is_intact).unwrap_or(0);
        let (found, _) = items(&capture[..]);
        prop_assert!(found.starts_with(&packets[..intact]));
        answers(capture, Classifier::default());
    }

    /// Any bytes of any link, with tunnels and without.
    #[test]
    fn any_frame(kind in 0..300_u16, big: bool, tunnels: bool, frame: Vec<u8>) {
        let order = if big { Order::Big } else { Order::Little };
        let _ = tunnel::syn(Link { kind, order }, &frame, tunnels);
    }
}
