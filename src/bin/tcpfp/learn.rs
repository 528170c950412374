//! `tcpfp learn`.

mod ballot;
mod judge;
mod log;
mod spill;

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::Arc;
use std::{mem, thread};

use anyhow::{bail, Context, Result};
use indicatif::ProgressBar;
use ngx_tcpfp::database::{Census, Database, BUILTIN_NAME};
use ngx_tcpfp::learn::{stacks, Cell, Limits, Site, Stack};
use ngx_tcpfp::signature::p0f::Rules;

use crate::batch::{self, Batch};
use crate::item::Item;
use crate::status::Status;
use crate::{databases, progress};
use ballot::{Ballots, Row, Times, Vote};
use judge::Judge;
use log::LeftOut;
use spill::Spill;

/// Batches on their way from reading to counting.
const WAITING: usize = 8;
/// Cells of one base that are told apart; of more, those of one address go first.
const CELLS: usize = 1 << 16;

#[derive(clap::Args)]
pub struct Arguments {
    /// The databases that the site has, consulted in this order: what they know keeps its label.
    #[arg(long, value_name = "FILE", default_value = BUILTIN_NAME)]
    database: Vec<String>,

    /// Write the database here and not to standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write here what is new, what contradicts the model, and what was left out.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Learn what so many addresses send at least.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(2..))]
    support: u64,

    /// Learn a signature where so great a share of its addresses is of one family, by their claims
    /// without those that are made up: the lower bound of that share, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..100))]
    share: u8,

    /// Learn also what contradicts a model that is sure.
    #[arg(long)]
    contradictions: bool,

    /// Megabytes for sorting; what is more goes to a temporary file, in TMPDIR if that is set.
    #[arg(long, value_name = "MB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..1 << 20))]
    memory: u64,

    /// Logs, each also compressed by gzip, xz or zstd; `-` is standard input.
    #[arg(required = true)]
    log: Vec<PathBuf>,
}

impl Arguments {
    /// Learns, writes what was learnt, and says how good it is.
    pub fn run(self) -> Result<Status> {
        let known = Arc::new(databases::sound(&self.database, Rules::Corrected)?);
        // Two things are sorted at once: what comes out of one goes into the other.
        let memory = (self.memory as usize) << 19;
        let mut rows = Spill::new(memory).context("no temporary file")?;
        let mut reading = Reading::default();
        reading.read(&self.log, &known, &mut rows)?;
        if reading.lines == reading.left_out_of(LeftOut::Wrong) {
            bail!("no line that could be read");
        }
        reading.tell();

        let mut judge = Judge::new().context("no temporary file")?;
        let mut votes = Spill::new(memory).context("no temporary file")?;
        let mut ballots = Ballots::new(reading.times.cutoff());
        let mut cast = |vote: Vote| match vote.part {
            None => votes.push(vote.to_bytes()),
            Some(part) => judge.keep(part, &vote),
        };
        for row in rows.sorted()? {
            ballots.take(&Row::from_bytes(&row?), &mut cast)?;
        }
        ballots.end(&mut cast)?;

        let limits = Limits {
            support: self.support,
            share: f64::from(self.share) / 100.0,
            takes_contradictions: self.contradictions,
        };
        let site = Site::of(count(votes, self.support)?, &known, limits);
        let text = site.database();
        let learnt = databases::beside("what was learnt", text.as_bytes(), &self.database)?;
        if let Some(path) = &self.report {
            fs::write(path, site.report()).with_context(|| path.display().to_string())?;
        }
        self.write(&text)?;
        let written = site.written().len();
        let out = judge.compare(&known, &learnt)?;
        eprint!("{written} signatures learnt of {} stacks.\n{out}", site.stacks.len());
        Ok(if reading.left_out_of(LeftOut::Wrong) > 0 { Status::Wrong } else { Status::Good })
    }

    fn write(&self, text: &str) -> Result<()> {
        match &self.output {
            Some(path) => {
                fs::write(path, text).with_context(|| path.display().to_string())?;
            }
            None => match io::stdout().write_all(text.as_bytes()) {
                // The reader of our output has seen enough.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                done => done?,
            },
        }
        Ok(())
    }
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    lines: u64,
    left_out: BTreeMap<LeftOut, u64>,
    times: Times,
}

