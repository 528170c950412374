//! p0f's query protocol (docs/README of p0f, "API access"; api.h): 21 bytes ask for an address, 232
//! answer, numbers in this machine's byte order.

use std::net::IpAddr;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::view::Host;

/// Bytes of a question.
pub const QUERY: usize = size_of::<Query>();
/// Bytes of an answer.
pub const ANSWER: usize = size_of::<Answer>();
const _: () = assert!(QUERY == 21 && ANSWER == 232);

const QUERY_MAGIC: u32 = 0x5030_4601;
const ANSWER_MAGIC: u32 = 0x5030_4602;

/// What became of a question.
mod status {
    pub const BAD_QUERY: u32 = 0x00;
    pub const OK: u32 = 0x10;
    pub const NO_MATCH: u32 = 0x20;
}

/// How well the label fits.
mod quality {
    pub const FUZZY: u8 = 1;
    pub const GENERIC: u8 = 2;
}

/// A text, filled up with zeros; p0f's clients expect one at the end.
type Str = [u8; 32];

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C, packed)]
struct Query {
    magic: u32,
    address_type: u8,
    address: [u8; 16],
}

/// Times are Unix seconds; what is unknown is 0 or an empty text, but an unknown distance is -1.
#[derive(Default, IntoBytes, Immutable)]
#[repr(C, packed)]
struct Answer {
    magic: u32,
    status: u32,
    first_seen: u32,
    last_seen: u32,
    total_conn: u32,
    uptime_min: u32,
    up_mod_days: u32,
    last_nat: u32,
    last_chg: u32,
    distance: i16,
    bad_sw: u8,
    os_match_q: u8,
    os_name: Str,
    os_flavor: Str,
    http_name: Str,
    http_flavor: Str,
    link_type: Str,
    language: Str,
}

/// Answers a question, whatever it is. `find` looks an address up.
pub fn answer<'d>(
    query: &[u8; QUERY],
    find: impl FnOnce(IpAddr) -> Option<Host<'d>>,
) -> [u8; ANSWER] {
    let mut answer = Answer { magic: ANSWER_MAGIC, ..Answer::default() };
    match address(query).map(find) {
        None => answer.status = status::BAD_QUERY,
        Some(None) => answer.status = status::NO_MATCH,
        Some(Some(host)) => answer.tell(&host),
    }
    zerocopy::transmute!(answer)
}

/// The address that a question is about.
fn address(query: &[u8; QUERY]) -> Option<IpAddr> {
    let Query { magic, address_type, address } = *Query::ref_from_bytes(query).ok()?;
    if magic != QUERY_MAGIC {
        return None;
    }
    match address_type {
        4 => Some(IpAddr::from(*address.first_chunk::<4>()?)),
        6 => Some(IpAddr::from(address)),
        _ => None,
    }
}

impl Answer {
    /// Tells what is known of a client (api.c, `handle_query`).
    fn tell(&mut self, host: &Host<'_>) {
        let record = &host.record;
        self.status = status::OK;
        self.first_seen = record.first_seen();
        self.last_seen = record.last_seen();
        self.total_conn = record.connections();
        self.uptime_min = record.uptime().unwrap_or(0);
        self.up_mod_days = record.uptime_mod().unwrap_or(0);
        self.last_nat = record.last_nat().unwrap_or(0);
        self.last_chg = record.last_chg().unwrap_or(0);
        self.distance = record.distance().map_or(-1, |hops| hops as i16);
        if let Some((found, label)) = host.system().and_then(|found| Some((found, found.label()?)))
        {
            self.os_name = text(&label.name);
            self.os_flavor = text(&label.flavor);
            if found.is_fuzzy {
                self.os_match_q |= quality::FUZZY;
            }
            if label.is_generic {
                self.os_match_q |= quality::GENERIC;
            }
        }
        self.link_type = host.link().map_or_else(Str::default, text);
    }
}

/// As much of a text as fits in front of a zero.
fn text(text: &str) -> Str {
    let mut field = Str::default();
    let len = text.len().min(field.len() - 1);
    field[..len].copy_from_slice(&text.as_bytes()[..len]);
    field
}
