//! How many passwords a policy allows, which is their entropy.

/// One class of characters with what the policy says about it.
pub(super) struct Class {
    pub(super) characters: Vec<u8>,
    /// How many of them there must be.
    pub(super) minimum: usize,
}

/// The base-2 logarithm of how many texts of `length` hold at least each class's minimum.
///
/// Counts by classes: `ways[n]` is the number of ways to fill n of the places with the classes seen so far;
/// the next class takes k >= minimum of the free places in C(n + k, k) * size^k ways. All in logarithms, because
/// the counts do not fit a float.
#[allow(clippy::cast_precision_loss)]
pub(super) fn log2_of_outcomes(classes: &[Class], length: usize) -> f64 {
    let mut log_factorial = vec![0.0_f64];
    let mut sum = 0.0;
    for n in 1..=length {
        sum += (n as f64).log2();
        log_factorial.push(sum);
    }
    let factorial = |n: usize| log_factorial.get(n).copied().unwrap_or(0.0);
    let mut ways = vec![f64::NEG_INFINITY; length.saturating_add(1)];
    if let Some(none) = ways.first_mut() {
        *none = 0.0;
    }
    for class in classes {
        let size = (class.characters.len() as f64).log2();
        let mut next = vec![f64::NEG_INFINITY; length.saturating_add(1)];
        for (filled, &log_ways) in ways.iter().enumerate() {
            if log_ways == f64::NEG_INFINITY {
                continue;
            }
            for taken in class.minimum..=length.saturating_sub(filled) {
                let total = filled.saturating_add(taken);
                let choose = factorial(total) - factorial(filled) - factorial(taken);
                if let Some(slot) = next.get_mut(total) {
                    *slot = add_logs(*slot, log_ways + choose + size * taken as f64);
                }
            }
        }
        ways = next;
    }
    ways.last().copied().unwrap_or(0.0).max(0.0)
}

/// log2(2^a + 2^b) without leaving the range of a float.
fn add_logs(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY {
        return high;
    }
    high + (low - high).exp2().ln_1p() / std::f64::consts::LN_2
}
