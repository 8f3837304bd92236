//! Names of secrets: paths such as `prod/db`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The longest name in bytes.
pub const MAX_NAME_LENGTH: usize = 512;
/// The most segments a name may have.
pub const MAX_NAME_DEPTH: usize = 32;

/// A parsed name: one or more segments between single slashes, such as `prod/db/password`.
///
/// A segment holds ASCII letters, digits and `-_.+=@:`, and is neither `.` nor `..`. Other letters are
/// refused because several Unicode spellings can look the same, and two secrets that look the same are a trap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

/// Why a text is no name of a secret, with what to do about it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// The text is empty.
    #[error("a secret's name is empty; give one such as \"prod/db\"")]
    Empty,
    /// The text is longer than [`MAX_NAME_LENGTH`].
    #[error("the name is {length} bytes long; {MAX_NAME_LENGTH} is the most")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// The text has more than [`MAX_NAME_DEPTH`] segments.
    #[error("the name has {depth} segments; {MAX_NAME_DEPTH} is the most")]
    TooDeep {
        /// How many segments it has.
        depth: usize,
    },
    /// A slash at the start or end, or two in a row.
    #[error(
        "the name \"{name}\" has an empty segment: write it without a slash at the start or end and without \"//\""
    )]
    EmptySegment {
        /// The text.
        name: String,
    },
    /// A segment is `.` or `..`.
    #[error(
        "the name \"{name}\" has the segment \"{segment}\", which is not allowed: names are not relative"
    )]
    Relative {
        /// The text.
        name: String,
        /// The segment.
        segment: String,
    },
    /// A character that names may not have.
    #[error(
        "the name \"{name}\" has {character:?} at character {position}; names have letters a-z and A-Z, digits, and - _ . + = @ : between slashes"
    )]
    Character {
        /// The text, with control characters escaped.
        name: String,
        /// The first character that is refused.
        character: char,
        /// Its position, counted in characters from 1.
        position: usize,
    },
}

impl SecretName {
    /// Parses `text`.
    ///
    /// # Errors
    /// Where the text breaks a rule of names.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > MAX_NAME_LENGTH {
            return Err(NameError::TooLong { length: text.len() });
        }
        if let Some((at, character)) = text.chars().enumerate().find(|(_, c)| !allowed(*c)) {
            return Err(NameError::Character {
                name: text.escape_debug().to_string(),
                character,
                position: at.saturating_add(1),
            });
        }
        let mut depth: usize = 0;
        for segment in text.split('/') {
            depth = depth.saturating_add(1);
            match segment {
                "" => {
                    return Err(NameError::EmptySegment {
                        name: text.to_owned(),
                    });
                }
                "." | ".." => {
                    return Err(NameError::Relative {
                        name: text.to_owned(),
                        segment: segment.to_owned(),
                    });
                }
                _ => {}
            }
        }
        if depth > MAX_NAME_DEPTH {
            return Err(NameError::TooDeep { depth });
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders that hold the name, the whole vault (`""`) first: for `a/b/c` these are `""`, `a/` and `a/b/`.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        std::iter::once("").chain(
            self.0
                .match_indices('/')
                .filter_map(|(at, slash)| self.0.get(..at.saturating_add(slash.len()))),
        )
    }
}

fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '+' | '=' | '@' | ':')
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for SecretName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecretName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for SecretName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_lead_from_the_vault_to_the_parent() {
        let name = SecretName::parse("a/b/c").unwrap();
        assert_eq!(name.folders().collect::<Vec<_>>(), ["", "a/", "a/b/"]);
        let name = SecretName::parse("alone").unwrap();
        assert_eq!(name.folders().collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn refuses_what_breaks_a_rule_and_names_the_place() {
        assert_eq!(SecretName::parse(""), Err(NameError::Empty));
        for text in ["/a", "a/", "a//b", "/"] {
            assert_eq!(
                SecretName::parse(text),
                Err(NameError::EmptySegment { name: text.into() })
            );
        }
        assert_eq!(
            SecretName::parse("a/../b"),
            Err(NameError::Relative {
                name: "a/../b".into(),
                segment: "..".into()
            })
        );
        assert_eq!(
            SecretName::parse("a b"),
            Err(NameError::Character {
                name: "a b".into(),
                character: ' ',
                position: 2
            })
        );
        assert_eq!(
            SecretName::parse("é\n"),
            Err(NameError::Character {
                name: "é\\n".into(),
                character: 'é',
                position: 1
            })
        );
        assert!(matches!(
            SecretName::parse(&"a".repeat(513)),
            Err(NameError::TooLong { length: 513 })
        ));
        assert!(matches!(
            SecretName::parse(&vec!["a"; 33].join("/")),
            Err(NameError::TooDeep { depth: 33 })
        ));
    }
}