impl Reading {
    fn read(
        &mut self,
        logs: &[PathBuf],
        database: &Arc<Database>,
        rows: &mut Spill<{ Row::LEN }>,
    ) -> Result<()> {
        let mut sources = Vec::new();
        let mut len = 0;
        for path in logs {
            let name = path.display().to_string();
            let source: Box<dyn Read + Send> = if path == Path::new("-") {
                Box::new(io::stdin())
            } else {
                let file = File::open(path).with_context(|| name.clone())?;
                len += file.metadata().with_context(|| name.clone())?.len();
                Box::new(file)
            };
            sources.push((name, source));
        }
        let bar = progress::bar(len);
        for (name, source) in sources {
            self.read_one(bar.wrap_read(source), database, rows).with_context(|| name)?;
        }
        ProgressBar::finish_and_clear(&bar);
        Ok(())
    }

    /// One thread reads, as many as there are processors work, this one takes the rows.
    fn read_one(
        &mut self,
        source: impl Read + Send + 'static,
        database: &Arc<Database>,
        rows: &mut Spill<{ Row::LEN }>,
    ) -> Result<()> {
        let (queue, answers) = sync_channel(WAITING);
        let database = Arc::clone(database);
        let reader = thread::spawn(move || read(source, &database, &queue));
        for answer in answers {
            for sample in answer.recv().context("a thread has failed")? {
                self.lines += 1;
                match sample {
                    Ok(sample) => {
                        let time = sample.time.unwrap_or(self.lines as u32);
                        self.times.see(time);
                        rows.push(Row::of(&sample, time).to_bytes())?;
                    }
                    Err(reason) => *self.left_out.entry(reason).or_default() += 1,
                }
            }
        }
        match reader.join() {
            Ok(read) => Ok(read?),
            Err(_) => bail!("a thread has failed"),
        }
    }

    fn left_out_of(&self, reason: LeftOut) -> u64 {
        self.left_out.get(&reason).copied().unwrap_or(0)
    }

    fn tell(&self) {
        eprintln!("{} lines read.", self.lines);
        for reason in LeftOut::ALL {
            let count = self.left_out_of(reason);
            if count > 0 {
                eprintln!("{count:>10} {}", reason.as_str());
            }
        }
    }
}

type Answer = Vec<Result<log::Sample, LeftOut>>;

fn read(
    source: impl Read,
    database: &Arc<Database>,
    queue: &SyncSender<Receiver<Answer>>,
) -> io::Result<()> {
    batch::for_each(source, |batch| {
        let batch = mem::take(batch);
        let (sender, answered) = sync_channel(1);
        let database = Arc::clone(database);
        rayon::spawn_fifo(move || {
            // Nobody wants it any more if counting has failed.
            let _ = sender.send(answer(&batch, &database));
        });
        queue.send(answered).map_err(|_| ErrorKind::BrokenPipe.into())
    })
}

fn answer(batch: &Batch, database: &Database) -> Answer {
    let sample = |item: Item<&[u8]>| match item {
        Item::Line(_, line) => log::sample(line, database),
        // A capture, which has no claims.
        Item::Frame(..) | Item::Unread(_) => Err(LeftOut::Wrong),
    };
    batch.items().map(sample).collect()
}

/// The stacks that votes are for.
fn count(votes: Spill<{ Vote::LEN }>, support: u64) -> Result<Vec<Stack>> {
    let mut found = Vec::new();
    let mut base = Base::default();
    for vote in votes.sorted()? {
        let vote = vote?;
        if base.bytes[..] != vote[..Cell::BASE_LEN] {
            found.extend(base.stacks(support));
            base = Base { bytes: vote[..Cell::BASE_LEN].to_vec(), cells: HashMap::new() };
        }
        base.take(&vote);
    }
    found.extend(base.stacks(support));
    Ok(found)
}

/// The cells of one base, with the addresses that sent each by what they claim.
#[derive(Default)]
struct Base {
    bytes: Vec<u8>,
    cells: HashMap<[u8; Cell::LEN], Census>,
}

impl Base {
    fn take(&mut self, vote: &[u8; Vote::LEN]) {
        let Vote { cell, claim, .. } = Vote::from_bytes(vote);
        if self.cells.len() == CELLS && !self.cells.contains_key(&cell) {
            self.cells.retain(|_, claims| claims.all() > 1);
        }
        let claims = self.cells.entry(cell).or_default();
        claims.0[claim as usize] = claims.0[claim as usize].saturating_add(1);
    }

    fn stacks(&self, support: u64) -> Vec<Stack> {
        let mut cells: Vec<_> = self.cells.iter().collect();
        cells.sort_unstable_by_key(|(cell, _)| **cell);
        let cells: Vec<_> =
            cells.into_iter().map(|(cell, claims)| (Cell::from_bytes(cell), *claims)).collect();
        stacks(&cells, support)
    }
}
