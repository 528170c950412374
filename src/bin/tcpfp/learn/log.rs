//! Lines of a log: the SYN of a request, and what that claims.

use std::borrow::Cow;
use std::hash::Hasher;
use std::net::IpAddr;

use memchr::memchr_iter;
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::database::{Database, Label};
use ngx_tcpfp::family::Family;
use ngx_tcpfp::learn::Cell;
use ngx_tcpfp::signature::p0f::{Observed, Rules};
use serde::Deserialize;
use siphasher::sip::SipHasher13;

use crate::classify::of_hex;

/// Microseconds that a proxy hides at least: `make lab` finds no mistake at this limit.
const HIDDEN: u64 = 30_000;

/// A line that may teach something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The hash of the client's address, of IPv6 of its /48.
    pub address: u64,
    pub cell: Cell,
    /// The TTL as received.
    pub ttl: u8,
    /// Unix seconds, where the log has them.
    pub time: Option<u32>,
    pub claim: Family,
}

/// Why a line teaches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It has a SYN, but its request names no system, or is a robot's.
    NoClaim,
    /// The SYN is missing, as behind SYN cookies.
    NoSyn,
    /// The SYN's source is zero, and no address stands beside it.
    NoAddress,
    /// By the round trips, the SYN is a proxy's.
    Proxied,
    /// By the database, it is a proxy's or a tool's.
    NoSystem,
    /// It makes no sense.
    Wrong,
}

impl LeftOut {
    pub const ALL: [Self; 6] =
        [Self::NoClaim, Self::NoSyn, Self::NoAddress, Self::Proxied, Self::NoSystem, Self::Wrong];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoClaim => "claim no system, or are robots'",
            Self::NoSyn => "have no SYN",
            Self::NoAddress => "have no address",
            Self::Proxied => "come by a proxy, by their round trips",
            Self::NoSystem => "come from a proxy or a tool, by the database",
            Self::Wrong => "cannot be read",
        }
    }
}

/// The keys of a line of JSON that count. Those of $tcpfp_json stand beside them or in `tcp`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'l> {
    /// User-Agent.
    #[serde(borrow)]
    agent: Option<Cow<'l, str>>,
    /// Sec-CH-UA-Platform, with or without its quotes.
    #[serde(borrow)]
    platform: Option<Cow<'l, str>>,
    #[serde(borrow)]
    tcp: Option<Tcp<'l>>,
    #[serde(borrow)]
    syn: Option<Cow<'l, str>>,
    accept_time: Option<f64>,
    rtt_gap: Option<u64>,
    #[serde(borrow)]
    proxy: Option<Cow<'l, str>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tcp<'l> {
    #[serde(borrow)]
    syn: Option<Cow<'l, str>>,
    accept_time: Option<f64>,
    rtt_gap: Option<u64>,
    #[serde(borrow)]
    proxy: Option<Cow<'l, str>>,
}

/// Reads a line: JSON, or a SYN in hex, a User-Agent and perhaps an address between tabs.
///
/// # Errors
///
/// It teaches nothing, for this reason.
pub fn sample(line: &[u8], database: &Database) -> Result<Sample, LeftOut> {
    if line.first() == Some(&b'{') {
        let line: Line<'_> = serde_json::from_slice(line).map_err(|_| LeftOut::Wrong)?;
        return of_json(line, database);
    }
    let mut tabs = memchr_iter(b'\t', line);
    let agent = tabs.next().ok_or(LeftOut::Wrong)?;
    // A User-Agent may have tabs, too; an address has none.
    let last = tabs.next_back().unwrap_or(line.len());
    let address = match line.get(last + 1..) {
        None => None,
        Some(text) => {
            let text = std::str::from_utf8(text).map_err(|_| LeftOut::Wrong)?;
            Some(text.parse().map_err(|_| LeftOut::Wrong)?)
        }
    };
    let claim = Claim { user_agent: Some(&line[agent + 1..last]), platform: None };
    of_syn(&line[..agent], claim, address, None, database)
}

fn of_json(line: Line<'_>, database: &Database) -> Result<Sample, LeftOut> {
    let beside = Tcp {
        syn: line.syn,
        accept_time: line.accept_time,
        rtt_gap: line.rtt_gap,
        proxy: line.proxy,
    };
    let tcp = line.tcp.unwrap_or(beside);
    let syn = tcp.syn.ok_or(LeftOut::NoSyn)?;
    if tcp.proxy.is_some_and(|verdict| verdict == "proxied")
        || tcp.rtt_gap.is_some_and(|gap| gap >= HIDDEN)
    {
        return Err(LeftOut::Proxied);
    }
    let quoted = line.platform.map(|platform| match platform.starts_with('"') {
        true => platform,
        false => Cow::Owned(format!("\"{platform}\"")),
    });
    let claim = Claim {
        user_agent: line.agent.as_deref().map(str::as_bytes),
        platform: quoted.as_deref().map(str::as_bytes),
    };
    let time = tcp.accept_time.map(|time| time as u32);
    of_syn(syn.as_bytes(), claim, None, time, database)
}

