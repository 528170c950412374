//! `tcpfp classify`.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::mem;
use std::path::PathBuf;
use std::sync::mpsc::{channel, sync_channel, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use memchr::memchr;
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, Problem, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Facts};
use ngx_tcpfp::json::Object;
use ngx_tcpfp::key;
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::{Syn, SynError};
use ngx_tcpfp::value::Value;

use crate::batch::{self, Batch};
use crate::databases;
use crate::hosts::Hosts;
use crate::input::Record;

/// Input shorter than this is done before a progress bar could be read.
const LONG: u64 = 1 << 20;
/// Batches on their way from reading to writing.
const WAITING: usize = 4;

#[derive(clap::Args)]
pub struct Arguments {
    /// A database of signatures in the syntax of p0f.fp; several are consulted in the order given.
    #[arg(long, value_name = "FILE", default_value = BUILTIN_NAME)]
    database: Vec<String>,

    /// Follow p0f 3.09b bit for bit, its two known bugs and its blindness behind IPv6 flow labels,
    /// Fast Open and Multipath TCP included.
    #[arg(long)]
    p0f_exact: bool,

    /// The User-Agent to hold against each SYN, for ua_family and os_mismatch; a line's own, in a
    /// second column behind a tab, goes before it.
    #[arg(long, value_name = "UA")]
    user_agent: Option<String>,

    /// Keep a record for each source address of a capture and add it to its SYNs as "host": since
    /// when it is known, whether several machines share it, how long it has been up if that can be
    /// told.
    #[arg(long)]
    hosts: bool,

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
        let hosts = self.hosts.then(Mutex::default);
        let classifier = Classifier { database, user_agent: self.user_agent, hosts };
        let done = match self.file.filter(|file| file.as_os_str() != "-") {
            None => classify(io::stdin(), out, classifier),
            Some(path) => {
                let name = || path.display().to_string();
                let file = File::open(&path).with_context(name)?;
                let bar = progress(file.metadata().with_context(name)?.len());
                let done = classify(bar.wrap_read(file), out, classifier).with_context(name);
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
/// work, this one writes; whoever waits has passed on all that came before.
pub fn classify(
    source: impl Read + Send + 'static,
    mut out: impl Write,
    classifier: Classifier,
) -> Result<bool> {
    let (queue, works) = sync_channel(WAITING);
    let (give_back, done) = channel();
    thread::spawn(move || {
        if let Err(error) = read(source, Arc::new(classifier), &queue, &done) {
            // Nobody is there to hear of it if the output has failed before.
            let _ = queue.send(Err(error));
        }
    });
    let mut are_syns = true;
    for work in works {
        let work = work?.recv().context("a thread has failed")?;
        out.write_all(work.lines.as_bytes())?;
        out.flush()?;
        are_syns &= work.are_syns;
        // At the end nobody wants it back.
        let _ = give_back.send(work);
    }
    Ok(are_syns)
}

/// Gives the batches of `source` to the threads that work, and in order where each will come from.
/// What is `done` is filled anew: memory that was used is faster than new memory.
fn read(
    source: impl Read,
    classifier: Arc<Classifier>,
    queue: &SyncSender<Result<Receiver<Work>>>,
    done: &Receiver<Work>,
) -> Result<()> {
    batch::for_each(source, |batch| {
        let mut work = done.try_recv().unwrap_or_default();
        mem::swap(&mut work.batch, batch);
        let (sender, answered) = sync_channel(1);
        let classifier = Arc::clone(&classifier);
        // What is known of hosts goes from batch to batch.
        let is_in_order = classifier.hosts.is_some();
        let answer = move || {
            classifier.answer(&mut work);
            // Nobody wants it any more if the output has failed.
            let _ = sender.send(work);
        };
        if is_in_order {
            answer();
        } else {
            rayon::spawn_fifo(answer);
        }
        queue.send(Ok(answered)).map_err(|_| ErrorKind::BrokenPipe.into())
    })
}

/// What SYNs are held against.
#[derive(Default)]
pub struct Classifier {
    pub database: Database,
    /// What the client claims to be, where its line does not tell.
    pub user_agent: Option<String>,
    /// The hosts of a capture, if their records are kept.
    pub hosts: Option<Mutex<Hosts>>,
}

/// A batch and what is written of it.
#[derive(Default)]
struct Work {
    batch: Batch,
    lines: String,
    are_syns: bool,
}

impl Classifier {
    fn answer(&self, work: &mut Work) {
        let Work { batch, lines, are_syns } = work;
        lines.clear();
        *are_syns = true;
        let agent = self.user_agent.as_deref().map(str::as_bytes);
        let mut bytes = Vec::new();
        for record in batch.records() {
            let (mut claimed, mut captured) = (agent, None);
            let read = match record {
                Record::Packet(packet, time) => match Syn::parse_strict(packet) {
                    // A capture holds other packets too.
                    Err(error) if !matches!(error, SynError::Truncated { .. }) => continue,
                    read => {
                        captured = Some(time);
                        read.map_err(|error| error.to_string())
                    }
                },
                Record::Line(_) if self.hosts.is_some() => {
                    Err("a line of hex tells no time, which --hosts needs".to_owned())
                }
                Record::Line(line) => {
                    let (syn, own) = match memchr(b'\t', line) {
                        Some(tab) => (line[..tab].trim_ascii_end(), Some(&line[tab + 1..])),
                        None => (line, None),
                    };
                    claimed = own.or(agent);
                    let digits = syn.strip_prefix(b"0x").unwrap_or(syn);
                    bytes.resize(digits.len() / 2, 0);
                    match const_hex::decode_to_slice(digits, &mut bytes) {
                        Ok(()) => Syn::parse_strict(&bytes).map_err(|error| error.to_string()),
                        Err(error) => Err(error.to_string()),
                    }
                }
            };
            match read {
                Ok(syn) => {
                    let mut connection = Connection::of_syn(syn);
                    connection.database = Some(&self.database);
                    let claim =
                        claimed.map(|agent| Claim { user_agent: Some(agent), platform: None });
                    let facts = Facts { claim, ..(&connection).into() };
                    let mut object = Object::new(lines);
                    field::write_members(&facts, &mut object);
                    if let Some((hosts, time)) = self.hosts.as_ref().zip(captured) {
                        // A thread that fails with the lock leaves no more than a line unfinished.
                        let mut hosts = hosts.lock().unwrap_or_else(PoisonError::into_inner);
                        hosts.add(&connection, time, &mut object);
                    }
                    object.end();
                }
                Err(error) => {
                    *are_syns = false;
                    let mut object = Object::new(lines);
                    object.member(key!("error"), &Value::Text(&error));
                    object.end();
                }
            }
            lines.push('\n');
        }
    }
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
