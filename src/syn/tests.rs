use proptest::prelude::*;

use super::*;
use crate::connection::{Connection, SynStatus};
use crate::field;

/// Linux 6.18 over loopback, saved by the kernel.
const V4: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";
/// The same over IPv6.
const V6: &str = "6009879b00280640000000000000000000000000000000010000000000000000000000000000000181242379b5240b2100000000a002ffc4003000000204ffc40402080a2f0115c0000000000103030a";

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

/// `V4` with other TCP options, padded and counted.
fn with_options(options: &[u8]) -> Vec<u8> {
    let mut packet = bytes(V4)[..40].to_vec();
    packet.extend_from_slice(options);
    assert_eq!(options.len() % 4, 0, "options are padded to words");
    packet[32] = (((20 + options.len()) / 4) << 4) as u8;
    packet[3] = packet.len() as u8;
    packet
}

/// The value of a field as the variable shows it, `-` where it is absent.
fn value(packet: &[u8], name: &str) -> String {
    let mut connection = Connection::unknown(SynStatus::Saved);
    connection.syn = Syn::parse(packet).ok();
    let field = field::find(name.as_bytes()).unwrap();
    field.read(&(&connection).into()).map_or("-".to_owned(), |value| value.to_string())
}

#[test]
fn fields_of_real_syns() {
    let cases = [
        ("ip_version", "4", "6"),
        ("ttl", "64", "64"),
        ("df", "1", "-"),
        ("ip_id", "2239", "-"),
        ("tos", "0", "0"),
        ("ip_ecn", "0", "0"),
        ("ip_flags", "2", "-"),
        ("ip_hlen", "20", "40"),
        ("ip_len", "60", "80"),
        ("ip_options", "-", "-"),
        ("flow_label", "-", "624539"),
        ("ip_checksum", "13307", "-"),
        ("tcp_checksum", "65072", "48"),
        ("src_addr", "127.0.0.1", "::1"),
        ("src_port", "46350", "33060"),
        ("dst_addr", "127.0.0.1", "::1"),
        ("dst_port", "9080", "9081"),
        ("window", "65495", "65476"),
        ("mss", "65495", "65476"),
        ("wscale", "10", "10"),
        ("options", "2,4,8,1,3", "2,4,8,1,3"),
        (
            "options_hex",
            "0204ffd70402080a28861183000000000103030a",
            "0204ffc40402080a2f0115c0000000000103030a",
        ),
        ("sack_ok", "1", "1"),
        ("tsval", "679874947", "788600256"),
        ("tsecr", "0", "0"),
        ("seq", "545606023", "3039038241"),
        ("ack", "0", "0"),
        ("urgptr", "0", "0"),
        ("flags", "2", "2"),
        ("tcp_ecn", "0", "0"),
        ("tcp_hlen", "40", "40"),
        ("payload_len", "0", "0"),
        ("syn", V4, V6),
    ];
    for (name, v4, v6) in cases {
        assert_eq!(value(&bytes(V4), name), v4, "{name} of IPv4");
        assert_eq!(value(&bytes(V6), name), v6, "{name} of IPv6");
    }
}

#[test]
fn fields_follow_the_bytes() {
    // Byte of V4, its new value, field, expectation.
    let cases: &[(usize, u8, &str, &str)] = &[
        (1, 0xff, "tos", "255"),
        (1, 0x02, "ip_ecn", "2"),
        (3, 65, "payload_len", "5"),
        (6, 0x00, "df", "0"),
        (6, 0x80, "ip_flags", "4"),
        (8, 0, "ttl", "0"),
        (8, 255, "ttl", "255"),
        (28, 0x01, "ack", "16777216"),
        (32, 0xa1, "flags", "258"),
        (33, 0xc2, "flags", "194"),
        (33, 0xc2, "tcp_ecn", "3"),
        (33, 0x42, "tcp_ecn", "1"),
        (33, 0x82, "tcp_ecn", "2"),
        (32, 0xa1, "tcp_ecn", "4"),
        (39, 7, "urgptr", "7"),
        (59, 15, "wscale", "15"),
    ];
    for &(at, byte, name, expected) in cases {
        let mut packet = bytes(V4);
        packet[at] = byte;
        assert_eq!(value(&packet, name), expected, "{name} with byte {at} = {byte:#04x}");
    }
}

/// Apple asks so today.
#[test]
fn accurate_ecn_is_told_from_ecn() {
    let mut packet = bytes(V4);
    (packet[32], packet[33]) = (0xa1, 0xc2);
    assert_eq!(value(&packet, "tcp_ecn"), "7");
}

