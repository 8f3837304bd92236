//! Random passwords under a policy of character classes.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::draw::Draw;
use super::outcomes::{Class, log2_of_outcomes};
use super::{DEFAULT_MIN_ENTROPY_BITS, GenerateError, Generated, check_entropy};
use coffer_vault::Secret;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
/// The special characters of a password that says nothing else: those that need no escape in a URL's user
/// information, a shell's double quotes, SQL or YAML are few, so the set is the one that users of
/// `random_password` know.
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";
/// Characters that people mistake for one another.
const AMBIGUOUS: &str = "0O1lI|";

/// The shortest and the longest password.
const LENGTHS: (usize, usize) = (1, 4096);

/// What a password is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// How many characters; 1 to 4096.
    pub length: usize,
    /// Whether lower-case letters may occur.
    pub lower: bool,
    /// Whether upper-case letters may occur.
    pub upper: bool,
    /// Whether digits may occur.
    pub digits: bool,
    /// Whether special characters may occur.
    pub special: bool,
    /// How many lower-case letters there must be.
    pub min_lower: usize,
    /// How many upper-case letters there must be.
    pub min_upper: usize,
    /// How many digits there must be.
    pub min_digits: usize,
    /// How many special characters there must be.
    pub min_special: usize,
    /// The special characters to choose from, instead of the default `!@#$%&*()-_=+[]{}<>:?`.
    pub override_special: Option<String>,
    /// Characters that may not occur.
    pub exclude: String,
    /// Whether characters that people mistake for one another (`0 O 1 l I |`) may not occur.
    pub exclude_ambiguous: bool,
    /// The least entropy in bits; a policy below it generates nothing. Lowering it under the default of 64 is an
    /// explicit choice for systems that cannot take more.
    pub min_entropy_bits: f64,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            length: 32,
            lower: true,
            upper: true,
            digits: true,
            special: true,
            min_lower: 0,
            min_upper: 0,
            min_digits: 0,
            min_special: 0,
            override_special: None,
            exclude: String::new(),
            exclude_ambiguous: false,
            min_entropy_bits: DEFAULT_MIN_ENTROPY_BITS,
        }
    }
}

impl PasswordPolicy {
    /// The entropy of a password of this policy in bits: the logarithm of how many passwords it allows,
    /// each of which is equally likely.
    ///
    /// # Errors
    /// Where the policy contradicts itself.
    pub fn entropy_bits(&self) -> Result<f64, GenerateError> {
        Ok(log2_of_outcomes(&self.classes()?, self.length))
    }

    /// Generates a password, uniformly among all that the policy allows.
    ///
    /// # Errors
    /// Where the policy contradicts itself or is weaker than its own floor, or the system has no random bytes.
    pub fn generate(&self) -> Result<Generated, GenerateError> {
        let classes = self.classes()?;
        let entropy_bits = log2_of_outcomes(&classes, self.length);
        check_entropy(entropy_bits, self.min_entropy_bits)?;
        let alphabet: Vec<u8> = classes
            .iter()
            .flat_map(|class| class.characters.iter().copied())
            .collect();
        let mut draw = Draw::new();
        // Drawing whole passwords until one meets the minimums keeps every allowed password equally likely, which
        // placing the minimums first and shuffling does not. Policies so tight that luck fails go by places.
        for _ in 0..1000 {
            let mut password = Zeroizing::new(Vec::with_capacity(self.length));
            for _ in 0..self.length {
                password.push(*draw.pick(&alphabet)?.ok_or(GenerateError::EmptyAlphabet)?);
            }
            if classes
                .iter()
                .all(|class| count_of(&password, &class.characters) >= class.minimum)
            {
                return Ok(Generated {
                    value: Secret::from(password),
                    entropy_bits,
                });
            }
        }
        self.generate_by_places(&classes, &alphabet, &mut draw, entropy_bits)
    }

    /// Draws the required characters first, fills up from the whole alphabet and shuffles (Fisher-Yates).
    fn generate_by_places(
        &self,
        classes: &[Class],
        alphabet: &[u8],
        draw: &mut Draw,
        entropy_bits: f64,
    ) -> Result<Generated, GenerateError> {
        let mut password = Zeroizing::new(Vec::with_capacity(self.length));
        for class in classes {
            for _ in 0..class.minimum {
                password.push(
                    *draw
                        .pick(&class.characters)?
                        .ok_or(GenerateError::EmptyAlphabet)?,
                );
            }
        }
        while password.len() < self.length {
            password.push(*draw.pick(alphabet)?.ok_or(GenerateError::EmptyAlphabet)?);
        }
        for last in (1..password.len()).rev() {
            let bound = u32::try_from(last.saturating_add(1)).unwrap_or(u32::MAX);
            let other = usize::try_from(draw.below(bound)?).unwrap_or(last);
            password.swap(last, other);
        }
        Ok(Generated {
            value: Secret::from(password),
            entropy_bits,
        })
    }

