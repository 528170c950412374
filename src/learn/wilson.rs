//! What a share is at least.

/// How many standard deviations a bound is away: one in 40 shares is beyond it.
const Z: f64 = 1.96;

/// The lower bound of a share of which so many of all were seen: Wilson's score interval
/// (Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927).
pub fn at_least(seen: f64, all: f64) -> f64 {
    if all <= 0.0 {
        return 0.0;
    }
    let share = seen / all;
    let middle = share + Z * Z / (2.0 * all);
    let half = Z * (share * (1.0 - share) / all + Z * Z / (4.0 * all * all)).sqrt();
    ((middle - half) / (1.0 + Z * Z / all)).max(0.0)
}
