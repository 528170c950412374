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
use clap::builder::PossibleValuesParser;
use memchr::memchr;
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Facts, Field};
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::Syn;

use crate::batch::{self, Batch};
use crate::form::{Form, Table};
use crate::hosts::Hosts;
use crate::item::Item;
use crate::status::Status;
use crate::unread::Tally;
use crate::{databases, progress, tunnel};

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

    /// Look into tunnels, too: IP in IP, GRE, EtherIP, MPLS, VXLAN, Geneve, GTP-U; up to 8 in one
    /// another.
    #[arg(long)]
    tunnels: bool,

    /// Print these fields alone, in this order: `--fields ttl,os,family`. Those of a host are asked as
    /// host_NAME.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = names(), hide_possible_values = true)]
    fields: Vec<String>,

    /// Print JSON on a terminal, too.
    #[arg(long, conflicts_with = "csv")]
    json: bool,

    /// Print CSV: a line of names, then a line a SYN.
    #[arg(long)]
    csv: bool,

    /// SYNs in hex, one a line as $tcpfp_syn gives them, or a pcap or pcapng capture, either also
    /// compressed by gzip, xz or zstd; `-` or nothing is standard input.
    file: Option<PathBuf>,
}

impl Arguments {
    /// What became of it; says what could not be read.
    pub fn run(self) -> Result<Status> {
        let rules = if self.p0f_exact { Rules::AsP0f } else { Rules::Corrected };
        let database = databases::sound(&self.database, rules)?;
        let out = io::stdout().lock();
        let mut fields: Vec<&Field> = Vec::new();
        for field in self.fields.iter().filter_map(|name| field::find(name.as_bytes())) {
            if fields.iter().any(|other| other.name == field.name) {
                bail!("--fields names {} twice", field.name);
            }
            fields.push(field);
        }
        if let Some(field) = fields.iter().find(|field| field.needs_host() && !self.hosts) {
            bail!("{} needs --hosts", field.name);
        }
        let form = match (self.csv, self.json || !out.is_terminal()) {
            (true, _) => Form::csv(fields, self.hosts),
            _ if !fields.is_empty() => Form::Members(fields),
            (false, true) => Form::Json,
            (false, false) => Form::Table(Table::default()),
        };
        let hosts = self.hosts.then(Mutex::default);
        let user_agent = self.user_agent;
        let classifier = Classifier { database, user_agent, hosts, tunnels: self.tunnels, form };
        let (name, done) = match self.file.filter(|file| file.as_os_str() != "-") {
            None => ("standard input".to_owned(), classify(io::stdin(), out, classifier)),
            Some(path) => {
                let name = path.display().to_string();
                let file = File::open(&path).with_context(|| name.clone())?;
                let bar = progress::bar(file.metadata().with_context(|| name.clone())?.len());
                let done = classify(bar.wrap_read(file), out, classifier);
                bar.finish_and_clear();
                (name, done)
            }
        };
        match done {
            // The reader of our output has seen enough.
            Err(error) if is_broken_pipe(&error) => Ok(Status::Good),
            done => {
                let outcome = done?;
                if let Some(words) = outcome.words() {
                    eprintln!("tcpfp: {name}: {words}");
                }
                Ok(outcome.status())
            }
        }
    }
}

/// What became of an input.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Lines that are no SYN.
    pub wrong_lines: u64,
    /// Lines that are, and packets that could be read.
    pub read: u64,
    /// Those of them that are SYNs.
    pub syns: u64,
    /// Packets that could not be read.
    pub unread: Tally,
    /// Why nothing more could be read before the end.
    pub stopped: Option<io::Error>,
}

