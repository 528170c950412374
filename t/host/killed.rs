//! A process that dies at any instruction while it works on a table leaves the table whole.
//!
//! It is not killed, but stopped, and its memory copied: that is what its death would leave there.
//! Then it goes on, to be stopped again. `STOPS=20000 cargo test --release --test killed` stops it
//! more often, in the code that users run.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::IpAddr;
use std::os::unix::fs::FileExt;
use std::os::unix::process::parent_id;
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use ngx_tcpfp::connection::Identity;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::host::{Record, Seen, Table};
use ngx_tcpfp::signature::p0f::{Observed, Rules};
use ngx_tcpfp::syn::Syn;
use zerocopy::IntoBytes;

/// Real SYNs, in the last column.
const SYNS: &str = include_str!("../data/captures/stacks.tsv");
/// Words of memory: room for twenty clients.
const MEMORY: usize = 512;
/// Clients that come. Some go for want of room, and some because they were away for too long.
const CLIENTS: u64 = 40;
/// Visits until a client is forgotten.
const INACTIVE: u32 = 30;
/// Whether the process dies by itself, too, so that it has to repair: at each visit of this kind.
const DEATHS: &str = "KILLED_DEATHS";
const IS_DEATH: fn(u32) -> bool = |visit| visit % 16 == 0;

/// Visits, which are numbered by the second in which they come.
struct Visits {
    database: Database,
    /// One SYN of each stack.
    syns: Vec<Observed>,
}

impl Visits {
    fn new() -> Self {
        let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
            .expect("a sound database");
        let hex = SYNS.lines().filter_map(|line| line.rsplit('\t').next());
        let packets = hex.filter_map(|hex| hex::decode(hex).ok());
        let syns =
            packets.filter_map(|packet| Observed::of(&Syn::parse(&packet).ok()?, Rules::Corrected));
        Self { syns: syns.collect(), database }
    }

    fn make(&self, visit: u32, record: &mut Record) {
        let observed = self.syns[visit as usize % self.syns.len()];
        let seen = Seen {
            time: Duration::from_secs(visit.into()),
            identity: Some(Identity::of(observed, Some(&self.database))),
        };
        record.see(&seen, Some(&self.database));
    }

    fn make_in(&self, visit: u32, memory: &mut [u64]) {
        let mut table = Table::open(memory.as_mut_bytes()).expect("a table");
        table.see(address(visit), since(visit), |record| self.make(visit, record));
    }

    /// The record after all visits of a client from one to another.
    fn record(&self, first: u32, last: u32) -> Record {
        let mut record = Record::default();
        for visit in (first..=last).filter(|&visit| address(visit) == address(last)) {
            self.make(visit, &mut record);
        }
        record
    }

    /// Holds a table against what it must contain after some visit; gives that visit.
    fn check(&self, table: &Table<'_>) -> u32 {
        let mut records: Vec<_> = table
            .records(0..table.capacity())
            .into_iter()
            .flatten()
            .map(|(_, address, record)| (address, record.expect("no torn record")))
            .collect();
        records.sort_by_key(|(_, record)| record.last_seen());
        assert_eq!(records.len(), table.clients());
        let latest = records.last().map_or(0, |(_, record)| record.last_seen());
        for (known, record) in &records {
            assert_eq!(*known, address(record.last_seen()));
            assert_eq!(*record, self.record(record.first_seen(), record.last_seen()), "{known}");
            assert_eq!(table.find(*known, 0), Some(*record), "{known} is not found");
        }
        // Those that were seen last, all that there is room for or that are not out of date.
        let mut visits = (1..=latest).rev();
        let mut others = HashSet::new();
        while others.len() < records.len() {
            others.extend(visits.next().map(address));
        }
        assert_eq!(records.iter().map(|(known, _)| *known).collect::<HashSet<_>>(), others);
        if records.len() < table.capacity() {
            let missing = visits.find(|&visit| !others.contains(&address(visit)));
            assert!(missing.is_none_or(|visit| visit < since(latest + 1)), "{missing:?} is lost");
        }
        latest
    }
}

fn address(visit: u32) -> IpAddr {
    let random = u64::from(visit).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    IpAddr::from([192, 0, 2, (random % CLIENTS) as u8])
}

