//! `tcpfp classify`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, IsTerminal, Write};
use std::iter;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, Problem, BUILTIN_NAME};
use ngx_tcpfp::json::Json;
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::{Syn, SynError};
use ngx_tcpfp::text::Text;
use rayon::prelude::*;
use serde_json::json;

use crate::databases;
use crate::input::{self, Record};

/// Input shorter than this is done before a progress bar could be read.
const LONG: u64 = 1 << 20;
/// Records that are worked on at once; fewer when no more have come.
const BATCH: usize = 4096;
/// Records for one thread at a time.
const SHARE: usize = 256;

#[derive(clap::Args)]
pub struct Arguments {
    /// A database of signatures in the syntax of p0f.fp; several are consulted in the order given.
    #[arg(long, value_name = "FILE", default_value = BUILTIN_NAME)]
    database: Vec<String>,

    /// Follow p0f 3.09b bit for bit, its two known bugs and its blindness behind IPv6 flow labels
    /// included.
    #[arg(long)]
    p0f_exact: bool,

    /// The User-Agent to hold against each SYN, for ua_family and os_mismatch; a line's own, in a
    /// second column behind a tab, goes before it.
    #[arg(long, value_name = "UA")]
    user_agent: Option<String>,

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
        let out = io::stdout().lock();
        let agent = self.user_agent.as_deref().map(str::as_bytes);
        let done = match self.file.filter(|file| file.as_os_str() != "-") {
            None => classify(BufReader::new(io::stdin()), out, &database, agent),
            Some(path) => {
                let name = || path.display().to_string();
                let file = File::open(&path).with_context(name)?;
                let bar = progress(file.metadata().with_context(name)?.len());
                let source = BufReader::with_capacity(1 << 16, bar.wrap_read(file));
                let done = classify(source, out, &database, agent).with_context(name);
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

/// Writes a line for every record, in order. One thread reads, as many as there are processors
/// work; what has come is written before more is waited for.
pub fn classify(
    source: impl BufRead + Send + 'static,
    mut out: impl Write,
    database: &Database,
    agent: Option<&[u8]>,
) -> Result<bool> {
    let (sender, receiver) = sync_channel(BATCH);
    thread::spawn(move || {
        let read = input::for_each(source, |record| Ok(sender.send(Ok(record))?));
        if let Err(error) = read {
            // Nobody is there to hear of it if the output has failed before.
            let _ = sender.send(Err(error));
        }
    });
    let mut all_syns = true;
    while let Ok(first) = receiver.recv() {
        let mut failed = None;
        let batch: Vec<_> = iter::once(first)
            .chain(receiver.try_iter())
            .take(BATCH)
            .map_while(|record| record.map_err(|error| failed = Some(error)).ok())
            .collect();
        let lines: Vec<_> =
            batch.par_chunks(SHARE).map(|share| lines(share, database, agent)).collect();
        for (lines, are_syns) in lines {
            out.write_all(lines.as_bytes())?;
            all_syns &= are_syns;
        }
        out.flush()?;
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(all_syns)
}

/// The lines of some records, and whether all were SYNs.
fn lines(records: &[Record], database: &Database, agent: Option<&[u8]>) -> (String, bool) {
    let (mut lines, mut bytes, mut all_syns) = (String::new(), Vec::new(), true);
    for record in records {
        let mut claimed = agent;
        let read = match record {
            Record::Packet(packet) => match Syn::parse_strict(packet) {
                // A capture holds other packets too.
                Err(error) if !matches!(error, SynError::Truncated { .. }) => continue,
                read => read.map_err(|error| error.to_string()),
            },
            Record::Line(line) => {
                let mut columns = line.splitn(2, |&byte| byte == b'\t');
                let syn = columns.next().unwrap_or_default().trim_ascii();
                claimed = columns.next().or(agent);
                bytes.resize(syn.len() / 2, 0);
                match hex::decode_to_slice(syn, &mut bytes) {
                    Ok(()) => Syn::parse_strict(&bytes).map_err(|error| error.to_string()),
                    Err(error) => Err(error.to_string()),
                }
            }
        };
        match read {
            Ok(syn) => {
                let mut connection = Connection::of_syn(syn);
                connection.database = Some(database);
                let claim = claimed.map(|agent| Claim { user_agent: Some(agent), platform: None });
                Json(&connection, claim).write_to(&mut lines);
            }
            Err(error) => {
                all_syns = false;
                lines.push_str(&json!({ "error": error }).to_string());
            }
        }
        lines.push('\n');
    }
    (lines, all_syns)
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
        cause.downcast_ref::<io::Error>().map(io::Error::kind)
    };
    error.chain().any(|cause| kind(cause) == Some(ErrorKind::BrokenPipe))
}