impl Outcome {
    /// What is worth saying at the end.
    pub fn words(&self) -> Option<String> {
        let mut words = Vec::new();
        if self.unread.total() > 0 {
            words.push(self.unread.to_string());
        }
        words.extend(self.stopped.as_ref().map(io::Error::to_string));
        if self.syns == 0 && self.read > 0 {
            let plural = if self.read == 1 { "" } else { "s" };
            words.push(format!("no SYN among {} packet{plural} read", self.read));
        }
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// Unreadable is what nothing could be read of.
    pub fn status(&self) -> Status {
        let is_unread = self.stopped.is_some() || self.unread.total() > 0;
        match self {
            Self { read: 0, wrong_lines: 0, .. } if is_unread => Status::Unreadable,
            Self { wrong_lines: 0, .. } => Status::Good,
            _ => Status::Wrong,
        }
    }
}

/// Writes a line for every SYN, in order. One thread reads, as many as there are processors work,
/// this one writes; whoever waits has passed on all that came before.
///
/// # Errors
///
/// The output cannot be written.
pub fn classify(
    source: impl Read + Send + 'static,
    mut out: impl Write,
    classifier: Classifier,
) -> Result<Outcome> {
    let (queue, works) = sync_channel(WAITING);
    let (give_back, done) = channel();
    let header = classifier.form.header();
    thread::spawn(move || {
        if let Err(error) = read(source, Arc::new(classifier), &queue, &done) {
            // Nobody is there to hear of it if the output has failed before.
            let _ = queue.send(Err(error));
        }
    });
    out.write_all(header.as_bytes())?;
    let mut outcome = Outcome::default();
    for work in works {
        let mut work = match work {
            Ok(work) => work.recv().context("a thread has failed")?,
            Err(error) => {
                outcome.stopped = Some(error);
                break;
            }
        };
        out.write_all(work.lines.as_bytes())?;
        out.flush()?;
        outcome.wrong_lines += work.outcome.wrong_lines;
        outcome.read += work.outcome.read;
        outcome.syns += work.outcome.syns;
        outcome.unread.append(&mut work.outcome.unread);
        // At the end nobody wants it back.
        let _ = give_back.send(work);
    }
    Ok(outcome)
}

/// Gives the batches of `source` to the threads that work, and in order where each will come from.
/// What is `done` is filled anew: memory that was used is faster than new memory.
fn read(
    source: impl Read,
    classifier: Arc<Classifier>,
    queue: &SyncSender<io::Result<Receiver<Work>>>,
    done: &Receiver<Work>,
) -> io::Result<()> {
    batch::for_each(source, |batch| {
        let mut work = done.try_recv().unwrap_or_default();
        mem::swap(&mut work.batch, batch);
        let (sender, answered) = sync_channel(1);
        let classifier = Arc::clone(&classifier);
        // What is known of hosts goes from batch to batch.
        let is_in_order = classifier.hosts.is_some() || classifier.form.is_in_order();
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

/// What SYNs are held against, and how that is told.
#[derive(Default)]
pub struct Classifier {
    pub database: Database,
    /// What the client claims to be, where its line does not tell.
    pub user_agent: Option<String>,
    /// The hosts of a capture, if their records are kept.
    pub hosts: Option<Mutex<Hosts>>,
    /// Whether SYNs in tunnels count.
    pub tunnels: bool,
    pub form: Form,
}

/// A batch and what is written of it.
#[derive(Default)]
struct Work {
    batch: Batch,
    lines: String,
    outcome: Outcome,
}

impl Classifier {
    fn answer(&self, work: &mut Work) {
        let Work { batch, lines, outcome } = work;
        lines.clear();
        *outcome = Outcome::default();
        let agent = self.user_agent.as_deref().map(str::as_bytes);
        let mut bytes = Vec::new();
        for item in batch.items() {
            match item {
                Item::Frame(link, time, frame) => match tunnel::syn(link, frame, self.tunnels) {
                    Ok(syn) => {
                        outcome.read += 1;
                        if let Some(syn) = syn {
                            outcome.syns += 1;
                            self.tell(syn, agent, time, lines);
                        }
                    }
                    Err(reason) => outcome.unread.add(reason),
                },
                Item::Unread(reason) => outcome.unread.add(reason),
                Item::Line(number, line) => {
                    let (digits, own) = match memchr(b'\t', line) {
                        Some(tab) => (line[..tab].trim_ascii_end(), Some(&line[tab + 1..])),
                        None => (line, None),
                    };
                    match self.parse(digits, &mut bytes) {
                        Ok(syn) => {
                            outcome.read += 1;
                            outcome.syns += 1;
                            self.tell(syn, own.or(agent), None, lines);
                        }
                        Err(reason) => {
                            outcome.wrong_lines += 1;
                            self.form.error(number, &reason, lines);
                        }
                    }
                }
            }
        }
    }

    /// The SYN of a line, put into `bytes`.
    fn parse<'b>(&self, digits: &[u8], bytes: &'b mut Vec<u8>) -> Result<Syn<'b>, String> {
        if self.hosts.is_some() {
            return Err("a line of hex tells no time, which --hosts needs".to_owned());
        }
        of_hex(digits, bytes)
    }

    /// Writes what is known of a SYN that came at some time from who claims to be `agent`.
    #[inline(always)]
    fn tell(&self, syn: Syn<'_>, agent: Option<&[u8]>, time: Option<Duration>, lines: &mut String) {
        let mut connection = Connection::of_syn(syn);
        connection.database = Some(&self.database);
        let claim = agent.map(|agent| Claim { user_agent: Some(agent), platform: None });
        let host = self.hosts.as_ref().zip(time).and_then(|(hosts, time)| {
            // A thread that fails with the lock leaves no more than a line unfinished.
            hosts.lock().unwrap_or_else(PoisonError::into_inner).add(&connection, time)
        });
        self.form.syn(&Facts { claim, ..(&connection).into() }, host.as_ref(), lines);
    }
}

/// A SYN in hex, put into `bytes`.
#[inline]
pub fn of_hex<'b>(digits: &[u8], bytes: &'b mut Vec<u8>) -> Result<Syn<'b>, String> {
    let digits = digits.strip_prefix(b"0x").unwrap_or(digits);
    bytes.resize(digits.len() / 2, 0);
    const_hex::decode_to_slice(digits, bytes).map_err(|error| error.to_string())?;
    Syn::parse_strict(bytes).map_err(|error| error.to_string())
}

/// What --fields may name.
fn names() -> PossibleValuesParser {
    field::all().filter(|field| field.is_of_syn()).map(|field| field.name).into()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().map(io::Error::kind)
    };
    error.chain().any(|cause| kind(cause) == Some(ErrorKind::BrokenPipe))
}
