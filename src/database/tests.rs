use proptest::prelude::*;

use super::*;
use crate::claim::Claim;
use crate::connection::Connection;
use crate::syn::Syn;

/// Linux 6.18 over loopback: `4:64+0:0:65495:mss*1,10:mss,sok,ts,nop,ws:df,id+:0`.
const LINUX: &str = "4500003c08bf4000400633fb7f0000017f000001b50e23782085498700000000a002ffd7fe3000000204ffd70402080a28861183000000000103030a";
/// The same over IPv6, with a flow label.
const LINUX6: &str = "6009879b00280640000000000000000000000000000000010000000000000000000000000000000181242379b5240b2100000000a002ffc4003000000204ffc40402080a2f0115c0000000000103030a";

const HEAD: &str = "classes = win,unix,other\n[tcp:request]\n";

fn database(text: &str, rules: Rules) -> Database {
    Database::read([("test.fp", text.as_bytes())], rules).unwrap()
}

/// `label/match/dist/params` of a SYN whose bytes are changed.
fn identify(text: &str, rules: Rules, syn: &str, changes: &[(usize, u8)]) -> String {
    let database = database(text, rules);
    let mut packet = hex::decode(syn).unwrap();
    for &(at, byte) in changes {
        packet[at] = byte;
    }
    let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
    connection.database = Some(&database);
    let label = connection.label().map_or("-".to_owned(), Label::to_string);
    let identity = connection.identity().unwrap();
    format!("{label}/{}/{}", identity.found.dist, connection.params().unwrap())
}

#[test]
fn the_order_of_preference() {
    const EXACT: &str = "sig = 4:64:0:*:mss*1,*:mss,sok,ts,nop,ws:df,id+:0\n";
    const NO_ECN: &str = "sig = 4:64:0:*:mss*1,*:mss,sok,ts,nop,ws:df,id+,ecn:0\n";
    const NO_DF: &str = "sig = 4:64:0:*:mss*1,*:mss,sok,ts,nop,ws::0\n";
    const OTHER_TTL: &str = "sig = 4:255:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n";
    let label = |kind: &str, name: &str| format!("label = {kind}:unix:{name}:\n");
    let cases = [
        // The first specific one, wherever generic ones stand.
        (label("g", "A") + EXACT + &label("s", "B") + EXACT + EXACT, "B/0/none"),
        (label("s", "A") + EXACT + &label("s", "B") + EXACT, "A/0/none"),
        // Then the first generic one.
        (label("g", "A") + EXACT + &label("g", "B") + EXACT, "A/0/generic"),
        (label("s", "A") + OTHER_TTL + &label("g", "B") + EXACT, "B/0/generic"),
        // Then the first that needs allowances.
        (label("s", "A") + OTHER_TTL + &label("s", "B") + OTHER_TTL, "A/0/fuzzy"),
        (label("g", "A") + OTHER_TTL, "A/0/generic fuzzy"),
        // Quirks that a path does not make are no allowance: ECN can be added, not taken away.
        (label("s", "A") + NO_ECN, "-/0/none"),
        (label("s", "A") + NO_DF, "-/0/none"),
    ];
    for (text, expected) in cases {
        let got = identify(&(HEAD.to_owned() + &text), Rules::AsP0f, LINUX, &[]);
        assert_eq!(got, expected, "{text}");
    }
}

