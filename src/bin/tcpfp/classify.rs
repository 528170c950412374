//! `tcpfp classify`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, Problem, BUILTIN_NAME};
use ngx_tcpfp::json::Json;
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::{Syn, SynError};
use serde_json::json;

use crate::databases;
use crate::input::{self, Record};

/// Input shorter than this is done before a progress bar could be read.
const LONG: u64 = 1 << 20;

#[derive(clap::Args)]
pub struct Arguments {
    /// A database of signatures in the syntax of p0f.fp; several are consulted in the order given.
    #[arg(long, value_name = "FILE", default_value = BUILTIN_NAME)]
    database: Vec<String>,

    /// Follow p0f 3.09b bit for bit, its two known bugs and its blindness behind IPv6 flow labels
    /// included.
    #[arg(long)]
    p0f_exact: bool,

    /// SYNs in hex, one a line as $tcpfp_syn gives them, or a pcap or pcapng capture; `-` or
    /// nothing is standard input.
    file: Option<PathBuf>,
}

impl Arguments {
    /// Whether every line was a SYN.
    pub fn run(self) -> Result<bool> {
        let rules = if self.p0f_exact { Rules::AsP0f } else { Rules::Corrected };
        let database = match databases::read(&self.database, rules)? {
            Ok(database) => database,
            Err(problems) => {
                let problems: Vec<_> = problems.iter().map(Problem::to_string).collect();
                bail!("{}", problems.join("\n"));
            }
        };
        let out = BufWriter::new(io::stdout().lock());
        let done = match self.file.filter(|file| file.as_os_str() != "-") {
            None => classify(BufReader::new(io::stdin().lock()), out, &database),
            Some(path) => {
                let name = || path.display().to_string();
                let file = File::open(&path).with_context(name)?;
                let bar = progress(file.metadata().with_context(name)?.len());
                let done = classify(BufReader::new(bar.wrap_read(file)), out, &database)
                    .with_context(name);
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

pub fn classify(source: impl BufRead, mut out: impl Write, database: &Database) -> Result<bool> {
    let mut all_syns = true;
    input::for_each(source, |record| {
        match record {
            Record::Packet(bytes) => match Syn::parse_strict(bytes) {
                Ok(syn) => print_syn(&mut out, syn, database)?,
                Err(error @ SynError::Truncated { .. }) => {
                    all_syns &= print_error(&mut out, &error)?
                }
                // A capture holds other packets too.
                Err(_) => {}
            },
            Record::Line(Ok(bytes)) => match Syn::parse_strict(&bytes) {
                Ok(syn) => print_syn(&mut out, syn, database)?,
                Err(error) => all_syns &= print_error(&mut out, &error)?,
            },
            Record::Line(Err(error)) => all_syns &= print_error(&mut out, &error)?,
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(all_syns)
}

fn print_syn(out: &mut impl Write, syn: Syn<'_>, database: &Database) -> Result<()> {
    let mut connection = Connection::of_syn(syn);
    connection.database = Some(database);
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
