use proptest::prelude::*;

use super::*;
use crate::syn::Syn;

fn observed(hex: &str, rules: Rules) -> Option<Observed> {
    Observed::of(&Syn::parse(&hex::decode(hex).unwrap()).unwrap(), rules)
}

#[test]
fn raw_sig_equals_p0fs() {
    let vectors = include_str!("tests/p0f.txt").lines().filter(|line| !line.starts_with('#'));
    let mut checked = 0;
    for (syn, raw_sig) in vectors.filter_map(|line| line.split_once(' ')) {
        assert_eq!(observed(syn, Rules::AsP0f).unwrap().to_string(), raw_sig, "{syn}");
        checked += 1;
    }
    assert!(checked >= 100, "{checked} vectors");
}

/// A SYN of Linux 6.18 with a byte changed, and what p0f's bugs and the corrections make of it.
#[test]
fn where_corrected_rules_differ() {
    let syn = |at: usize, byte: u8| {
        let mut packet = hex::decode("4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a").unwrap();
        packet[at] = byte;
        hex::encode(packet)
    };
    let end = |last: u8| {
        let mut packet = hex::decode(syn(59, last)).unwrap();
        packet[56..59].fill(0);
        hex::encode(packet)
    };
    let cases = [
        (syn(28, 1), Quirks::NONZERO_ACK, true, true),
        (syn(28, 2), Quirks::NONZERO_ACK, true, false),
        (syn(31, 1), Quirks::NONZERO_ACK, true, false),
        (syn(31, 0), Quirks::NONZERO_ACK, false, false),
        (end(0), Quirks::TRAILING, false, false),
        (end(1), Quirks::TRAILING, true, false),
    ];
    for (packet, quirk, corrected, as_p0f) in cases {
        let has = |rules| observed(&packet, rules).unwrap().quirks.intersects(quirk);
        assert_eq!((has(Rules::Corrected), has(Rules::AsP0f)), (corrected, as_p0f), "{packet}");
    }
}

/// Found by fuzzing: the padding behind an end-of-list that no longer fits was kept.
#[test]
fn options_beyond_the_last_do_not_count() {
    let nops = "01".repeat(24);
    let packet = format!(
        "4500005000004000400600007f0000017f0000010001000200000001{}{nops}{}",
        "00000000f002faf000000000",
        "00".repeat(16)
    );
    let seen = observed(&packet, Rules::AsP0f).unwrap();
    let mut layout = Layout::default();
    assert!((0..24).all(|_| layout.push(1)) && !layout.push(1));
    assert_eq!(seen.layout, layout);
    assert!(seen.quirks.intersects(Quirks::BAD));
}

#[test]
fn extension_headers_are_seen_through() {
    let packet = "6009879b00300040000000000000000000000000000000010000000000000000000000000000000106000104000000008124237 9b5240b2100000000a002ffc4003000000204ffc40402080a2f0115c0000000000103030a".replace(' ', "");
    let seen = observed(&packet, Rules::Corrected).unwrap().to_string();
    assert_eq!(seen, "6:64+0:0:65476:mss*1,10:mss,sok,ts,nop,ws:flow:0");
    assert!(observed(&packet, Rules::AsP0f).is_none());
}

#[test]
fn signatures_are_read_and_written() {
    let same = [
        "4:64:0:*:mss*20,10:mss,sok,ts,nop,ws:df,id+:0",
        "*:128:0:1460:8192,8:mss,nop,ws,nop,nop,sok:df,id+:0",
        "6:255-:0:*:*,*:?30,eol+3:flow,seq-,ack+,uptr+,urgf+,pushf+,ts1-,ts2+,opt+,exws,bad:*",
        "4:1:40:0:%8192,0:nop,mss,ws,sok,sack,ts,?254:df,id+,id-,ecn,0+:+",
        "4:64:0:*:mtu*4,*:::0",
        "4:64:0:*:65535,255:eol+0:ack-:0",
    ];
    for text in same {
        assert_eq!(text.parse::<Signature>().unwrap().to_string(), text);
    }
    let distance: Signature = "4:61+3:0:*:*,*:::0".parse().unwrap();
    assert_eq!(distance.to_string(), "4:64:0:*:*,*:::0");
}