    fn classes(&self) -> Result<Vec<Class>, GenerateError> {
        let (min, max) = LENGTHS;
        if self.length < min || self.length > max {
            return Err(GenerateError::Length {
                length: self.length,
                min,
                max,
            });
        }
        printable("exclude", &self.exclude)?;
        let special = self.override_special.as_deref().unwrap_or(SPECIAL);
        printable("override_special", special)?;
        let mut classes: Vec<Class> = Vec::new();
        for (name, enabled, characters, minimum) in [
            ("lower-case", self.lower, LOWER, self.min_lower),
            ("upper-case", self.upper, UPPER, self.min_upper),
            ("digit", self.digits, DIGITS, self.min_digits),
            ("special", self.special, special, self.min_special),
        ] {
            let mut left: Vec<u8> = Vec::new();
            if enabled {
                for c in characters.bytes() {
                    let taken = left.contains(&c)
                        || classes
                            .iter()
                            .any(|class: &Class| class.characters.contains(&c));
                    if !taken && self.may_occur(c) {
                        left.push(c);
                    }
                }
            }
            if left.is_empty() && minimum > 0 {
                return Err(GenerateError::EmptyClass { class: name });
            }
            if !left.is_empty() {
                classes.push(Class {
                    characters: left,
                    minimum,
                });
            }
        }
        if classes.is_empty() {
            return Err(GenerateError::EmptyAlphabet);
        }
        let needed = classes
            .iter()
            .fold(0_usize, |sum, class| sum.saturating_add(class.minimum));
        if needed > self.length {
            return Err(GenerateError::MinimumsTooLarge {
                needed,
                length: self.length,
            });
        }
        Ok(classes)
    }

    fn may_occur(&self, c: u8) -> bool {
        !(self.exclude.as_bytes().contains(&c)
            || self.exclude_ambiguous && AMBIGUOUS.as_bytes().contains(&c))
    }
}

pub(super) fn printable(argument: &'static str, text: &str) -> Result<(), GenerateError> {
    match text.chars().find(|c| !c.is_ascii_graphic()) {
        Some(character) => Err(GenerateError::NotPrintable {
            argument,
            character,
        }),
        None => Ok(()),
    }
}

fn count_of(password: &[u8], characters: &[u8]) -> usize {
    password.iter().filter(|c| characters.contains(c)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weak(policy: PasswordPolicy) -> PasswordPolicy {
        PasswordPolicy {
            min_entropy_bits: 0.0,
            ..policy
        }
    }

    #[test]
    fn entropy_counts_the_passwords_that_the_policy_allows() {
        let digits = weak(PasswordPolicy {
            length: 2,
            lower: false,
            upper: false,
            special: false,
            ..PasswordPolicy::default()
        });
        assert!((digits.entropy_bits().unwrap() - 100_f64.log2()).abs() < 1e-9);
        // At least one digit and one of "ab" in three places: 12^3 - 10^3 - 2^3.
        let mixed = PasswordPolicy {
            length: 3,
            special: true,
            override_special: Some("_.".into()),
            min_special: 1,
            min_digits: 1,
            ..digits
        };
        assert!((mixed.entropy_bits().unwrap() - 720_f64.log2()).abs() < 1e-9);
    }

    #[test]
    fn a_default_password_has_more_than_200_bits() {
        let made = PasswordPolicy::default().generate().unwrap();
        assert_eq!(made.value.len(), 32);
        assert!(made.entropy_bits > 200.0);
    }

    #[test]
    fn a_weak_policy_is_refused_unless_its_floor_is_lowered() {
        let short = PasswordPolicy {
            length: 8,
            ..PasswordPolicy::default()
        };
        assert!(matches!(
            short.generate(),
            Err(GenerateError::TooWeak { .. })
        ));
        assert!(weak(short).generate().is_ok());
    }

    #[test]
    fn contradictions_are_named() {
        let none = PasswordPolicy {
            lower: false,
            upper: false,
            digits: false,
            special: false,
            ..PasswordPolicy::default()
        };
        assert_eq!(none.generate().err(), Some(GenerateError::EmptyAlphabet));
        let no_digits = PasswordPolicy {
            digits: false,
            min_digits: 1,
            ..PasswordPolicy::default()
        };
        assert_eq!(
            no_digits.generate().err(),
            Some(GenerateError::EmptyClass { class: "digit" })
        );
        let crowded = PasswordPolicy {
            length: 4,
            min_lower: 3,
            min_upper: 3,
            ..weak(PasswordPolicy::default())
        };
        assert_eq!(
            crowded.generate().err(),
            Some(GenerateError::MinimumsTooLarge {
                needed: 6,
                length: 4
            })
        );
        let accent = PasswordPolicy {
            override_special: Some("é".into()),
            ..PasswordPolicy::default()
        };
        assert_eq!(
            accent.generate().err(),
            Some(GenerateError::NotPrintable {
                argument: "override_special",
                character: 'é'
            })
        );
    }

    proptest! {
        #[test]
        fn every_password_keeps_its_policy(
            length in 4_usize..80,
            min_lower in 0_usize..3,
            min_digits in 0_usize..3,
            exclude in "[a-z0-9]{0,8}",
            exclude_ambiguous: bool,
            special: bool,
        ) {
            let policy = weak(PasswordPolicy {
                length, min_lower, min_digits, exclude, exclude_ambiguous, special,
                ..PasswordPolicy::default()
            });
            let made = policy.generate().unwrap();
            let password = made.value.danger_expose_str().unwrap();
            prop_assert_eq!(password.len(), length);
            prop_assert!(password.chars().filter(char::is_ascii_lowercase).count() >= min_lower);
            prop_assert!(password.chars().filter(char::is_ascii_digit).count() >= min_digits);
            prop_assert!(!password.chars().any(|c| policy.exclude.contains(c)));
            prop_assert!(!exclude_ambiguous || !password.chars().any(|c| "0O1lI|".contains(c)));
            prop_assert!(special || password.chars().all(|c| c.is_ascii_alphanumeric()));
        }

        #[test]
        fn tight_policies_are_met_too(length in 8_usize..40) {
            let made = weak(PasswordPolicy { length, min_digits: length, ..PasswordPolicy::default() }).generate().unwrap();
            prop_assert!(made.value.danger_expose().iter().all(u8::is_ascii_digit));
        }
    }
}
