//! References to a secret in one line: `aws:eu:prod/db#password@previous`.

use std::fmt;
use std::str::FromStr;

use coffer_vault::{NameError, SecretName, Stage, VersionSelector};
use thiserror::Error;

/// The kinds of stores that a reference can name.
pub const STORE_KINDS: &[&str] = &["local", "vault", "aws", "azure", "google", "env"];

/// Where a secret is: `[STORE[:ALIAS]:]NAME[#KEY][@VERSION_OR_STAGE]`.
///
/// In the name and the key, `%` with two hexadecimal digits stands for any byte, for the characters that the notation
/// itself uses. An ARN needs none of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The store: its kind, or its kind and an alias (`aws`, `aws:eu`); `None` is the default store.
    pub store: Option<String>,
    /// The secret.
    pub name: SecretName,
    /// The member of a secret that is JSON.
    pub key: Option<String>,
    /// The version.
    pub version: VersionSelector,
}

/// Why a text is no reference. The texts repeat nothing of it: who mistakes a secret for a reference finds it in no error.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The store is none that there is.
    #[error(
        "what stands before the first colon is no store; there are {}. Write %3A for a colon in a name",
        STORE_KINDS.join(", ")
    )]
    Store,
    /// The alias has other characters than those of aliases.
    #[error("an alias of a store has lower-case letters, digits, - and _")]
    Alias,
    /// The name breaks a rule of names.
    #[error("the name is not one of a secret: {}", describe(.0))]
    Name(NameError),
    /// There is a `#` and nothing after it.
    #[error("a key is missing after the #; write %23 for a # in a key")]
    Key,
    /// What follows the `@` is no version.
    #[error(
        "what stands after the last @ is neither a version's number nor current, pending or previous; write %40 for an @ in a name or key"
    )]
    Version,
    /// A `%` without two hexadecimal digits, or what they make is no text.
    #[error(
        "a % begins two hexadecimal digits, which make text in UTF-8; write %25 for the sign itself"
    )]
    Escape,
}

/// What is wrong with a name, without the name.
fn describe(error: &NameError) -> String {
    match error {
        NameError::Empty => "it is empty".to_owned(),
        NameError::TooLong { .. } => "it is too long".to_owned(),
        NameError::TooDeep { .. } => "it has too many segments".to_owned(),
        NameError::EmptySegment { .. } => {
            "it has a slash at the start or end, or two in a row".to_owned()
        }
        NameError::Relative { .. } => "it has the segment \".\" or \"..\"".to_owned(),
        NameError::Character { position, .. } => format!(
            "its character {position} is none of letters a-z and A-Z, digits, and - _ . + = @ :"
        ),
        _ => "it breaks a rule of names".to_owned(),
    }
}

impl Reference {
    /// Parses `text`.
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        let (text, version) = match text.rsplit_once('@') {
            None => (text, VersionSelector::Current),
            Some((rest, version)) => (rest, selector(version)?),
        };
        let (text, key) = match text.split_once('#') {
            None => (text, None),
            Some((_, "")) => return Err(ReferenceError::Key),
            Some((rest, key)) => (rest, Some(unescape(key)?)),
        };
        let (store, name) = split_store(text)?;
        Ok(Self {
            store,
            name: SecretName::parse(&unescape(name)?).map_err(ReferenceError::Name)?,
            key,
            version,
        })
    }
}

fn selector(text: &str) -> Result<VersionSelector, ReferenceError> {
    if let Ok(stage) = text.parse::<Stage>() {
        return Ok(match stage {
            Stage::Current => VersionSelector::Current,
            stage => VersionSelector::Stage(stage),
        });
    }
    let number = text.parse::<u64>().ok().filter(|number| *number > 0);
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    number
        .filter(|_| all_digits)
        .map(VersionSelector::Version)
        .ok_or(ReferenceError::Version)
}

/// Splits the store off. Only the first segment of a name is looked at, and an ARN begins with no store.
fn split_store(text: &str) -> Result<(Option<String>, &str), ReferenceError> {
    let first_segment = text.split('/').next().unwrap_or_default();
    if text.starts_with(ARN) || !first_segment.contains(':') {
        return Ok((None, text));
    }
    let (kind, rest) = text.split_once(':').ok_or(ReferenceError::Store)?;
    if !STORE_KINDS.contains(&kind) {
        return Err(ReferenceError::Store);
    }
    let first_segment = rest.split('/').next().unwrap_or_default();
    match rest.split_once(':') {
        Some((alias, name)) if first_segment.contains(':') && !rest.starts_with(ARN) => {
            if !is_alias(alias) {
                return Err(ReferenceError::Alias);
            }
            Ok((Some(format!("{kind}:{alias}")), name))
        }
        _ => Ok((Some(kind.to_owned()), rest)),
    }
}

