//! Passphrases: words that people can remember and type.

use coffer_vault::Secret;
use diceware_wordlists::EFF_LONG_WORDLIST;
use zeroize::Zeroizing;

use super::draw::Draw;
use super::{DEFAULT_MIN_ENTROPY_BITS, GenerateError, Generated, check_entropy};

/// The fewest and the most words.
const WORDS: (usize, usize) = (1, 64);
/// No word of the list is longer.
const LONGEST_WORD: usize = 16;

/// What a passphrase is made of: words of the long list of the Electronic Frontier Foundation (7776 words, 12.9 bits each).
#[derive(Clone, Debug, PartialEq)]
pub struct PassphrasePolicy {
    /// How many words; 1 to 64.
    pub words: usize,
    /// What stands between them: printable ASCII.
    pub separator: String,
    /// Whether each word starts with a capital letter; adds nothing to the entropy.
    pub capitalise: bool,
    /// The least entropy in bits; a policy below it generates nothing.
    pub min_entropy_bits: f64,
}

impl Default for PassphrasePolicy {
    fn default() -> Self {
        Self {
            words: 6,
            separator: "-".into(),
            capitalise: false,
            min_entropy_bits: DEFAULT_MIN_ENTROPY_BITS,
        }
    }
}

impl PassphrasePolicy {
    /// The entropy in bits. The separator counts for nothing, because a guesser knows it.
    ///
    /// # Errors
    /// Where the policy contradicts itself. Without a separator two texts of words can be the same text, so one is needed.
    pub fn entropy_bits(&self) -> Result<f64, GenerateError> {
        let (min, max) = WORDS;
        if self.words < min || self.words > max {
            return Err(GenerateError::Length {
                length: self.words,
                min,
                max,
            });
        }
        super::password::printable("separator", &self.separator.replace(' ', "_"))?;
        if self.words > 1
            && !self.separator.contains(|c: char| !c.is_ascii_lowercase())
            && !self.capitalise
        {
            return Err(GenerateError::NoSeparator);
        }
        #[allow(clippy::cast_precision_loss)]
        let bits = (EFF_LONG_WORDLIST.len() as f64).log2() * self.words as f64;
        Ok(bits)
    }

    /// Generates a passphrase; every choice of words is equally likely.
    ///
    /// # Errors
    /// Where the policy contradicts itself or is weaker than its own floor, or the system has no random bytes.
    pub fn generate(&self) -> Result<Generated, GenerateError> {
        let entropy_bits = self.entropy_bits()?;
        check_entropy(entropy_bits, self.min_entropy_bits)?;
        let longest = LONGEST_WORD.saturating_add(self.separator.len());
        let mut text = Zeroizing::new(Vec::with_capacity(longest.saturating_mul(self.words)));
        let mut draw = Draw::new();
        for at in 0..self.words {
            if at > 0 {
                text.extend_from_slice(self.separator.as_bytes());
            }
            let word = draw
                .pick(&EFF_LONG_WORDLIST)?
                .ok_or(GenerateError::EmptyAlphabet)?;
            let start = text.len();
            text.extend_from_slice(word.as_bytes());
            if let Some(first) = text.get_mut(start).filter(|_| self.capitalise) {
                first.make_ascii_uppercase();
            }
        }
        Ok(Generated {
            value: Secret::from(text),
            entropy_bits,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_of_the_list_and_the_buffer_never_grows() {
        assert!(
            EFF_LONG_WORDLIST
                .iter()
                .all(|word| word.len() <= LONGEST_WORD && word.is_ascii())
        );
        // Words with a dash would make two choices one text.
        let policy = PassphrasePolicy {
            words: 8,
            separator: " ".into(),
            ..PassphrasePolicy::default()
        };
        let made = policy.generate().unwrap();
        let text = made.value.danger_expose_str().unwrap();
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(words.len(), 8);
        assert!(words.iter().all(|word| EFF_LONG_WORDLIST.contains(word)));
        assert!((made.entropy_bits - 103.4).abs() < 0.1);
    }

    #[test]
    fn too_few_words_and_words_that_run_together_are_refused() {
        let few = PassphrasePolicy {
            words: 4,
            ..PassphrasePolicy::default()
        };
        assert!(matches!(few.generate(), Err(GenerateError::TooWeak { .. })));
        let glued = PassphrasePolicy {
            separator: String::new(),
            ..PassphrasePolicy::default()
        };
        assert_eq!(glued.generate().err(), Some(GenerateError::NoSeparator));
        let capitals = PassphrasePolicy {
            capitalise: true,
            ..glued
        };
        let made = capitals.generate().unwrap();
        assert_eq!(
            made.value
                .danger_expose()
                .iter()
                .filter(|c| c.is_ascii_uppercase())
                .count(),
            6
        );
    }
}