#[test]
fn options_are_walked_as_the_kernel_walks_them() {
    // Options, kinds, MSS, scale, SACK, TSval.
    let cases: &[(&[u8], &str, &str, &str, &str, &str)] = &[
        (&[], "-", "-", "-", "0", "-"),
        (&[1, 1, 1, 1], "1,1,1,1", "-", "-", "0", "-"),
        (&[2, 4, 5, 0xb4], "2", "1460", "-", "0", "-"),
        (&[2, 4, 0, 0], "2", "0", "-", "0", "-"),
        // A length of 0 or 1 ends the walk; what came before counts.
        (&[4, 2, 2, 0, 5, 0xb4, 1, 1], "4,2", "-", "-", "1", "-"),
        (&[4, 2, 2, 1, 5, 0xb4, 1, 1], "4,2", "-", "-", "1", "-"),
        // So does one past the end.
        (&[4, 2, 2, 5], "4,2", "-", "-", "1", "-"),
        (&[1, 1, 1, 3], "1,1,1,3", "-", "-", "0", "-"),
        (&[3, 255, 7, 0], "3", "-", "-", "0", "-"),
        // Right kinds with wrong lengths are walked over, not believed.
        (&[2, 3, 5, 3, 3, 7, 0, 0], "2,3,0", "-", "7", "0", "-"),
        (&[3, 4, 7, 0, 4, 3, 0, 0], "3,4,0", "-", "-", "0", "-"),
        // End of list: included, what follows is not.
        (&[2, 4, 5, 0xb4, 0, 0, 0, 0], "2,0", "1460", "-", "0", "-"),
        (&[0, 2, 4, 5], "0", "-", "-", "0", "-"),
        (&[0, 0xff, 0xff, 0xff], "0", "-", "-", "0", "-"),
        // Duplicates: the last counts.
        (&[2, 4, 5, 0xb4, 2, 4, 5, 0], "2,2", "1280", "-", "0", "-"),
        // Unknown kinds, also MPTCP's.
        (&[30, 4, 0, 0, 254, 3, 9, 0], "30,254,0", "-", "-", "0", "-"),
        (&[8, 10, 0, 0, 0, 7, 0, 0, 0, 0, 1, 1], "8,1,1", "-", "-", "0", "7"),
        (&[8, 9, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0], "8,0", "-", "-", "0", "-"),
        (&[3, 3, 255, 0], "3,0", "-", "255", "0", "-"),
    ];
    for &(options, kinds, mss, scale, sack, tsval) in cases {
        let packet = with_options(options);
        let got = ["options", "mss", "wscale", "sack_ok", "tsval"].map(|name| value(&packet, name));
        assert_eq!(got, [kinds, mss, scale, sack, tsval], "options {options:02x?}");
    }
}

#[test]
fn ip_options_and_extension_headers() {
    let mut v4 = bytes(V4);
    v4.splice(20..20, [0x94, 4, 0, 0]);
    v4[0] = 0x46;
    v4[3] = v4.len() as u8;
    assert_eq!(value(&v4, "ip_options"), "94040000");
    assert_eq!(value(&v4, "ip_hlen"), "24");
    assert_eq!(value(&v4, "mss"), "65495");

    // First next header, the chain, whether TCP is found behind it.
    let cases: &[(u8, &[u8], bool)] = &[
        (0, &[6, 0, 1, 4, 0, 0, 0, 0], true),
        (60, &[6, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], true),
        (43, &[6, 2, 2, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2], true),
        (44, &[6, 0, 0, 0, 0, 0, 0, 1], true),
        (0, &[60, 0, 1, 4, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 1], true),
        (51, &[6, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1], true),
        // A fragment: the first has the headers, a later one what comes after them.
        (44, &[6, 0, 0, 1, 0, 0, 0, 1], true),
        (44, &[6, 0, 0, 8, 0, 0, 0, 1], false),
        // No next header, another protocol, and one that nobody knows.
        (59, &[], false),
        (0, &[17, 0, 1, 4, 0, 0, 0, 0], false),
        (253, &[6, 0, 0, 0, 0, 0, 0, 0], false),
        // Longer than the packet.
        (0, &[6, 255, 1, 4, 0, 0, 0, 0], false),
    ];
    for &(next, chain, is_tcp) in cases {
        let mut v6 = bytes(V6);
        v6.splice(40..40, chain.iter().copied());
        v6[6] = next;
        v6[5] += chain.len() as u8;
        let mss = if is_tcp { "65476" } else { "-" };
        assert_eq!(value(&v6, "mss"), mss, "chain {next} {chain:02x?}");
        if is_tcp {
            assert_eq!(value(&v6, "ip_options"), hex::encode(chain));
            assert_eq!(value(&v6, "ip_hlen"), (40 + chain.len()).to_string());
            assert_eq!(value(&v6, "payload_len"), "0");
            assert_eq!(value(&v6, "syn"), hex::encode(&v6));
        }
    }
}