const ARN: &str = "arn:";

/// Whether `text` can tell stores of one kind apart: lower-case letters, digits, `-` and `_`.
#[must_use]
pub fn is_alias(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

/// Whether `text` is a store as references write it: `aws`, `aws:eu`.
#[must_use]
pub fn is_store(text: &str) -> bool {
    match text.split_once(':') {
        None => STORE_KINDS.contains(&text),
        Some((kind, alias)) => STORE_KINDS.contains(&kind) && is_alias(alias),
    }
}

fn unescape(text: &str) -> Result<String, ReferenceError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            let digit = char::from(rest.next()?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(ReferenceError::Escape);
        };
        bytes.push((high << 4) | low);
    }
    String::from_utf8(bytes).map_err(|_| ReferenceError::Escape)
}

/// Escapes `%` and the characters of `special`.
fn escape(text: &str, special: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '%' || special.contains(&character) {
            escaped.push_str(&format!("%{:02X}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(store) = &self.store {
            write!(f, "{store}:")?;
        }
        let name = self.name.as_str();
        let special: &[char] = if name.starts_with(ARN) {
            &['@']
        } else {
            &['@', ':']
        };
        f.write_str(&escape(name, special))?;
        if let Some(key) = &self.key {
            write!(f, "#{}", escape(key, &['@']))?;
        }
        match self.version {
            VersionSelector::Current => Ok(()),
            VersionSelector::Version(number) => write!(f, "@{number}"),
            VersionSelector::Stage(stage) => write!(f, "@{stage}"),
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, String, Option<String>, VersionSelector) {
        let reference = Reference::parse(text).unwrap();
        assert_eq!(reference.to_string(), text, "written as it was read");
        let name = reference.name.as_str().to_owned();
        (reference.store, name, reference.key, reference.version)
    }

    #[test]
    fn reads_every_part() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            parts("prod/db"),
            (None, "prod/db".into(), None, VersionSelector::Current)
        );
        assert_eq!(
            parts("aws:prod/db#password@previous"),
            (
                text("aws"),
                "prod/db".into(),
                text("password"),
                VersionSelector::Stage(Stage::Previous)
            )
        );
        assert_eq!(
            parts("aws:eu:db#/a/b#c@7"),
            (
                text("aws:eu"),
                "db".into(),
                text("/a/b#c"),
                VersionSelector::Version(7)
            )
        );
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        assert_eq!(parts(&format!("aws:{arn}")).1, arn);
        assert_eq!(parts(arn).0, None);
        assert_eq!(parts("env:a%3Ab%40c").1, "a:b@c");
        assert_eq!(parts("db#50%25%40home").2, text("50%@home"));
        assert_eq!(Reference::parse("db@current").unwrap().to_string(), "db");
    }

    #[test]
    fn refuses_what_is_malformed_and_repeats_nothing_of_it() {
        for (text, error) in [
            ("gcp:db", ReferenceError::Store),
            (":db", ReferenceError::Store),
            ("aws:EU:db", ReferenceError::Alias),
            ("aws::db", ReferenceError::Alias),
            ("db#", ReferenceError::Key),
            ("db@", ReferenceError::Version),
            ("db@0", ReferenceError::Version),
            ("db@+1", ReferenceError::Version),
            ("db@latest", ReferenceError::Version),
            ("db%4", ReferenceError::Escape),
            ("db%zz", ReferenceError::Escape),
            ("db#%ff", ReferenceError::Escape),
        ] {
            assert_eq!(Reference::parse(text), Err(error), "{text}");
        }
        for text in ["", "aws:", "hunter2 hunter2", "hunter2/../x", "hunter2//x"] {
            let error = Reference::parse(text).unwrap_err();
            assert!(matches!(error, ReferenceError::Name(_)), "{text}");
            assert!(!error.to_string().contains("hunter"), "{error}");
        }
    }
}
