use std::borrow::Cow;
use std::io::{self, Cursor, Read, Write};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Mutex;
use std::time::Duration;

use ngx_tcpfp::database::Database;
use ngx_tcpfp::signature::p0f::Rules;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::{DataLink, Endianness, TsResolution};

use crate::classify::{classify, Classifier};
use crate::input::{self, Record};

const SYN: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";
const SYN6: &str = "6009879b00280640000000000000000000000000000000010000000000000000000000000000000181242379b5240b2100000000a002ffc4003000000204ffc40402080a2f0115c0000000000103030a";

/// Whether all were SYNs, and each line as `ttl/syn` or the error.
fn run(input: &[u8]) -> (bool, Vec<String>) {
    let mut out = Vec::new();
    let all_syns = classify(Cursor::new(input.to_vec()), &mut out, Classifier::default()).unwrap();
    let lines = String::from_utf8(out).unwrap();
    let describe = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        match object["error"].as_str() {
            Some(error) => error.to_owned(),
            None => format!("{}/{}", object["ttl"], object["syn"].as_str().unwrap()),
        }
    };
    (all_syns, lines.lines().map(describe).collect())
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

fn expected() -> (bool, Vec<String>) {
    (true, vec![format!("64/{SYN}"), format!("64/{SYN6}")])
}

#[test]
fn lines_of_hex() {
    let upper = SYN.to_uppercase();
    let input = format!("{SYN}\n {SYN6}\r\n0x{upper}");
    assert_eq!(
        run(input.as_bytes()),
        (true, vec![format!("64/{SYN}"), format!("64/{SYN6}"), format!("64/{SYN}"),])
    );
    assert_eq!(run(b""), (true, vec![]));
}

#[test]
fn a_line_that_is_no_syn_gives_an_error_in_its_place() {
    let (all_syns, lines) = run(format!("-\n{SYN}\nabc\n\n4500\né\n").as_bytes());
    assert!(!all_syns);
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[1], format!("64/{SYN}"));
    assert_eq!(lines[3], "empty");
    assert_eq!(lines[4], "truncated: 2 bytes, the headers take at least 20");
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
    assert!(classify(source, Answered(sender), Classifier::default()).unwrap());
}

#[test]
fn captures_of_every_link_type() {
    let ethernet = |packet: &[u8]| {
        let ether_type: &[u8] = if packet[0] >> 4 == 4 { &[8, 0] } else { &[0x86, 0xdd] };
        [&[0; 12], ether_type, packet].concat()
    };
    let vlan = |packet: &[u8]| {
        let ether_type: &[u8] = if packet[0] >> 4 == 4 { &[8, 0] } else { &[0x86, 0xdd] };
        [&[0; 12], &[0x81, 0, 0, 7][..], ether_type, packet].concat()
    };
    let behind = |len: usize| move |packet: &[u8]| [&vec![0; len], packet].concat();
    type Frame<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;
    let links: [(u32, Frame); 8] = [
        (101, Box::new(behind(0))),
        (228, Box::new(behind(0))),
        (1, Box::new(ethernet)),
        (1, Box::new(vlan)),
        (113, Box::new(behind(16))),
        (276, Box::new(behind(20))),
        (0, Box::new(behind(4))),
        (108, Box::new(behind(4))),
    ];
    for (link, frame) in links {
        for endianness in [Endianness::Big, Endianness::Little] {
            let header = PcapHeader {
                datalink: DataLink::from(link),
                endianness,
                ts_resolution: TsResolution::NanoSecond,
                ..PcapHeader::default()
            };
            let mut writer = PcapWriter::with_header(Vec::new(), header).unwrap();
            for packet in packets() {
                let frame = frame(&packet);
                let len = frame.len() as u32;
                let packet = PcapPacket::new_owned(Duration::from_secs(1), len, frame);
                writer.write_packet(&packet).unwrap();
            }
            assert_eq!(run(&writer.into_writer()), expected(), "link type {link}");
        }
    }
}