#[test]
fn gates_and_allowances() {
    let all = "*:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0";
    // Signature, changes to the SYN, expectation.
    let cases: &[(&str, &[(usize, u8)], &str)] = &[
        (all, &[], "X/0/none"),
        (all, &[(8, 29)], "X/35/none"),
        (all, &[(8, 28)], "X/4/fuzzy"),
        (all, &[(8, 65)], "X/63/fuzzy excess_dist"),
        // DF cleared on the way, and with it the identification's quirk; or the ID zeroed.
        (all, &[(6, 0)], "X/0/fuzzy"),
        (all, &[(6, 0), (4, 0), (5, 0)], "X/0/fuzzy"),
        (all, &[(4, 0), (5, 0)], "X/0/fuzzy"),
        (all, &[(1, 2)], "X/0/fuzzy"),
        (all, &[(33, 0xc2)], "X/0/fuzzy"),
        (all, &[(33, 0x0a)], "-/0/none"),
        (all, &[(1, 0xb8)], "X/0/tos:0x2e"),
        (all, &[(3, 61)], "-/0/none"),
        ("4:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:*", &[(3, 61)], "X/0/none"),
        ("4:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:+", &[(3, 61)], "X/0/none"),
        ("4:64:0:65495:*,*:mss,sok,ts,nop,ws:df,id+:0", &[], "X/0/none"),
        ("4:64:0:1460:*,*:mss,sok,ts,nop,ws:df,id+:0", &[], "-/0/none"),
        ("4:64:0:*:*,10:mss,sok,ts,nop,ws:df,id+:0", &[], "X/0/none"),
        ("4:64:0:*:*,7:mss,sok,ts,nop,ws:df,id+:0", &[], "-/0/none"),
        ("4:64:0:*:65495,*:mss,sok,ts,nop,ws:df,id+:0", &[], "X/0/none"),
        ("4:64:0:*:%5,*:mss,sok,ts,nop,ws:df,id+:0", &[], "X/0/none"),
        ("4:64:0:*:%8192,*:mss,sok,ts,nop,ws:df,id+:0", &[], "-/0/none"),
        ("4:64:0:*:mtu*1,*:mss,sok,ts,nop,ws:df,id+:0", &[], "-/0/none"),
        ("4:64:4:*:*,*:mss,sok,ts,nop,ws:df,id+:0", &[], "-/0/none"),
        ("4:64:0:*:*,*:mss,sok,ts,nop:df,id+:0", &[], "-/0/none"),
        ("4:255-:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0", &[], "X/191/random_ttl excess_dist"),
        ("4:63-:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0", &[], "-/0/none"),
    ];
    for (signature, changes, expected) in cases {
        let text = format!("{HEAD}label = s:unix:X:\nsig = {signature}\n");
        assert_eq!(
            identify(&text, Rules::AsP0f, LINUX, changes),
            *expected,
            "{signature} {changes:?}"
        );
    }
    // A fuzzy tool is none.
    let text = format!("{HEAD}label = s:!:Tool:\nsys = @unix\nsig = {all}\n");
    assert_eq!(identify(&text, Rules::AsP0f, LINUX, &[]), "Tool/0/none");
    assert_eq!(identify(&text, Rules::AsP0f, LINUX, &[(8, 28)]), "-/0/none");
}

#[test]
fn p0f_does_not_compare_versions() {
    let label = format!("{HEAD}label = s:unix:X:\n");
    let without_df = &[(6, 0)][..];
    for (version, syn, changes, of_its_own) in [
        (4, LINUX, without_df, true),
        (6, LINUX, without_df, false),
        (4, LINUX6, &[], false),
        (6, LINUX6, &[], true),
    ] {
        let text = format!("{label}sig = {version}:64:0:*:*,*:mss,sok,ts,nop,ws:flow:0\n");
        let text = if version == 4 || syn == LINUX { text.replace("flow", "") } else { text };
        let expected = if of_its_own { "X/0/none" } else { "-/0/none" };
        assert_eq!(identify(&text, Rules::Corrected, syn, changes), expected, "{text}");
        if syn == LINUX {
            assert_eq!(identify(&text, Rules::AsP0f, syn, changes), "X/0/none", "{text}");
        }
    }
}

/// Whatever is behind it: a browser on Windows that comes through one is no liar.
#[test]
fn the_syn_of_a_proxy_contradicts_nobody() {
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
    let claim = Claim { platform: None, user_agent: Some(agent.as_bytes()) };
    let packet = hex::decode(LINUX).unwrap();
    for (class, expected) in [("unix", Some(true)), ("other", Some(true)), ("proxy", None)] {
        let text = format!(
            "classes = {class}\n[tcp:request]\nlabel = g:{class}:Linux:\n\
             sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n"
        );
        let database = database(&text, Rules::Corrected);
        let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
        connection.database = Some(&database);
        assert_eq!(connection.contradicts(&claim), expected, "{class}");
    }
}

