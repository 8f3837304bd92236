//! Unbiased choices from the operating system's random generator.

use zeroize::Zeroizing;

use super::GenerateError;

/// Fills `buffer` with random bytes.
pub(super) fn fill(buffer: &mut [u8]) -> Result<(), GenerateError> {
    getrandom::fill(buffer).map_err(|error| GenerateError::Random(error.to_string()))
}

/// A source of unbiased numbers that asks the system for 64 bytes at a time and wipes them.
pub(super) struct Draw {
    pool: Zeroizing<[u8; 64]>,
    used: usize,
}

impl Draw {
    pub(super) fn new() -> Self {
        Self {
            pool: Zeroizing::new([0; 64]),
            used: 64,
        }
    }

    fn word(&mut self) -> Result<u32, GenerateError> {
        loop {
            if let Some(bytes) = self
                .pool
                .get(self.used..)
                .and_then(|rest| rest.first_chunk::<4>())
            {
                self.used = self.used.saturating_add(4);
                return Ok(u32::from_le_bytes(*bytes));
            }
            fill(self.pool.as_mut_slice())?;
            self.used = 0;
        }
    }

    /// A number below `bound`, each as likely as the others (rejection sampling). 0 where `bound` is 0.
    pub(super) fn below(&mut self, bound: u32) -> Result<u32, GenerateError> {
        // The largest multiple of `bound` that a word can stay under; words above it would favour small results.
        let Some(rest) = u32::MAX.checked_rem(bound) else {
            return Ok(0);
        };
        let limit = u32::MAX.saturating_sub(rest);
        loop {
            let word = self.word()?;
            if word < limit {
                return Ok(word.checked_rem(bound).unwrap_or(0));
            }
        }
    }

    /// One of `items`, or none where there is none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Result<Option<&'a T>, GenerateError> {
        let bound = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let index = self.below(bound)?;
        Ok(usize::try_from(index)
            .ok()
            .and_then(|index| items.get(index)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_the_bound_and_reach_all_of_it() {
        let mut draw = Draw::new();
        for bound in [1, 2, 3, 7, 62] {
            let mut seen = vec![false; bound as usize];
            for _ in 0..bound * 60 {
                seen[draw.below(bound).unwrap() as usize] = true;
            }
            assert!(
                seen.iter().all(|hit| *hit),
                "bound {bound} was not reached everywhere"
            );
        }
        assert_eq!(draw.below(0), Ok(0));
    }
}
