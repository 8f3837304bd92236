//! Patterns of paths: exact, `+` for one segment, `*` at the end for anything.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::name::MAX_NAME_LENGTH;

/// A pattern such as `prod/db`, `prod/+/password` or `prod/*`.
///
/// A segment that is `+` alone fits any one segment. A `*` at the end fits whatever follows, also nothing and also further
/// segments. Everything else fits itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(String);

impl PathPattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Where a `*` stands elsewhere than at the end, a segment is empty, or a character is none that names have.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |problem: &str| {
            Err(Error::Invalid {
                what: "the path of a rule",
                problem: format!("\"{}\" {problem}", text.escape_debug()),
            })
        };
        if text.is_empty() || text.len() > MAX_NAME_LENGTH {
            return wrong("is empty or too long");
        }
        let (body, open) = match text.strip_suffix('*') {
            Some(body) => (body, true),
            None => (text, false),
        };
        if body.contains('*') {
            return wrong("has a * before its end; use + for one whole segment");
        }
        let allowed = |c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '+' | '=' | '@' | ':')
        };
        if !body.chars().all(allowed) {
            return wrong("has a character that no name has");
        }
        let segments: Vec<&str> = body.split('/').collect();
        for (at, segment) in segments.iter().enumerate() {
            let last = at.saturating_add(1) == segments.len();
            if segment.is_empty() && !(open && last) {
                return wrong("has an empty segment");
            }
            if *segment == "+" && open && last {
                return wrong("ends in +*; write * for anything that follows");
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `path` fits.
    pub fn fits(&self, path: &str) -> bool {
        let (body, open) = self.parts();
        let mut segments = path.split('/');
        let mut wanted = body.split('/').peekable();
        while let Some(pattern) = wanted.next() {
            let is_last = wanted.peek().is_none();
            let Some(segment) = segments.next() else {
                return false;
            };
            let fits = match (pattern, is_last && open) {
                ("+", _) => true,
                (_, true) => segment.starts_with(pattern),
                (_, false) => segment == pattern,
            };
            if !fits {
                return false;
            }
        }
        open || segments.next().is_none()
    }

    /// How specific this pattern is, compared with another: the one whose first wildcard comes later; then the one
    /// without `*` at its end; then the one with fewer `+`; then the longer one; then the greater text. This is the
    /// order of Vault and OpenBao.
    pub fn cmp_specificity(&self, other: &Self) -> Ordering {
        let key = |pattern: &Self| {
            let (body, open) = pattern.parts();
            let plus = body.split('/').filter(|segment| *segment == "+").count();
            let first = pattern.first_wildcard();
            (first, !open, std::cmp::Reverse(plus), pattern.0.len())
        };
        key(self)
            .cmp(&key(other))
            .then_with(|| self.0.cmp(&other.0))
    }

    /// The text without the `*`, and whether there was one.
    fn parts(&self) -> (&str, bool) {
        match self.0.strip_suffix('*') {
            Some(body) => (body, true),
            None => (&self.0, false),
        }
    }

    /// Where the first wildcard stands, in bytes; past every position where there is none.
    fn first_wildcard(&self) -> usize {
        let mut at: usize = 0;
        for segment in self.0.split('/') {
            if segment == "+" {
                return at;
            }
            if segment.ends_with('*') {
                return at.saturating_add(segment.len()).saturating_sub(1);
            }
            at = at.saturating_add(segment.len()).saturating_add(1);
        }
        usize::MAX
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PathPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0
    }
}
