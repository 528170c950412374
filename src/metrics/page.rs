//! The text that Prometheus reads: OpenMetrics 1.0, or Prometheus' own form of before.

use std::time::Duration;

use crate::text::{Out, ShortSeconds, Text};

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.0.
    OpenMetrics,
    /// Prometheus' own, 0.0.4, for what knows no other.
    Prometheus,
}

impl Format {
    /// The one that a client asks for, by its headers Accept. OpenMetrics, unless it takes plain text
    /// and does not name that.
    pub fn accepted<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Self {
        let names = |header: &[u8], name: &[u8]| {
            header.windows(name.len()).any(|part| part.eq_ignore_ascii_case(name))
        };
        let (mut is_open, mut is_plain) = (false, false);
        for header in headers {
            is_open |= names(header, b"application/openmetrics-text");
            is_plain |= names(header, b"text/plain");
        }
        if is_plain && !is_open {
            Self::Prometheus
        } else {
            Self::OpenMetrics
        }
    }

    /// Its Content-Type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// What a metric's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// They go up.
    Counter,
    /// They go up and down.
    Gauge,
    /// Seconds by buckets.
    Histogram,
    /// It is there for its labels.
    Info,
}

impl Kind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }

    /// What its samples' names have behind the metric's.
    pub fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["_total"],
            Self::Gauge => &[""],
            Self::Histogram => &["_bucket", "_sum", "_count"],
            Self::Info => &["_info"],
        }
    }
}

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name, without what its samples' have behind it.
    pub name: &'static str,
    /// What its numbers are.
    pub kind: Kind,
    /// What it is, in one line.
    pub about: &'static str,
    /// Its samples' labels.
    pub labels: &'static [&'static str],
}

/// A page, written metric by metric.
pub struct Page<'o, O: Out> {
    out: &'o mut O,
    format: Format,
    /// The metric whose samples come, and what they have behind its name.
    name: &'static str,
    suffix: &'static str,
}

impl<'o, O: Out> Page<'o, O> {
    /// Begins it.
    pub fn new(out: &'o mut O, format: Format) -> Self {
        Self { out, format, name: "", suffix: "" }
    }

    /// Begins a metric, whose samples follow.
    pub fn begin(&mut self, metric: &Metric) {
        let Metric { name, kind, about, .. } = *metric;
        (self.name, self.suffix) = (name, kind.suffixes()[0]);
        // In Prometheus' own form what is described is the samples.
        let (kind, suffix) = match (self.format, kind) {
            (Format::Prometheus, Kind::Info) => (Kind::Gauge, "_info"),
            (Format::Prometheus, Kind::Counter) => (kind, "_total"),
            _ => (kind, ""),
        };
        self.push(&["# TYPE ", name, suffix, " ", kind.as_str(), "\n"]);
        if kind == Kind::Histogram && self.format == Format::OpenMetrics {
            self.push(&["# UNIT ", name, " seconds\n"]);
        }
        self.push(&["# HELP ", name, suffix, " ", about, "\n"]);
    }

    /// A sample: of a histogram, a bucket.
    pub fn sample(&mut self, labels: &[(&str, &str)], number: u64) {
        self.write(self.suffix, labels, &number);
    }

    /// The sum of a histogram's times, in microseconds, and how many there are.
    pub fn sum_and_count(&mut self, labels: &[(&str, &str)], micros: u64, count: u64) {
        self.write("_sum", labels, &ShortSeconds(Duration::from_micros(micros)));
        self.write("_count", labels, &count);
    }

    /// Ends it.
    pub fn end(self) {
        if self.format == Format::OpenMetrics {
            self.out.push_str("# EOF\n");
        }
    }

    fn write(&mut self, suffix: &str, labels: &[(&str, &str)], number: &impl Text) {
        self.push(&[self.name, suffix]);
        let mut separator = "{";
        for (label, value) in labels {
            self.push(&[separator, label, "=\""]);
            escape(value, self.out);
            separator = "\",";
        }
        self.push(&["\"} "]);
        number.write_to(self.out);
        self.out.push('\n');
    }

    fn push(&mut self, pieces: &[&str]) {
        pieces.iter().for_each(|piece| self.out.push_str(piece));
    }
}

/// The value of a label, as it stands between quotes.
pub fn escape(value: &str, out: &mut impl Out) {
    let mut rest = value;
    while let Some(at) = rest.find(['\\', '"', '\n']) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.push_str(match special.as_bytes()[0] {
            b'\n' => "\\n",
            b'"' => "\\\"",
            _ => "\\\\",
        });
        rest = &special[1..];
    }
    out.push_str(rest);
}
