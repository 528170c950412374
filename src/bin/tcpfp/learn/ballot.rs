//! What an address has to say, whatever the number of its connections: one vote for each base.

use std::io;

use ngx_tcpfp::family::Family;
use ngx_tcpfp::learn::Cell;

use super::log::Sample;

/// One in so many addresses, and of the time of a log the last of so many parts, have no part in what
/// is learnt: they judge it.
const KEPT_OUT: u64 = 5;

type CellBytes = [u8; Cell::LEN];

/// A sample in the order in which votes are counted: by address, then by cell.
#[derive(Clone, Copy)]
pub struct Row {
    address: u64,
    cell: CellBytes,
    time: u32,
    claim: Family,
    ttl: u8,
}

impl Row {
    pub const LEN: usize = 8 + Cell::LEN + 6;

    pub fn of(sample: &Sample, time: u32) -> Self {
        let Sample { address, cell, ttl, claim, .. } = *sample;
        Self { address, cell: cell.to_bytes(), time, claim, ttl }
    }

    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.address.to_be_bytes());
        bytes[8..8 + Cell::LEN].copy_from_slice(&self.cell);
        let end = &mut bytes[8 + Cell::LEN..];
        end[..4].copy_from_slice(&self.time.to_be_bytes());
        end[4..].copy_from_slice(&[self.claim as u8, self.ttl]);
        bytes
    }

    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let mut row =
            Self { address: 0, cell: [0; Cell::LEN], time: 0, claim: Family::Other, ttl: 0 };
        let (mut address, mut time) = ([0; 8], [0; 4]);
        let (head, end) = bytes.split_at(8 + Cell::LEN);
        address.copy_from_slice(&head[..8]);
        row.cell.copy_from_slice(&head[8..]);
        time.copy_from_slice(&end[..4]);
        (row.address, row.time) = (u64::from_be_bytes(address), u32::from_be_bytes(time));
        (row.claim, row.ttl) = (family(end[4]), end[5]);
        row
    }
}

fn family(number: u8) -> Family {
    Family::ALL.get(usize::from(number)).copied().unwrap_or(Family::Other)
}

/// The part of a log that judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Addresses of which nothing was learnt.
    OtherAddresses,
    /// What came after all that was learnt.
    Later,
}

/// What an address sends and claims.
pub struct Vote {
    pub cell: CellBytes,
    pub claim: Family,
    pub ttl: u8,
    /// None if it teaches.
    pub part: Option<Part>,
}

impl Vote {
    pub const LEN: usize = Cell::LEN + 2;

    /// Where it stands among others of its cell does not matter, nor does its part.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..Cell::LEN].copy_from_slice(&self.cell);
        bytes[Cell::LEN..].copy_from_slice(&[self.claim as u8, self.ttl]);
        bytes
    }

    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let mut cell = [0; Cell::LEN];
        cell.copy_from_slice(&bytes[..Cell::LEN]);
        Self { cell, claim: family(bytes[Cell::LEN]), ttl: bytes[Cell::LEN + 1], part: None }
    }
}

/// Counts what addresses say.
pub struct Ballots {
    /// The last time that teaches.
    cutoff: u32,
    /// The address and the base that are being counted.
    current: Option<(u64, CellBytes)>,
    /// Until the cutoff, and after it.
    ballots: [Ballot; 2],
}

/// The rows of one address for one base.
#[derive(Default)]
struct Ballot {
    cell: Option<Counted>,
    most: Option<Counted>,
}

/// The rows of a cell.
#[derive(Clone, Copy)]
struct Counted {
    cell: CellBytes,
    claims: [u64; Family::ALL.len()],
    ttl: u8,
}

impl Counted {
    /// What is claimed most often, and how often.
    fn most(&self) -> (u64, Family) {
        let families = Family::ALL.into_iter().rev();
        let counted = families.map(|family| (self.claims[family as usize], family));
        counted.max_by_key(|(count, _)| *count).unwrap_or((0, Family::Other))
    }
}

impl Ballot {
    fn take(&mut self, row: &Row) {
        if self.cell.is_some_and(|counted| counted.cell != row.cell) {
            self.close();
        }
        let new = || Counted { cell: row.cell, claims: [0; Family::ALL.len()], ttl: row.ttl };
        let counted = self.cell.get_or_insert_with(new);
        counted.claims[row.claim as usize] += 1;
    }

    /// A cell is complete.
    fn close(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        if self.most.is_none_or(|most| most.most().0 < cell.most().0) {
            self.most = Some(cell);
        }
    }
}

impl Ballots {
    pub fn new(cutoff: u32) -> Self {
        Self { cutoff, current: None, ballots: Default::default() }
    }

