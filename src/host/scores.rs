//! The scores of a client's last connections (process.c, `add_nat_score`).

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// The last 32 scores, four bits each; what exceeds them counts alike.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromBytes, Immutable, IntoBytes)]
pub struct Scores([u8; 16]);

/// Scores from which a connection counts as strange to a degree, and how many such connections
/// are still no sign of sharing.
const DEGREES: [(u8, usize); 4] = [(6, 2), (3, 4), (2, 6), (1, 8)];

impl Scores {
    /// Adds the score of a connection, and drops that of the 33rd last.
    pub fn push(&mut self, score: u8) {
        let scores = u128::from_le_bytes(self.0) << 4 | u128::from(score.min(15));
        self.0 = scores.to_le_bytes();
    }

    /// Whether several machines must have made these connections.
    pub fn show_sharing(&self) -> bool {
        let scores = || self.0.iter().flat_map(|pair| [pair & 15, pair >> 4]);
        DEGREES.iter().any(|&(least, most)| scores().filter(|&score| score >= least).count() > most)
    }
}