#[test]
fn pcapng() {
    let mut writer = PcapNgWriter::new(Vec::new()).unwrap();
    for datalink in [DataLink::NULL, DataLink::RAW] {
        let interface =
            InterfaceDescriptionBlock { linktype: datalink, snaplen: 0, options: vec![] };
        writer.write_pcapng_block(interface).unwrap();
    }
    for packet in packets() {
        let block = EnhancedPacketBlock {
            interface_id: 1,
            timestamp: Duration::from_secs(1),
            original_len: packet.len() as u32,
            data: Cow::Owned(packet),
            options: vec![],
        };
        writer.write_pcapng_block(block).unwrap();
    }
    assert_eq!(run(&writer.into_inner()), expected());
}

/// SYNs of two addresses; the first is sent twice, and packets that are no SYN are between them.
#[test]
fn hosts() {
    let classify_hosts = |input: Vec<u8>| {
        let classifier = Classifier { hosts: Some(Mutex::default()), ..Classifier::default() };
        let mut out = Vec::new();
        let all_syns = classify(Cursor::new(input), &mut out, classifier).unwrap();
        let lines = String::from_utf8(out).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap());
        (all_syns, lines.collect::<Vec<serde_json::Value>>())
    };
    let header = PcapHeader { datalink: DataLink::RAW, ..PcapHeader::default() };
    let mut capture = PcapWriter::with_header(Vec::new(), header).unwrap();
    let mut packets = packets();
    packets.insert(1, packets[0].clone());
    packets.push(packets[0].clone());
    packets[5][21] += 1;
    for (packet, seconds) in packets.into_iter().zip(10..) {
        let len = packet.len() as u32;
        let packet = PcapPacket::new_owned(Duration::from_secs(seconds), len, packet);
        capture.write_packet(&packet).unwrap();
    }
    let (all_syns, lines) = classify_hosts(capture.into_writer());
    assert!(all_syns);
    let told = |line: &serde_json::Value| {
        ["first_seen", "last_seen", "conn_count"].map(|key| line["host"][key].as_u64())
    };
    let expected = [(10, None, 1), (10, None, 1), (14, None, 1), (10, Some(10), 2)];
    let expected = expected.map(|(first, last, count)| [Some(first), last, Some(count)]);
    assert_eq!(lines.iter().map(told).collect::<Vec<_>>(), expected);

    let (all_syns, lines) = classify_hosts(SYN.into());
    assert!(!all_syns);
    assert_eq!(lines[0]["error"], "a line of hex tells no time, which --hosts needs");
}

/// Units of time in a pcapng, by the interface's option if_tsresol.
#[test]
fn resolutions() {
    let cases = [
        (1_500_000_000_123_456, None),
        (1_500_000_000_123_456_789, Some(9)),
        (1_500_000_000, Some(0)),
        (1_500_000_000 << 10, Some(0x80 | 10)),
        (15_000_000_001_234_567_890, Some(10)),
    ];
    for (units, resolution) in cases {
        let mut writer = PcapNgWriter::new(Vec::new()).unwrap();
        let options = resolution.map(InterfaceDescriptionOption::IfTsResol);
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::RAW,
            snaplen: 0,
            options: options.into_iter().collect(),
        };
        writer.write_pcapng_block(interface).unwrap();
        let data = hex::decode(SYN).unwrap();
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: Duration::from_nanos(units),
            original_len: data.len() as u32,
            data: Cow::Owned(data),
            options: vec![],
        };
        writer.write_pcapng_block(block).unwrap();
        let mut times = Vec::new();
        input::for_each(Cursor::new(writer.into_inner()), |record| {
            if let Record::Packet(_, time) = record {
                times.push(time.as_secs());
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(times, [1_500_000_000], "{resolution:?}");
    }
}

#[test]
fn a_broken_capture_is_an_error() {
    let mut capture = PcapWriter::new(Vec::new()).unwrap().into_writer();
    capture.extend_from_slice(&[1; 20]);
    assert!(classify(Cursor::new(capture), Vec::new(), Classifier::default()).is_err());
}