    /// Takes a row; what the rows before it come to is cast where they are complete.
    ///
    /// # Errors
    ///
    /// Those of `cast`.
    pub fn take(
        &mut self,
        row: &Row,
        cast: &mut impl FnMut(Vote) -> io::Result<()>,
    ) -> io::Result<()> {
        let is_same = self.current.is_some_and(|(address, cell)| {
            address == row.address && cell[..Cell::BASE_LEN] == row.cell[..Cell::BASE_LEN]
        });
        if !is_same {
            self.end(cast)?;
            self.current = Some((row.address, row.cell));
        }
        self.ballots[usize::from(row.time > self.cutoff)].take(row);
        Ok(())
    }

    /// Casts the last votes.
    ///
    /// # Errors
    ///
    /// Those of `cast`.
    pub fn end(&mut self, cast: &mut impl FnMut(Vote) -> io::Result<()>) -> io::Result<()> {
        let Some((address, _)) = self.current.take() else { return Ok(()) };
        let is_kept_out = address % KEPT_OUT == 0;
        for (ballot, part) in self.ballots.iter_mut().zip([None, Some(Part::Later)]) {
            ballot.close();
            let Some(most) = ballot.most.take() else { continue };
            let part = if is_kept_out { Some(Part::OtherAddresses) } else { part };
            cast(Vote { cell: most.cell, claim: most.most().1, ttl: most.ttl, part })?;
        }
        Ok(())
    }
}

/// When the first and the last line of a log came.
#[derive(Default)]
pub struct Times(Option<(u32, u32)>);

impl Times {
    pub fn see(&mut self, time: u32) {
        let (first, last) = self.0.unwrap_or((time, time));
        self.0 = Some((first.min(time), last.max(time)));
    }

    /// The last time that teaches. It is by time and not by lines, of which one address may have
    /// many.
    pub fn cutoff(&self) -> u32 {
        self.0.map_or(u32::MAX, |(first, last)| last - (last - first) / KEPT_OUT as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address that teaches, and one that judges.
    const TEACHER: u64 = KEPT_OUT + 1;
    const JUDGE: u64 = KEPT_OUT;

    fn votes(rows: &[(u64, u8, u8, u32, Family)]) -> Vec<(u8, u8, Family, Option<Part>)> {
        let mut votes = Vec::new();
        let mut ballots = Ballots::new(10);
        let mut cast = |vote: Vote| {
            let vote = Vote { part: vote.part, ..Vote::from_bytes(&vote.to_bytes()) };
            votes.push((vote.cell[0], vote.cell[Cell::BASE_LEN], vote.claim, vote.part));
            Ok(())
        };
        for &(address, base, detail, time, claim) in rows {
            let mut cell = [0; Cell::LEN];
            (cell[0], cell[Cell::BASE_LEN]) = (base, detail);
            let row = Row { address, cell, time, claim, ttl: 60 };
            ballots.take(&Row::from_bytes(&row.to_bytes()), &mut cast).unwrap();
        }
        ballots.end(&mut cast).unwrap();
        votes
    }

    #[test]
    fn an_address_has_one_vote_for_a_base() {
        use Family::{Apple, Linux, Windows};
        // Most of its connections decide, of one cell and one claim.
        let rows = [
            (TEACHER, 1, 1, 1, Windows),
            (TEACHER, 1, 2, 1, Linux),
            (TEACHER, 1, 2, 1, Linux),
            (TEACHER, 1, 2, 2, Apple),
            (TEACHER, 1, 3, 1, Windows),
            (TEACHER, 2, 1, 1, Apple),
        ];
        assert_eq!(votes(&rows), [(1, 2, Linux, None), (2, 1, Apple, None)]);
        assert_eq!(votes(&[(TEACHER, 1, 1, 1, Linux); 1000]).len(), 1);
        assert_eq!(votes(&[]), []);
    }

    #[test]
    fn what_judges_does_not_teach() {
        use Family::{Linux, Windows};
        let (later, other) = (Some(Part::Later), Some(Part::OtherAddresses));
        let rows = [
            (JUDGE, 1, 1, 1, Linux),
            (TEACHER, 1, 1, 10, Linux),
            (TEACHER, 1, 1, 11, Windows),
            (TEACHER + 1, 1, 1, 12, Windows),
        ];
        let expected = [
            (1, 1, Linux, other),
            (1, 1, Linux, None),
            (1, 1, Windows, later),
            (1, 1, Windows, later),
        ];
        assert_eq!(votes(&rows), expected);
    }

    #[test]
    fn the_last_fifth_is_kept_out() {
        let cutoff = |times: &[u32]| {
            let mut all = Times::default();
            times.iter().for_each(|&time| all.see(time));
            all.cutoff()
        };
        assert_eq!(cutoff(&[1000, 2000, 1500]), 1800);
        // However many lines come at once.
        assert_eq!(cutoff(&[[1000].repeat(5000), vec![2000]].concat()), 1800);
        assert_eq!(cutoff(&[7]), 7);
        assert_eq!(cutoff(&[]), u32::MAX);
    }
}