#[test]
fn a_broken_signature_says_where_and_why() {
    let cases = [
        ("", 0, "a signature has 8 parts between colons, this one 1"),
        ("4:64:0:*:*,*::0", 0, "a signature has 8 parts between colons, this one 7"),
        ("5:64:0:*:*,*:::0", 0, "the IP version must be 4, 6 or *"),
        ("4:0:0:*:*,*:::0", 2, "the initial TTL cannot be \"0\""),
        ("4:256:0:*:*,*:::0", 2, "the initial TTL cannot be \"256\""),
        ("4:250+6:0:*:*,*:::0", 2, "the initial TTL cannot be \"250+6\""),
        ("4:64+?:0:*:*,*:::0", 2, "the initial TTL cannot be \"64+?\""),
        ("4:64--:0:*:*,*:::0", 2, "the initial TTL cannot be \"64--\""),
        ("4:64:256:*:*,*:::0", 5, "the length of the IP options cannot be \"256\""),
        ("4:64:0:65536:*,*:::0", 7, "the MSS cannot be \"65536\""),
        ("4:64:0:+1:*,*:::0", 7, "the MSS cannot be \"+1\""),
        ("4:64:0:*:*:::0", 9, "the window must be followed by a comma and its scale"),
        ("4:64:0:*:%1,*:::0", 9, "the window cannot be \"%1\""),
        ("4:64:0:*:mss*0,*:::0", 9, "the window cannot be \"mss*0\""),
        ("4:64:0:*:mtu*1001,*:::0", 9, "the window cannot be \"mtu*1001\""),
        ("4:64:0:*:-,*:::0", 9, "the window cannot be \"-\""),
        ("4:64:0:*:*,256:::0", 11, "the window scale cannot be \"256\""),
        ("4:64:0:*:*,*:mss,wat::0", 17, "unknown option \"wat\""),
        ("4:64:0:*:*,*:?256::0", 13, "unknown option \"?256\""),
        ("4:64:0:*:*,*:?+9::0", 13, "unknown option \"?+9\""),
        ("4:64:0:*:*,*:mss,?0,nop::0", 17, "unknown option \"?0\""),
        ("4:64:0:*:*,*:?1::0", 13, "unknown option \"?1\""),
        ("4:64:0:*:*,*:?2::0", 13, "unknown option \"?2\""),
        ("4:64:0:*:*,*:?08::0", 13, "unknown option \"?08\""),
        ("4:64:0:*:*,*:eol+1,nop::0", 13, "nothing can follow eol"),
        ("4:64:0:*:*,*:eol+x::0", 13, "the padding behind eol cannot be \"eol+x\""),
        ("4:64:0:*:*,*:mss,:df:0", 17, "unknown option \"\""),
        ("4:64:0:*:*,*::df,flow:0", 17, "the quirk \"flow\" is of the other IP version"),
        ("6:64:0:*:*,*::id-:0", 14, "the quirk \"id-\" is of the other IP version"),
        ("4:64:0:*:*,*::DF:0", 14, "unknown quirk \"DF\""),
        ("4:64:0:*:*,*:::1", 15, "the payload class must be 0, + or *"),
    ];
    for (text, at, reason) in cases {
        let wrong = text.parse::<Signature>().unwrap_err();
        assert_eq!((wrong.at, wrong.reason.as_str()), (at, reason), "{text}");
    }
    let options = ["nop"; 25].join(",");
    let wrong = format!("4:64:0:*:*,*:{options}::0").parse::<Signature>().unwrap_err();
    assert_eq!((wrong.at, wrong.reason.as_str()), (13 + 24 * 4, "more than 24 options"));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = text.parse::<Signature>();
    }

    #[test]
    fn almost_signatures_do_not_panic(text in "[46*]:[0-9+?-]{1,5}:[0-9]{1,3}:[0-9*]{1,5}:[%mstu*0-9]{1,8},[0-9*]{1,3}:[a-z?+0-9,]{0,20}:[a-z0-9+,-]{0,20}:[0+*]") {
        if let Ok(signature) = text.parse::<Signature>() {
            prop_assert_eq!(signature.to_string().parse::<Signature>().unwrap(), signature);
        }
    }
}