fn of_syn(
    digits: &[u8],
    claim: Claim<'_>,
    address: Option<IpAddr>,
    time: Option<u32>,
    database: &Database,
) -> Result<Sample, LeftOut> {
    let mut bytes = Vec::new();
    let digits = digits.trim_ascii();
    if digits.is_empty() || digits == b"-" {
        return Err(LeftOut::NoSyn);
    }
    let syn = of_hex(digits, &mut bytes).map_err(|_| LeftOut::Wrong)?;
    let observed = Observed::of(&syn, Rules::Corrected).ok_or(LeftOut::Wrong)?;
    let claim = claim.family().ok_or(LeftOut::NoClaim)?;
    let address = address.unwrap_or(syn.ip().source());
    if address.is_unspecified() {
        return Err(LeftOut::NoAddress);
    }
    let is_no_system = |label: &Label| label.is_proxy() || label.is_tool();
    if database.find(&observed).label().is_some_and(is_no_system) {
        return Err(LeftOut::NoSystem);
    }
    Ok(Sample {
        address: hashed(address),
        cell: Cell::of(&observed),
        ttl: observed.ttl,
        time,
        claim,
    })
}

/// Of IPv6 the /48, of which one site or household has all addresses.
fn hashed(address: IpAddr) -> u64 {
    let mut hasher = SipHasher13::new();
    match address.to_canonical() {
        IpAddr::V4(address) => hasher.write(&address.octets()),
        IpAddr::V6(address) => hasher.write(&address.octets()[..6]),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use ngx_tcpfp::database::BUILTIN_NAME;

    use super::*;

    const SYN: &str =
        "4500003c08bf400036060000c0000201c6336401b50e01bb2085498700000000a002faf00000\
                       0000020405b40402080a28861183000000000103030a";
    const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0";

    fn read(line: &str) -> Result<Sample, LeftOut> {
        let files = [(BUILTIN_NAME, Database::builtin())];
        sample(line.as_bytes(), &Database::read(files, Rules::Corrected).unwrap())
    }

    #[test]
    fn every_form_of_a_line_says_the_same() {
        let plain = read(&format!("{SYN}\t{AGENT}")).unwrap();
        assert_eq!((plain.claim, plain.ttl, plain.time), (Family::Linux, 54, None));
        let same = [
            format!("{SYN}\t{AGENT}\t192.0.2.1"),
            format!("{SYN}\t{AGENT}\t::ffff:192.0.2.1"),
            format!("{SYN} \tThis has\ttabs and is Linux\t192.0.2.1"),
            format!(r#"{{"agent":"{AGENT}","tcp":{{"ttl":54,"syn":"{SYN}","rtt_gap":29999}}}}"#),
            format!(r#"{{"syn":"{SYN}","agent":"{AGENT}","proxy":"direct","other":[null]}}"#),
            format!(r#"{{"syn":"{SYN}","agent":"curl/8","platform":"Linux"}}"#),
            format!(r#"{{"syn":"{SYN}","agent":null,"platform":"\"Linux\""}}"#),
        ];
        for line in same {
            assert_eq!(read(&line), Ok(plain), "{line}");
        }
        let timed = read(&format!(
            r#"{{"agent":"{AGENT}","tcp":{{"syn":"{SYN}","accept_time":1764100000.25}}}}"#
        ));
        assert_eq!(timed, Ok(Sample { time: Some(1_764_100_000), ..plain }));
    }

    #[test]
    fn an_ipv6_site_is_one_address() {
        let address = |address| read(&format!("{SYN}\t{AGENT}\t{address}")).unwrap().address;
        assert_eq!(address("2001:db8:1::1"), address("2001:db8:1:ffff::2"));
        assert_ne!(address("2001:db8:1::1"), address("2001:db8:2::1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }

    #[test]
    fn what_teaches_nothing_is_left_out() {
        use LeftOut::{NoAddress, NoClaim, NoSyn, NoSystem, Proxied, Wrong};
        let nowhere = SYN.replace("c0000201", "00000000");
        // What ZMap sends.
        let zmap =
            "45000028d4310000f0060000c0000201c6336401b50e01bb20854987000000005002ffff00000000";
        for (line, reason) in [
            (format!("{SYN}\tcurl/8"), NoClaim),
            (
                format!(
                    "{SYN}\t{AGENT} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
                ),
                NoClaim,
            ),
            (format!("-\t{AGENT}"), NoSyn),
            (format!(r#"{{"agent":"{AGENT}","tcp":{{"syn_status":"missing"}}}}"#), NoSyn),
            (format!(r#"{{"agent":"{AGENT}"}}"#), NoSyn),
            (format!("{nowhere}\t{AGENT}"), NoAddress),
            (format!(r#"{{"agent":"{AGENT}","tcp":{{"syn":"{SYN}","rtt_gap":30000}}}}"#), Proxied),
            (
                format!(r#"{{"agent":"{AGENT}","tcp":{{"syn":"{SYN}","proxy":"proxied"}}}}"#),
                Proxied,
            ),
            (format!("{zmap}\t{AGENT}"), NoSystem),
            (SYN.to_owned(), Wrong),
            (format!("45\t{AGENT}"), Wrong),
            (format!("{SYN}\t{AGENT}\tnowhere"), Wrong),
            ("{".to_owned(), Wrong),
            (String::new(), Wrong),
        ] {
            assert_eq!(read(&line), Err(reason), "{line}");
        }
    }
}
