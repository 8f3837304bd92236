//! How hard a given password is to guess, and whether it meets demands.

use std::fmt;

/// Words that the lists of the most used passwords are made of.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "passw0rd",
    "p@ssw0rd",
    "letmein",
    "welcome",
    "changeme",
    "secret",
    "qwertyuiop",
    "qwertz",
    "qwerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "zxcvbn",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "starwars",
    "dragon",
    "monkey",
    "shadow",
    "master",
    "michael",
    "freedom",
    "whatever",
    "trustno1",
    "hunter2",
    "computer",
    "internet",
    "default",
    "administrator",
    "admin",
    "root",
    "toor",
    "guest",
    "test",
    "user",
    "login",
    "access",
    "server",
    "database",
    "postgres",
    "mysql",
    "oracle",
    "summer",
    "winter",
    "spring",
    "autumn",
    "company",
    "hello",
    "love",
    "pass",
    "example",
    "terraform",
];

/// What choosing one of [`WORDS`] and its capitals adds.
const BITS_OF_A_WORD: f64 = 8.0;
/// What a character adds that follows from those before it.
const BITS_OF_A_CONTINUATION: f64 = 1.0;
/// The longest block that is looked for a second time.
const LONGEST_BLOCK: usize = 64;

/// An estimate of how hard `text` is to guess, in bits: how many texts of the same length and the same kinds of
/// characters there are, less for well-known words, sequences (`abc`, `321`) and repetitions.
///
/// It is right for random text. It is too high for what is not random in ways that it cannot see, such as a verse; no
/// estimate is right for those. Only a generator knows the entropy of what it makes.
#[must_use]
pub fn entropy_bits(text: &str) -> f64 {
    let characters: Vec<char> = text.chars().collect();
    let bits_of_one = pool(&characters).log2();
    let lower: Vec<char> = characters.iter().map(char::to_ascii_lowercase).collect();
    let mut bits = 0.0;
    let mut at = 0;
    while at < characters.len() {
        let rest = lower.get(at..).unwrap_or_default();
        if let Some(word) = word_at(rest) {
            bits += BITS_OF_A_WORD.min(bits_of_one * word as f64);
            at = at.saturating_add(word);
            continue;
        }
        if let Some(block) = repetition_at(&characters, at) {
            // Which of the places before it the block repeats.
            bits += (at as f64).log2().max(BITS_OF_A_CONTINUATION);
            at = at.saturating_add(block);
            continue;
        }
        bits += if follows(&characters, at) {
            BITS_OF_A_CONTINUATION.min(bits_of_one)
        } else {
            bits_of_one
        };
        at = at.saturating_add(1);
    }
    bits
}

/// How many characters there are of the kinds that occur.
fn pool(characters: &[char]) -> f64 {
    let mut size: u32 = 0;
    let mut kind = |occurs: fn(&char) -> bool, count: u32| {
        if characters.iter().any(occurs) {
            size = size.saturating_add(count);
        }
    };
    kind(char::is_ascii_lowercase, 26);
    kind(char::is_ascii_uppercase, 26);
    kind(char::is_ascii_digit, 10);
    kind(|c| c.is_ascii() && !c.is_ascii_alphanumeric(), 33);
    kind(|c| !c.is_ascii(), 100);
    // Hexadecimal text is drawn from 16 characters, whatever letters it could have had.
    let hexadecimal = characters.len() >= 16
        && characters.iter().all(char::is_ascii_hexdigit)
        && !(characters.iter().any(char::is_ascii_lowercase)
            && characters.iter().any(char::is_ascii_uppercase));
    f64::from(if hexadecimal {
        size.min(16)
    } else {
        size.max(1)
    })
}

/// The length of the longest of [`WORDS`] that `text` begins with.
fn word_at(text: &[char]) -> Option<usize> {
    WORDS
        .iter()
        .filter(|word| {
            let mut characters = text.iter();
            word.chars().all(|c| characters.next() == Some(&c))
        })
        .map(|word| word.len())
        .max()
}

/// The length of the block at `at` that has stood before it, if it has three characters or more.
fn repetition_at(characters: &[char], at: usize) -> Option<usize> {
    let (before, rest) = characters.split_at_checked(at)?;
    let longest = before.len().min(rest.len()).min(LONGEST_BLOCK);
    (3..=longest).rev().find(|length| {
        rest.get(..*length)
            .is_some_and(|block| before.windows(*length).any(|window| window == block))
    })
}

/// Whether the character at `at` is the one before it, or goes on as the two before it did.
fn follows(characters: &[char], at: usize) -> bool {
    let code = |back: usize| {
        let character = characters.get(at.checked_sub(back)?)?;
        Some(i64::from(u32::from(*character)))
    };
    match (code(2), code(1), code(0)) {
        (_, Some(one), Some(this)) if one == this => true,
        (Some(two), Some(one), Some(this)) => {
            let step = this.saturating_sub(one);
            step.abs() == 1 && one.saturating_sub(two) == step
        }
        _ => false,
    }
}

