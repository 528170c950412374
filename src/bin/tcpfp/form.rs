//! How the answers are written: JSON, CSV, or lines for people.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use ngx_tcpfp::field::{self, Facts, Field};
use ngx_tcpfp::host::Host;
use ngx_tcpfp::json::Object;
use ngx_tcpfp::key;
use ngx_tcpfp::text::Text;
use ngx_tcpfp::value::Value;

/// One of them.
#[derive(Default)]
pub enum Form {
    /// One object a line.
    #[default]
    Json,
    /// The same, of these fields alone.
    Members(Vec<&'static Field>),
    /// One record a line (RFC 4180), in these columns; then an error and its line.
    Csv(Columns),
    /// Aligned columns.
    Table(Table),
}

impl Form {
    /// CSV of these fields; of all, with those of hosts or without, if none is named.
    pub fn csv(fields: Vec<&'static Field>, hosts: bool) -> Self {
        let is_told = |field: &&Field| field.is_of_syn() && field.is_in_json();
        Self::Csv(if fields.is_empty() {
            let all = field::all().filter(is_told).filter(|field| hosts || !field.needs_host());
            Columns { fields: all.collect(), has_probability: true }
        } else {
            Columns { fields, has_probability: false }
        })
    }

    /// Whether what is written of a SYN depends on those before.
    pub fn is_in_order(&self) -> bool {
        matches!(self, Self::Table(_))
    }

    /// What goes before all answers.
    pub fn header(&self) -> String {
        let mut header = String::new();
        if let Self::Csv(columns) = self {
            columns.fields.iter().for_each(|field| {
                header.push_str(field.name);
                header.push(',');
            });
            header.push_str(if columns.has_probability { "mismatch_probability," } else { "" });
            header.push_str("error,line\n");
        }
        header
    }

    /// Writes what is known of a SYN, and of its host.
    #[inline]
    pub fn syn(&self, facts: &Facts<'_>, host: Option<&Host<'_>>, out: &mut String) {
        match self {
            Self::Json => {
                let mut object = Object::new(out);
                field::write_members(facts, &mut object);
                if let Some(parts) = facts.contradiction() {
                    object.member(key!("mismatch_probability"), &Value::Fraction(parts));
                }
                if let Some(host) = host {
                    field::write_host(host, object.object(key!("host")));
                }
                object.end();
            }
            Self::Members(fields) => {
                let facts = Facts { host, ..*facts };
                let mut object = Object::new(out);
                for field in fields {
                    if let Some(value) = field.read(&facts) {
                        object.member(field.key, &value);
                    }
                }
                object.end();
            }
            Self::Csv(columns) => columns.write(&Facts { host, ..*facts }, out),
            Self::Table(table) => table.syn(facts, host, out),
        }
        out.push('\n');
    }

    /// Writes why a line is no SYN.
    pub fn error(&self, line: u64, reason: &str, out: &mut String) {
        match self {
            Self::Json | Self::Members(_) => {
                let mut object = Object::new(out);
                object.member(key!("error"), &Value::Text(reason));
                object.member(key!("line"), &Value::Number(line));
                object.end();
            }
            Self::Csv(columns) => {
                columns.fields.iter().for_each(|_| out.push(','));
                out.push_str(if columns.has_probability { "," } else { "" });
                let start = out.len();
                out.push_str(reason);
                quote(out, start);
                out.push(',');
                line.write_to(out);
            }
            Self::Table(_) => {
                // A String takes whatever is written.
                let _ = write!(out, "line {line}: {reason}");
            }
        }
        out.push('\n');
    }
}

/// Columns of CSV.
pub struct Columns {
    fields: Vec<&'static Field>,
    /// Whether `mismatch_probability` is behind them.
    has_probability: bool,
}

impl Columns {
    /// Writes a record, but for the end of its line.
    fn write(&self, facts: &Facts<'_>, out: &mut String) {
        for field in &self.fields {
            let start = out.len();
            field.write(facts, out);
            quote(out, start);
            out.push(',');
        }
        if self.has_probability {
            if let Some(parts) = facts.contradiction() {
                Value::Fraction(parts).write_to(out);
            }
            out.push(',');
        }
        // No error, in no line.
        out.push(',');
    }
}

/// Quotes what stands behind `start`, if CSV wants that.
fn quote(out: &mut String, start: usize) {
    if out[start..].contains(['"', ',', '\r', '\n']) {
        let quoted = format!("\"{}\"", out[start..].replace('"', "\"\""));
        out.replace_range(start.., &quoted);
    }
}

/// Columns, 100 characters wide but for rare params; what is too long for its column is cut, but for
/// addresses.
#[derive(Default)]
pub struct Table {
    /// That of the addresses so far: wider from the first IPv6 address on that needs it.
    address: AtomicUsize,
}

/// The widest address of either version.
const V4: usize = "255.255.255.255".len();
const V6: usize = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".len();
/// A family and its confidence, and the hops.
const FAMILY: usize = "Windows 100%".len();
const HOPS: usize = "hops".len();

impl Table {
    fn syn(&self, facts: &Facts<'_>, host: Option<&Host<'_>>, out: &mut String) {
        let cell = |name: &str| {
            let mut cell = String::new();
            let is_there = field::find(name.as_bytes())?.write(facts, &mut cell);
            is_there.map(|()| cell)
        };
        let or_none = |cell: Option<String>| cell.unwrap_or_else(|| "-".to_owned());
        let address = or_none(cell("src_addr"));
        let width = if address.len() > V4 { V6 } else { V4 };
        let before = self.address.fetch_max(width, Ordering::Relaxed);
        if before < width {
            row(out, width, ["address", "os", "family", "hops", "link", "params"]);
            out.push('\n');
        }
        let family = cell("family").zip(cell("confidence"));
        let family = or_none(family.map(|(family, share)| format!("{family} {share}%")));
        let [os, hops, link] = ["os", "dist", "link"].map(|name| or_none(cell(name)));
        let params = cell("params").filter(|params| params != "none").unwrap_or_default();
        row(out, before.max(width), [&address, &os, &family, &hops, &link, &params]);
        if let Some(host) = host {
            let shared = if host.is_shared() { ", shared" } else { "" };
            let _ = write!(out, "  connection {}{shared}", host.record.connections());
        }
    }
}

/// Writes a row.
fn row(out: &mut String, address: usize, cells: [&str; 6]) {
    // What an address takes is missing elsewhere.
    let [os, link] = if address == V4 { [28, 22] } else { [20, 12] };
    let widths = [address, os, FAMILY, HOPS, link];
    let start = out.len();
    for (cell, width) in cells.into_iter().zip(widths.into_iter().chain([usize::MAX])) {
        let len = cell.chars().count();
        let shown = if len > width { width - 1 } else { len };
        let fill = if width == usize::MAX { 0 } else { width - len.min(width) };
        let is_number = width == HOPS;
        let blank = |out: &mut String| out.extend(std::iter::repeat_n(' ', fill));
        if is_number {
            blank(out);
        }
        // A database may hold what moves a terminal's cursor.
        out.extend(cell.chars().take(shown).map(|sign| if sign.is_control() { '?' } else { sign }));
        if shown < len {
            out.push('…');
        }
        if !is_number {
            blank(out);
        }
        out.push(' ');
    }
    out.truncate(start + out[start..].trim_end().len());
}
