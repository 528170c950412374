//! `tcpfp classify`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use ngx_tcpfp::connection::{Connection, SynStatus};
use ngx_tcpfp::json::Json;
use ngx_tcpfp::syn::{Syn, SynError};
use serde_json::json;

use crate::input::{self, Record};

/// Input shorter than this is done before a progress bar could be read.
const LONG: u64 = 1 << 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// SYNs in hex, one a line as $tcpfp_syn gives them, or a pcap or pcapng capture; `-` or
    /// nothing is standard input.
    file: Option<PathBuf>,
}

impl Arguments {
    /// Whether every line was a SYN.
    pub fn run(self) -> Result<bool> {
        let out = BufWriter::new(io::stdout().lock());
        let done = match self.file.filter(|file| file.as_os_str() != "-") {
            None => classify(BufReader::new(io::stdin().lock()), out),
            Some(path) => {
                let name = || path.display().to_string();
                let file = File::open(&path).with_context(name)?;
                let bar = progress(file.metadata().with_context(name)?.len());
                let done = classify(BufReader::new(bar.wrap_read(file)), out).with_context(name);
                bar.finish_and_clear();
                done
            }
        };
        match done {
            // The reader of our output has seen enough.
            Err(error) if is_broken_pipe(&error) => Ok(true),
            done => done,
        }
    }
}

pub fn classify(source: impl BufRead, mut out: impl Write) -> Result<bool> {
    let mut all_syns = true;
    input::for_each(source, |record| {
        match record {
            Record::Packet(bytes) => match Syn::parse_strict(bytes) {
                Ok(syn) => print_syn(&mut out, syn)?,
                Err(error @ SynError::Truncated { .. }) => {
                    all_syns &= print_error(&mut out, &error)?
                }
                // A capture holds other packets too.
                Err(_) => {}
            },
            Record::Line(Ok(bytes)) => match Syn::parse_strict(&bytes) {
                Ok(syn) => print_syn(&mut out, syn)?,
                Err(error) => all_syns &= print_error(&mut out, &error)?,
            },
            Record::Line(Err(error)) => all_syns &= print_error(&mut out, &error)?,
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(all_syns)
}

fn print_syn(out: &mut impl Write, syn: Syn<'_>) -> Result<()> {
    let connection = Connection { syn: Some(syn), ..Connection::unknown(SynStatus::Saved) };
    serde_json::to_writer(&mut *out, &Json(&connection))?;
    Ok(out.write_all(b"\n")?)
}

fn print_error(out: &mut impl Write, error: &dyn std::error::Error) -> Result<bool> {
    writeln!(out, "{}", json!({ "error": error.to_string() }))?;
    Ok(false)
}

fn progress(len: u64) -> ProgressBar {
    if len < LONG || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(len);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        io.or_else(|| cause.downcast_ref::<serde_json::Error>()?.io_error_kind())
    };
    error.chain().any(|cause| kind(cause) == Some(ErrorKind::BrokenPipe))
}