fn since(visit: u32) -> u32 {
    visit.saturating_sub(INACTIVE)
}

#[test]
fn stopped_while_it_writes() {
    let interrupted = stop(false);
    println!("{interrupted} of {} stops were in the middle of a change", stops());
    assert!(interrupted > stops() / 20, "{interrupted}");
}

#[test]
fn stopped_while_it_writes_or_repairs() {
    stop(true);
}

fn stops() -> usize {
    env::var("STOPS").ok().and_then(|stops| stops.parse().ok()).unwrap_or(300)
}

/// Stops a process again and again, and checks what is in its memory then. Gives how often a
/// change was half done, if it does not die by itself.
fn stop(dies: bool) -> usize {
    let visits = Visits::new();
    let mut victim = Victim::start(dies);
    let mut interrupted = 0;
    for _ in 0..stops() {
        let mut memory = victim.stopped();
        let latest = {
            let table = Table::open(memory.as_mut_bytes()).expect("a table");
            interrupted += table.repaired() as usize;
            visits.check(&table)
        };
        // Whoever comes next goes on with it.
        for visit in latest + 1..latest + 100 {
            visits.make_in(visit, &mut memory);
        }
        let table = Table::open(memory.as_mut_bytes()).expect("a table");
        assert_eq!(visits.check(&table), latest + 99);
    }
    interrupted
}

/// A process that works on a table as long as its parent lives.
struct Victim {
    process: Child,
    _output: BufReader<ChildStdout>,
    /// A shell, which sends signals without a new process for each.
    shell: Child,
    signals: ChildStdin,
    memory: File,
    address: u64,
}

impl Victim {
    fn start(dies: bool) -> Self {
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "victim", "--ignored", "--nocapture", "--test-threads=1"])
            .env(DEATHS, if dies { "1" } else { "" })
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let address = loop {
            let mut line = String::new();
            assert_ne!(output.read_line(&mut line).expect("a line"), 0, "it ended");
            if let Some((_, address)) = line.split_once("memory at ") {
                break address.trim().parse().expect("a number");
            }
        };
        let memory = File::open(format!("/proc/{}/mem", process.id())).expect("its memory");
        let mut shell = Command::new("sh").stdin(Stdio::piped()).spawn().expect("a shell");
        let signals = shell.stdin.take().expect("its input");
        Self { process, _output: output, shell, signals, memory, address }
    }

    /// Its memory at some moment.
    fn stopped(&mut self) -> Vec<u64> {
        let id = self.process.id();
        writeln!(self.signals, "kill -STOP {id}").expect("a signal");
        let stat = format!("/proc/{id}/stat");
        while !fs::read_to_string(&stat).expect("its state").contains(") T ") {
            thread::yield_now();
        }
        let mut memory = vec![0; MEMORY];
        self.memory.read_exact_at(memory.as_mut_bytes(), self.address).expect("its memory");
        writeln!(self.signals, "kill -CONT {id}").expect("a signal");
        while fs::read_to_string(&stat).expect("its state").contains(") T ") {
            thread::yield_now();
        }
        memory
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        for process in [&mut self.process, &mut self.shell] {
            // It may have ended by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[test]
#[ignore = "the process that the other tests stop"]
fn victim() {
    let dies = env::var(DEATHS).is_ok_and(|deaths| !deaths.is_empty());
    let visits = Visits::new();
    let mut memory = vec![0_u64; MEMORY];
    Table::format(memory.as_mut_bytes(), 64, [1, 2]).expect("room");
    // Dying is not to be told.
    set_hook(Box::new(|_| ()));
    println!("memory at {}", memory.as_ptr().expose_provenance());
    let parent = parent_id();
    for visit in 1..u32::MAX {
        if dies && IS_DEATH(visit) {
            let died = catch_unwind(AssertUnwindSafe(|| {
                let mut table = Table::open(memory.as_mut_bytes()).expect("a table");
                table.see(address(visit), since(visit), |record| {
                    visits.make(visit, record);
                    panic!("as if killed");
                });
            }));
            assert!(died.is_err());
        }
        visits.make_in(visit, &mut memory);
        if visit % 4096 == 0 && parent_id() != parent {
            return;
        }
    }
}
