//! Claims that are made up, as an expectation-maximisation tells them from those that are not.

use crate::database::Census;
use crate::families::Family;

const FAMILIES: usize = Family::ALL.len();

/// Rounds of expectation and maximisation between two looks at which families a stack has.
const ROUNDS: usize = 100;
/// A stack has one more family where so many times more addresses claim it than would make it up,
const TIMES: f64 = 3.0;
/// and where that is no chance: twice the logarithm of how much likelier it is.
const NO_CHANCE: f64 = 20.0;
/// Of more than every other claim nobody could tell which half is true.
const MOST: f64 = 0.5;

/// The addresses of a stack.
#[derive(Clone, Copy, Debug)]
pub struct Claims {
    /// By what they claim.
    pub claimed: Census,
    /// Whether the stack may be a family's, in the order of [`Family::ALL`].
    pub may_be: [bool; FAMILIES],
}

/// How claims are made up: by a share of all addresses, of whatever stack, in the same proportion.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// How many of all addresses, from 0 to 1.
    pub share: f64,
    /// What these claim, in the order of [`Family::ALL`].
    pub claims: [f64; FAMILIES],
    /// The addresses of each stack that tell the truth, by family, in the order of the stacks.
    pub honest: Vec<[f64; FAMILIES]>,
}

impl Noise {
    /// Finds how the claims of stacks came about. Each stack is that of a few families at most; what
    /// more is claimed of it is made up. A claim that fits a stack may be made up, too.
    pub fn of(stacks: &[Claims]) -> Self {
        let even = 1.0 / FAMILIES as f64;
        let mut noise = Self { share: 0.05, claims: [even; FAMILIES], honest: Vec::new() };
        let mut has: Vec<[bool; FAMILIES]> = stacks.iter().map(most_claimed).collect();
        loop {
            for _ in 0..ROUNDS {
                let before = noise.share;
                noise.turn(stacks, &has);
                if (noise.share - before).abs() < 1e-9 {
                    break;
                }
            }
            let mut is_new = false;
            for (stack, has) in stacks.iter().zip(&mut has) {
                for (at, has) in has.iter_mut().enumerate() {
                    let is_one_more = stack.may_be[at] && !*has && noise.leaves(stack, at);
                    *has |= is_one_more;
                    is_new |= is_one_more;
                }
            }
            if !is_new {
                return noise;
            }
        }
    }

    /// How likely a claim is honest, where a stack has this share of the family: the expectation.
    fn is_honest(&self, share: f64, at: usize) -> f64 {
        let honest = (1.0 - self.share) * share;
        if honest <= 0.0 {
            0.0
        } else {
            honest / (honest + self.share * self.claims[at])
        }
    }

    /// Makes the noise what the expectation says that it is: the maximisation.
    fn turn(&mut self, stacks: &[Claims], has: &[[bool; FAMILIES]]) {
        let honest_before = std::mem::take(&mut self.honest);
        // One address a family is nothing beside those that there are, and keeps each possible.
        let mut made_up = [1.0; FAMILIES];
        let mut all = 0.0;
        for (number, (stack, has)) in stacks.iter().zip(has).enumerate() {
            let claimed = stack.claimed.0.map(f64::from);
            let before = honest_before.get(number);
            let weight = |at: usize| {
                let known = before.map_or(0.0, |before| before[at]);
                match has[at] {
                    true if known > 0.0 => known,
                    true => claimed[at],
                    false => 0.0,
                }
            };
            let sum: f64 = (0..FAMILIES).map(weight).sum();
            let mut honest = [0.0; FAMILIES];
            for at in 0..FAMILIES {
                let share = if sum > 0.0 { weight(at) / sum } else { 0.0 };
                honest[at] = claimed[at] * self.is_honest(share, at);
                made_up[at] += claimed[at] - honest[at];
                all += claimed[at];
            }
            self.honest.push(honest);
        }
        let sum: f64 = made_up.iter().sum();
        self.share = ((sum - FAMILIES as f64) / f64::max(all, 1.0)).clamp(0.0, MOST);
        self.claims = made_up.map(|count| count / sum);
    }

    /// Whether more addresses claim a family of a stack than would make it up.
    fn leaves(&self, stack: &Claims, at: usize) -> bool {
        let (seen, all) = (f64::from(stack.claimed.0[at]), stack.claimed.all() as f64);
        let expected = all * self.share * self.claims[at];
        seen > TIMES * expected
            && 2.0 * (seen * (seen / expected).ln() - (seen - expected)) > NO_CHANCE
    }
}

fn most_claimed(stack: &Claims) -> [bool; FAMILIES] {
    let claimed = |at: &usize| stack.may_be[*at].then_some(stack.claimed.0[*at]);
    let most = (0..FAMILIES).rev().max_by_key(claimed);
    std::array::from_fn(|at| Some(at) == most && stack.may_be[at])
}
