//! What a site's own database makes of the shares: who visits it, and who sent a signature there.

use super::Shares;
use crate::database::Census;
use crate::families::Family;

/// The model's opinion of a SYN counts as much as so many addresses that sent it. With 20, verdicts on
/// what `tcpfp learn` kept out are 8% less sure than right; with 4, 2%.
const MODEL: u64 = 5;
/// How often each family is met in the world counts as much as so many addresses of the site.
const WORLD: u64 = 1000;
/// A family is at most so many times more or less frequent than in the world: claims show no more.
const MOST: u64 = 10;

impl Shares {
    /// What they are where clients are those of a site: a family that is twice as frequent there has
    /// twice the share, before all make up the whole again. What claims do not tell stays as it was.
    pub(super) fn at_site(self, population: &Census) -> Self {
        let all = population.all();
        let weights = Family::ALL.map(|family| {
            let (expected, share) = (u64::from(family.population()), self.of_family(family));
            let once = (all + WORLD) * expected;
            let times = match family {
                Family::Other => once,
                _ => u64::from(population.of(family)) * 1000 + WORLD * expected,
            };
            // In thousandths, so that little is lost by rounding.
            u64::from(share) * (times.clamp(once / MOST, once * MOST) * 1000 / once)
        });
        Self::in_proportion(weights)
    }

    /// What they are where a site has counted who sent this SYN.
    pub(super) fn counted(self, census: &Census) -> Self {
        let weights = Family::ALL.map(|family| {
            let whole = u64::from(Self::WHOLE);
            u64::from(self.of_family(family)) * MODEL + u64::from(census.of(family)) * whole
        });
        Self::in_proportion(weights)
    }

    /// Shares that are to each other as these weights. The greatest has what rounding down leaves.
    fn in_proportion(weights: [u64; Family::ALL.len()]) -> Self {
        let sum = weights.iter().sum::<u64>().max(1);
        let mut shares = weights.map(|weight| (weight * u64::from(Self::WHOLE) / sum) as u16);
        let greatest = (0..weights.len()).rev().max_by_key(|&at| weights[at]).unwrap_or(0);
        shares[greatest] += Self::WHOLE - shares.iter().sum::<u16>();
        Self(shares)
    }
}