/// What a password must have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demands {
    /// The least number of characters.
    pub min_length: usize,
    /// The greatest number of characters; `None` is no limit.
    pub max_length: Option<usize>,
    /// The least number of lower-case letters.
    pub min_lower: usize,
    /// The least number of upper-case letters.
    pub min_upper: usize,
    /// The least number of digits.
    pub min_numeric: usize,
    /// The least number of characters that are neither letters nor digits.
    pub min_special: usize,
    /// Characters that may not occur.
    pub exclude_characters: String,
    /// The least [`entropy_bits`].
    pub min_entropy_bits: f64,
}

/// A demand that a password does not meet. Its text names the demand and never the password, not even its length.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shortfall {
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than this.
    TooLong(usize),
    /// Fewer characters of a kind than this.
    TooFew {
        /// The kind: `lower-case letters`.
        kind: &'static str,
        /// How many there must be.
        least: usize,
    },
    /// A character that may not occur.
    Excluded,
    /// Easier to guess than this many bits.
    TooWeak(f64),
}

impl Demands {
    /// The demands that `password` does not meet.
    #[must_use]
    pub fn shortfalls(&self, password: &str) -> Vec<Shortfall> {
        let mut found = Vec::new();
        let length = password.chars().count();
        if length < self.min_length {
            found.push(Shortfall::TooShort(self.min_length));
        }
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            found.push(Shortfall::TooLong(most));
        }
        type IsOne = fn(&char) -> bool;
        let kinds: [(&'static str, usize, IsOne); 4] = [
            ("lower-case letters", self.min_lower, |c| c.is_lowercase()),
            ("upper-case letters", self.min_upper, |c| c.is_uppercase()),
            ("digits", self.min_numeric, |c| c.is_numeric()),
            ("special characters", self.min_special, |c| {
                !c.is_alphanumeric()
            }),
        ];
        for (kind, least, is_one) in kinds {
            if password.chars().filter(is_one).count() < least {
                found.push(Shortfall::TooFew { kind, least });
            }
        }
        if password
            .chars()
            .any(|c| self.exclude_characters.contains(c))
        {
            found.push(Shortfall::Excluded);
        }
        if entropy_bits(password) < self.min_entropy_bits {
            found.push(Shortfall::TooWeak(self.min_entropy_bits));
        }
        found
    }
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(least) => write!(f, "it has fewer than {least} characters"),
            Self::TooLong(most) => write!(f, "it has more than {most} characters"),
            Self::TooFew { kind, least } => write!(f, "it has fewer than {least} {kind}"),
            Self::Excluded => f.write_str("it has a character that is excluded"),
            Self::TooWeak(least) => write!(f, "it has fewer than {least} bits of entropy"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::PasswordPolicy;

    #[test]
    fn random_text_has_the_entropy_of_its_characters() {
        assert_eq!(entropy_bits(""), 0.0);
        let hex = entropy_bits("9f86d081884c7d659a2feaa0c55ad015");
        assert!((112.0..=128.0).contains(&hex), "{hex}");
        for _ in 0..20 {
            let generated = PasswordPolicy::default().generate().unwrap();
            let estimate = entropy_bits(generated.value.danger_expose_str().unwrap());
            let off = (estimate - generated.entropy_bits).abs();
            assert!(off < 24.0, "{estimate} for {}", generated.entropy_bits);
        }
    }

    #[test]
    fn what_can_be_guessed_has_little() {
        for (text, most) in [
            ("password", 10.0),
            ("Password123", 30.0),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", 16.0),
            ("abcdefghijklmnop", 30.0),
            ("1234567890", 20.0),
            ("qwertyuiop", 10.0),
            ("x7Kq!x7Kq!x7Kq!x7Kq!", 45.0),
            ("admin", 10.0),
        ] {
            let bits = entropy_bits(text);
            assert!(bits <= most, "{text}: {bits}");
        }
    }

    #[test]
    fn a_shortfall_names_the_demand_and_not_the_password() {
        let demands = Demands {
            min_length: 12,
            max_length: Some(4),
            min_upper: 1,
            min_special: 2,
            exclude_characters: "@/".into(),
            min_entropy_bits: 64.0,
            ..Demands::default()
        };
        let texts: Vec<String> = demands
            .shortfalls("abc@de")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            texts,
            [
                "it has fewer than 12 characters",
                "it has more than 4 characters",
                "it has fewer than 1 upper-case letters",
                "it has fewer than 2 special characters",
                "it has a character that is excluded",
                "it has fewer than 64 bits of entropy",
            ]
        );
        assert_eq!(Demands::default().shortfalls(""), []);
    }
}