#[test]
fn a_payload_is_counted_and_not_kept() {
    let mut packet = bytes(V4);
    packet[3] += 5;
    packet.extend_from_slice(b"hello");
    assert_eq!(value(&packet, "payload_len"), "5");
    assert_eq!(value(&packet, "syn"), hex::encode(&packet[..60]));
}

#[test]
fn what_is_there_of_a_truncated_packet_is_read() {
    // Bytes that are left, last field that is there, first that is not.
    let cases = [
        (20, "ttl", "src_port"),
        (22, "src_port", "dst_port"),
        (28, "seq", "ack"),
        (34, "flags", "window"),
        (36, "window", "tcp_checksum"),
        (39, "tcp_checksum", "urgptr"),
        (40, "sack_ok", "mss"),
        (44, "mss", "wscale"),
    ];
    for (len, there, absent) in cases {
        let packet = &bytes(V4)[..len];
        assert_ne!(value(packet, there), "-", "{there} of {len} bytes");
        assert_eq!(value(packet, absent), "-", "{absent} of {len} bytes");
    }
}

#[test]
fn what_is_no_syn_says_why() {
    let edited = |at: usize, byte: u8| {
        let mut packet = bytes(V4);
        packet[at] = byte;
        packet
    };
    let cases = [
        (vec![], "empty"),
        (edited(0, 0x15), "not an IP packet: version 1"),
        (bytes(V4)[..19].to_vec(), "truncated: 19 bytes, the headers take at least 20"),
        (bytes(V6)[..39].to_vec(), "truncated: 39 bytes, the headers take at least 40"),
        (bytes(V4)[..20].to_vec(), "truncated: 20 bytes, the headers take at least 40"),
        (bytes(V4)[..39].to_vec(), "truncated: 39 bytes, the headers take at least 40"),
        (edited(6, 0x20), "a fragment"),
        (edited(7, 1), "a fragment"),
        (edited(9, 17), "not TCP: IP protocol 17"),
        (edited(33, 0x12), "not a SYN: TCP flags 0x012"),
        (edited(33, 0x00), "not a SYN: TCP flags 0x000"),
        (edited(33, 0x03), "not a SYN: TCP flags 0x003"),
    ];
    for (packet, expected) in cases {
        assert_eq!(Syn::parse_strict(&packet).unwrap_err().to_string(), expected);
    }
}

/// Asks everything of whatever parses.
fn read_all(packet: &[u8]) {
    let _ = Syn::parse_strict(packet);
    let mut connection = Connection::unknown(SynStatus::Saved);
    connection.syn = Syn::parse(packet).ok();
    for field in field::all().filter(|field| field.name != "panic") {
        field.write(&(&connection).into(), &mut String::new());
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(packet in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&packet);
    }

    #[test]
    fn no_ip_packet_panics(
        first in prop_oneof![0x40..=0x4fu8, Just(0x60)],
        mut packet in prop::collection::vec(any::<u8>(), 0..1500),
        protocol in prop_oneof![Just(6), Just(0), Just(43), Just(44), Just(60), any::<u8>()],
    ) {
        if let Some(byte) = packet.first_mut() {
            *byte = first;
        }
        let at = if first >> 4 == 4 { 9 } else { 6 };
        if let Some(byte) = packet.get_mut(at) {
            *byte = protocol;
        }
        read_all(&packet);
    }

    #[test]
    fn no_options_panic(words in prop::collection::vec(any::<[u8; 4]>(), 0..=10)) {
        let packet = with_options(&words.concat());
        read_all(&packet);
        let kinds = Syn::parse(&packet).unwrap().tcp().unwrap().options().iter().count();
        prop_assert!(kinds <= 40);
    }

    #[test]
    fn no_truncation_panics(len in 0..80usize, v6 in any::<bool>()) {
        let packet = bytes(if v6 { V6 } else { V4 });
        read_all(&packet[..len.min(packet.len())]);
    }
}