#[test]
fn a_flow_label_hides_a_stack_from_p0f_only() {
    let label = format!("{HEAD}label = s:unix:Linux:6.x\n");
    let without = format!("{label}sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n");
    assert_eq!(identify(&without, Rules::Corrected, LINUX6, &[]), "Linux 6.x/0/none");
    assert_eq!(identify(&without, Rules::AsP0f, LINUX6, &[]), "-/0/none");
    let with = format!("{label}sig = 6:64:0:*:*,*:mss,sok,ts,nop,ws:flow:0\n");
    assert_eq!(identify(&with, Rules::Corrected, LINUX6, &[]), "Linux 6.x/0/none");
    assert_eq!(identify(&with, Rules::AsP0f, LINUX6, &[]), "Linux 6.x/0/none");
}

#[test]
fn links_and_several_files() {
    let first = format!("{HEAD}label = s:unix:First:\nsig = 4:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n[mtu]\nlabel = one\nsig = 1500\n");
    let second = first.replace("First", "Second").replace("one", "two") + "sig = 1400\n";
    let files = [("a", first.as_bytes()), ("b", second.as_bytes())];
    let database = Database::read(files, Rules::default()).unwrap();
    assert_eq!(database.link(1500), Some("one"));
    assert_eq!(database.link(1400), Some("two"));
    assert_eq!(database.link(1300), None);
    let packet = hex::decode(LINUX).unwrap();
    let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
    connection.database = Some(&database);
    assert_eq!(connection.label().unwrap().name, "First");
}

