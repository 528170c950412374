//! Holds what was learnt against what had no part in it.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write};

use ngx_tcpfp::database::Database;
use ngx_tcpfp::learn::{Cell, Tally};
use ngx_tcpfp::signature::p0f::Observed;

use super::ballot::{Part, Vote};

/// The votes that judge, in a file that goes with the program.
pub struct Judge {
    files: [BufWriter<File>; 2],
}

/// Each part by the databases that there were, and by those with what was learnt.
pub struct Comparison([[Tally; 2]; 2]);

impl Judge {
    /// # Errors
    ///
    /// There is no place for a file.
    pub fn new() -> io::Result<Self> {
        let file = || tempfile::tempfile().map(BufWriter::new);
        Ok(Self { files: [file()?, file()?] })
    }

    /// # Errors
    ///
    /// The file cannot be written.
    pub fn keep(&mut self, part: Part, vote: &Vote) -> io::Result<()> {
        self.files[part as usize].write_all(&vote.to_bytes())
    }

    /// # Errors
    ///
    /// The file cannot be read.
    pub fn compare(self, before: &Database, after: &Database) -> io::Result<Comparison> {
        let mut comparison = Comparison(Default::default());
        for (file, tallies) in self.files.into_iter().zip(&mut comparison.0) {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            let mut file = BufReader::new(file);
            let mut bytes = [0; Vote::LEN];
            loop {
                match file.read_exact(&mut bytes) {
                    Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
                    read => read?,
                }
                let vote = Vote::from_bytes(&bytes);
                let observed = Observed { ttl: vote.ttl, ..Cell::from_bytes(&vote.cell).observed };
                for (tally, database) in tallies.iter_mut().zip([before, after]) {
                    tally.add(&observed, vote.claim, database);
                }
            }
        }
        Ok(comparison)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "What had no part in it, against what it claims:")?;
        writeln!(
            f,
            "{:27} {:>8} {:>8} {:>8} {:>12} {:>12}",
            "", "labelled", "right", "sure", "surely right", "calibration"
        )?;
        for (part, tallies) in ["other addresses", "later"].into_iter().zip(&self.0) {
            let addresses = tallies[0].all;
            writeln!(f, "{part}: {addresses}")?;
            for (when, tally) in ["before", "after"].into_iter().zip(tallies) {
                writeln!(f, "  {when:25} {tally}")?;
            }
        }
        Ok(())
    }
}
