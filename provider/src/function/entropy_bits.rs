//! `provider::coffer::entropy_bits`

use coffer_plugin::{Arguments, Function, FunctionError};

use crate::ephemeral::whole_bits;

/// Estimates how hard a text is to guess, in whole bits: how many texts of the same length and the same kinds of
/// characters there are, less for well-known words, sequences and repetitions.
///
/// The estimate is right for random text. It is too high for what is not random in ways that it cannot see, such as a
/// verse. Of a sensitive text the result is sensitive, too; `nonsensitive` makes it usable in a check.
#[derive(Arguments)]
pub(crate) struct EntropyBits {
    /// The text.
    text: String,
}

impl Function for EntropyBits {
    type Output = i64;
    const NAME: &'static str = "entropy_bits";
    const SUMMARY: &'static str = "Estimates how hard a text is to guess";

    fn call(self) -> Result<i64, FunctionError> {
        Ok(whole_bits(coffer_rotation::strength::entropy_bits(
            &self.text,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_whole_bits() {
        let bits = |text: &str| {
            EntropyBits {
                text: text.to_owned(),
            }
            .call()
        };
        assert_eq!(bits(""), Ok(0));
        // Ten different digits, of which no three follow one another: 10 times log2(10) is 33.2.
        assert_eq!(bits("3141592650"), Ok(33));
    }
}