#[test]
fn all_of_the_syntax_is_read() {
    let text = "; a comment\n\
        classes = win,unix,other\r\n\n\
        [mtu]\nlabel = Ethernet or modem\nsig=576\nsig\t= 1500\n\
        [tcp:request]\n  label = s:!:nmap:SYN scan\n  sys = @unix,@win,Plan 9\n  sig = *:64-:0:1460:1024,0:mss::0\n\
        label = g:other:Some:flavor: with colons = too\nsig = *:64:0:*:*,*:::*\n\
        [tcp:response]\nlabel = s:unix:Linux:3.x\nsig = 4:64:0:*:mss*10,0:mss:df,ack-:0\n\
        [http:request]\nua_os = Linux,Windows,iOS=[iPad],iOS=[iPhone; a, b]\n\
        label = s:!:Firefox:2.x\nsys = Windows,@unix\n\
        sig = *:Host,User-Agent,Accept=[,*/*;q=],?Via:Keep-Alive:Firefox/\n\
        [http:response]\nlabel = s:!:Apache:2.x\nsys = @unix\nsig = 1:Server,Date=[: ]:X:Apache\n";
    let database = database(text, Rules::default());
    assert_eq!(
        (
            database.content.labels.len(),
            database.content.entries.len(),
            database.content.links.len()
        ),
        (2, 2, 2)
    );
    assert_eq!(database.content.labels[0].to_string(), "nmap SYN scan");
    assert_eq!(database.content.labels[1].flavor, "flavor: with colons = too");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    // What follows HEAD, as lines; the line of the problem among them, its column and reason.
    let cases = [
        ("nonsense", 3, 1, "neither a section nor \"name = value\""),
        ("[tcp:nonsense]", 3, 1, "unknown section \"[tcp:nonsense]\""),
        ("what = ever", 3, 1, "\"what\" has no meaning here"),
        ("ua_os = Linux", 3, 1, "\"ua_os\" has no meaning here"),
        ("sig = 4:64:0:*:*,*:::0", 3, 1, "a signature needs a label before it"),
        ("label = s:unix:Linux", 3, 9, "a label is kind:class:name:flavor"),
        ("label = x:unix:Linux:", 3, 9, "a label is s (specific) or g (generic)"),
        ("label = s:vms:OpenVMS:", 3, 11, "unknown class \"vms\""),
        ("label = s:unix::3.x", 3, 16, "a label needs a name"),
        (
            "label = s:unix:Linux:\nsys = @unix",
            4,
            1,
            "\"sys\" belongs to the label of a tool, once",
        ),
        (
            "label = s:!:nmap:\nsig = 4:64:0:*:*,*:::0",
            4,
            1,
            "the label of a tool needs a \"sys\" line",
        ),
        ("label = s:!:nmap:\nsys = @unix,@vms", 4, 13, "unknown class \"vms\""),
        ("label = s:!:nmap:\nsys = Linux,,Windows", 4, 13, "a system needs a name"),
        ("label = s:unix:Linux:\n  sig = 4:64:0:*:*,*:mss,wat::0", 4, 26, "unknown option \"wat\""),
        (
            "[tcp:response]\nlabel = s:unix:Linux:\nsig = 4",
            5,
            7,
            "a signature has 8 parts between colons, this one 1",
        ),
        ("[mtu]\nlabel = x\nsig = 1500x", 5, 7, "an MTU cannot be \"1500x\""),
        ("[mtu]\nsig = 1500", 4, 1, "a signature needs a label before it"),
        ("[http:request]\nua_os = Linux,=[x]", 4, 15, "a system needs a name"),
        (
            "[http:request]\nlabel = s:unix:Linux:\nsig = 2:Host::",
            5,
            7,
            "the HTTP version must be 0, 1 or *",
        ),
        (
            "[http:request]\nlabel = s:unix:Linux:\nsig = 1:Host",
            5,
            7,
            "an HTTP signature has 4 parts between colons",
        ),
        (
            "[http:request]\nlabel = s:unix:Linux:\nsig = 1:Host=[x::",
            5,
            14,
            "a bracket is not closed",
        ),
        ("classes = win,un ix", 3, 15, "a class is a word of letters and digits"),
        ("label = s:unix:Linux:\n\u{e9}", 4, 1, "neither a section nor \"name = value\""),
    ];
    for (text, line, column, reason) in cases {
        let text = format!("{HEAD}{text}\n");
        let problem = Database::read([("test.fp", text.as_bytes())], Rules::default()).unwrap_err();
        let got = (problem.line, problem.column, problem.reason.as_str());
        assert_eq!(got, (line, column, reason), "{text}");
        assert_eq!(problem.to_string(), format!("test.fp:{line}: {reason}"));
    }
    // One fault is one problem: what stands under a label that is refused has none for that.
    for (text, told) in [
        (
            "[tcp:request]\nlabel = s:unix:A:\nsig = 4:64:0:*:*,*:::0\nlabel = s:win:B:\nsig = x",
            2..=5,
        ),
        (
            "classes = win\n[tcp:request]\nlabel = s:!:A:\nsys = @unix\nsig = 4:64:0:*:*,*:::0",
            4..=4,
        ),
        ("classes = win\n[tcp:request]\nlabel = s:!::\nsys = @win\nsig = 4:64:0:*:*,*:::0", 3..=3),
    ] {
        let mut lines = Vec::new();
        Database::read_on([("t", text.as_bytes())], Rules::default(), |problem| {
            lines.push(problem.line);
            ControlFlow::Continue(())
        });
        assert_eq!((lines.first(), lines.last()), (Some(told.start()), Some(told.end())), "{text}");
        assert_eq!(lines.len(), if told.start() == told.end() { 1 } else { 2 }, "{text}");
    }
    let outside = Database::read([("t", &b"label = x"[..])], Rules::default()).unwrap_err();
    assert_eq!(outside.reason.as_str(), "this must stand in a section");
    let bytes = Database::read([("t", &b"[mtu]\nlabel = \xff"[..])], Rules::default()).unwrap_err();
    assert_eq!((bytes.line, bytes.column), (2, 9));
    // All of them, of all files, or as many as are wanted.
    for (wanted, told) in [(9, 3), (2, 2), (1, 1)] {
        let (files, mut lines) = ([("a", &b"x\ny\n"[..]), ("b", &b"z"[..])], Vec::new());
        Database::read_on(files, Rules::default(), |problem| {
            lines.push(problem.line);
            if lines.len() < wanted {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        assert_eq!(lines, [1, 2, 1][..told]);
    }
}

/// What an application asks its stack for hides no signature, unless p0f is followed.
#[test]
fn a_site_counts_its_addresses() {
    let text = format!(
        "{HEAD};tcpfp: population = Windows:7,Linux:3\n; a comment\nlabel = s:unix:Linux:\n\
         sig = *:64:0:*:mss*1,10:mss,sok,ts,nop,ws:df,id+:0\n;tcpfp: addresses = linux:5, Android:1\n\
         sig = *:64:0:*:mss*2,10:mss,sok,ts,nop,ws:df,id+:0\n"
    );
    let files = [("a.fp", text.as_bytes()), ("b.fp", b";tcpfp: population = Windows:1")];
    let database = Database::read(files, Rules::Corrected).unwrap();
    let census = |change: fn(&mut Observed)| {
        let syn = hex::decode(LINUX).unwrap();
        let mut observed = Observed::of(&Syn::parse(&syn).unwrap(), Rules::Corrected).unwrap();
        change(&mut observed);
        let found = database.find(&observed);
        let words = |census: Option<&Census>| census.map(Census::to_string).unwrap_or_default();
        (words(found.census), words(found.population))
    };
    let population = || "Windows:7,Linux:3".to_owned();
    assert_eq!(census(|_| {}), ("Linux:5,Android:1".to_owned(), population()));
    // Fuzzy, of a signature without any, and without a signature.
    assert_eq!(census(|seen| seen.ttl = 128), (String::new(), population()));
    assert_eq!(
        census(|seen| seen.multiple = Some(crate::signature::p0f::Window::Mss(2))),
        (String::new(), population())
    );
    assert_eq!(census(|seen| seen.scale = 3), (String::new(), population()));
}

#[test]
fn a_wrong_count_of_addresses_says_where_and_why() {
    let sig = "label = s:unix:Linux:\nsig = 4:64:0:*:mss*1,*:mss,sok,ts,nop,ws:df,id+:0\n";
    let cases = [
        (";tcpfp: addresses = Linux:5", 9, "this must stand behind a signature, once"),
        (&format!("{sig};tcpfp: addresses = Linux:x"), 27, "the addresses cannot be \"x\""),
        (&format!("{sig};tcpfp: addresses = Linux:1,Amiga:2"), 29, "unknown family \"Amiga\""),
        (";tcpfp: population =", 21, "each family is followed by a colon and its addresses"),
        (";tcpfp: shares = Linux:1", 9, "\"shares\" has no meaning here"),
        (";tcpfp: nothing", 8, "not \";tcpfp: name = value\""),
    ];
    for (text, column, reason) in cases {
        let text = format!("{HEAD}{text}\n");
        let wrong = Database::read([("a", text.as_bytes())], Rules::Corrected).unwrap_err();
        assert_eq!((wrong.column, wrong.reason.as_str()), (column, reason), "{text}");
    }
}

#[test]
fn options_that_applications_ask_for() {
    let text = format!(
        "{HEAD}label = s:unix:Linux:\nsig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0\n\
         label = s:unix:Apple:\nsig = *:64:0:*:*,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0\n\
         label = s:unix:Own:\nsig = *:64:0:*:*,*:mss,sok,ts,nop,ws,?254,nop:df,id+:0\n"
    );
    let linux = "020405b40402080a000000010000000001030307";
    let apple = "020405b401030306";
    let behind = "0101080a000000010000000004020000";
    // Options behind those of Linux or between those of Apple, data, the label, p0f's.
    let cases = [
        (format!("{linux}2202 0101"), 0, "Linux", None),
        (format!("{linux}220a0102030405060708 0101"), 100, "Linux", None),
        (format!("{linux}fe04f989"), 0, "Linux", None),
        (format!("{linux}fe0cf9890102030405060708"), 100, "Linux", None),
        (format!("{linux}1e0c00810102030405060708"), 0, "Linux", None),
        (format!("{linux}22020101 1e0c00810102030405060708"), 0, "Linux", None),
        (format!("{apple}1e0c00810102030405060708{behind}"), 0, "Apple", None),
        (
            "020405b4010303060101080a00000001000000000402 1e0c00810102030405060708 0000".to_owned(),
            0,
            "Apple",
            None,
        ),
        // Signatures that have them come first.
        (format!("{linux}fe03f901"), 0, "Own", Some("Own")),
        // Data without Fast Open, NOPs without it, another option.
        (linux.to_owned(), 100, "-", None),
        (format!("{linux}01010101"), 0, "-", None),
        (format!("{linux}13120102030405060708090a0b0c0d0e0f10 0101"), 0, "-", None),
    ];
    for (options, data, corrected, as_p0f) in cases {
        let options = hex::decode(options.replace(' ', "")).unwrap();
        let mut packet = hex::decode(LINUX).unwrap()[..40].to_vec();
        packet.extend_from_slice(&options);
        packet[32] = (((20 + options.len()) / 4) << 4) as u8;
        packet[3] = (packet.len() + data) as u8;
        for (rules, label) in [(Rules::Corrected, corrected), (Rules::AsP0f, as_p0f.unwrap_or("-"))]
        {
            let database = Database::read([("test", text.as_bytes())], rules).unwrap();
            let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
            connection.database = Some(&database);
            let found = connection.label().map_or("-", |label| &label.name);
            assert_eq!(found, label, "{} {rules:?}", connection.observed().unwrap());
        }
    }
}

#[test]
fn hidden_signatures_are_found() {
    let wide = "*:64:0:*:*,*:mss:df:0";
    // Kind and signature of the earlier and the later one, whether the later one is hidden.
    let cases = [
        (("s", wide), ("s", wide), true),
        (("s", wide), ("s", "*:64:0:1460:*,*:mss:df:0"), true),
        (("s", "*:64:0:1460:*,*:mss:df:0"), ("s", wide), false),
        (("s", wide), ("g", wide), true),
        (("g", wide), ("s", wide), false),
        (("g", wide), ("g", wide), true),
        (("s", wide), ("s", "*:128:0:*:*,*:mss:df:0"), false),
        (("s", "*:128-:0:*:*,*:mss:df:0"), ("s", wide), true),
        (("s", wide), ("s", "*:64-:0:*:*,*:mss:df:0"), false),
        (("s", "4:64:0:*:%512,*:mss:df:0"), ("s", "4:64:0:*:1024,*:mss:df:0"), true),
        (("s", "4:64:0:*:%512,*:mss:df:0"), ("s", "4:64:0:*:1025,*:mss:df:0"), false),
        (("s", "4:64:0:*:mss*4,*:mss:df:0"), ("s", "4:64:0:*:mtu*4,*:mss:df:0"), false),
        (("s", wide), ("s", "*:64:0:*:*,*:mss:df,id+:0"), false),
        // Over IPv6 it is another one.
        (("s", "4:64:0:*:*,*:mss:df:0"), ("s", wide), false),
        (("s", wide), ("s", "4:64:0:*:*,*:mss:df:0"), true),
        (("s", "6:64:0:*:*,*:mss::0"), ("s", "4:64:0:*:*,*:mss::0"), false),
        (("s", wide), ("s", "*:64:0:*:*,*:mss:df,flow:0"), true),
    ];
    for ((kind, earlier), (later_kind, later), hidden) in cases {
        let text = format!("{HEAD}label = {kind}:unix:A:\nsig = {earlier}\nlabel = {later_kind}:unix:B:\nsig = {later}\n");
        let shadowed = database(&text, Rules::Corrected).shadowed();
        assert_eq!(shadowed.len(), usize::from(hidden), "{text}");
        if let Some(problem) = shadowed.first() {
            assert_eq!(
                problem.to_string(),
                "test.fp:6: never reached: test.fp:4 (\"A\") always matches before"
            );
        }
    }
}

#[test]
fn the_built_in_database_is_sound() {
    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected).unwrap();
    assert_eq!(database.shadowed(), []);
    assert!(database.content.entries.len() > 40 && database.content.links.len() > 10);
    for entry in &database.content.entries {
        assert_eq!(entry.signature.to_string().parse(), Ok(entry.signature));
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(content in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Database::read([("any", &content[..])], Rules::default());
    }

    #[test]
    fn no_lines_panic(lines in prop::collection::vec(
        prop_oneof![
            Just("classes = unix,win".to_owned()),
            Just("[mtu]".to_owned()),
            Just("[tcp:request]".to_owned()),
            Just("[tcp:response]".to_owned()),
            Just("[http:request]".to_owned()),
            Just("label = s:unix:Linux:6".to_owned()),
            Just("label = g:!:tool:".to_owned()),
            "(label|sys|sig|ua_os|classes) ?=.{0,30}",
            "sig = [46*]:64:0:[0-9*]{1,4}:[*%0-9]{1,5},[*0-9]:(mss|nop|ws)?:(df|id\\+)?:[0+*]",
        ],
        0..30,
    )) {
        let text = lines.join("\n");
        if let Ok(database) = Database::read([("any", text.as_bytes())], Rules::default()) {
            let packet = hex::decode(LINUX).unwrap();
            let mut connection = Connection::of_syn(Syn::parse(&packet).unwrap());
            connection.database = Some(&database);
            let _ = connection.label();
            let _ = database.shadowed();
        }
    }
}
