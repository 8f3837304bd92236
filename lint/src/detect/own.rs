//! Token formats that a configuration brings along.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use regex::bytes::{Captures, Regex, RegexBuilder};

use super::checksum;
use super::formats::Format;
use super::judge::{Confidence, entropy};
use super::placeholder;
use super::tokens::Token;
use crate::rules::finding::Severity;

/// Bytes of memory that one pattern may take.
const MAX_PATTERN: usize = 16 << 20;

/// Makes patterns in the way that all of them are read: on bytes, in ASCII.
#[derive(Debug)]
pub struct Regexes;

impl Regexes {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub fn compile(pattern: &str) -> Result<Regex, String> {
        RegexBuilder::new(pattern)
            .unicode(false)
            .size_limit(MAX_PATTERN)
            .build()
            .map_err(|error| error.to_string())
    }
}

/// What a format leaves out.
#[derive(Debug)]
pub struct Allow {
    /// Whether all of its conditions have to be met; otherwise one is enough.
    pub all: bool,
    /// What the expressions look at: `match`, `line`, or the secret.
    pub target: String,
    /// Expressions on the target.
    pub regexes: Vec<Regex>,
    /// Expressions on the path.
    pub paths: Vec<Regex>,
    /// Words within the secret, in lower case.
    pub stopwords: Vec<String>,
}

/// A token format of a configuration.
#[derive(Debug)]
pub struct OwnToken {
    /// Its name.
    pub id: String,
    /// Whose token it is.
    pub service: String,
    /// The pattern.
    pub pattern: Regex,
    /// The group of the pattern that is the secret; the first one that takes part where `None`.
    pub group: Option<usize>,
    /// Words of which one must stand in the file; none asks for nothing.
    pub keywords: Vec<String>,
    /// Kind of checksum, in the form of the built-in table; empty for none.
    pub checksum: String,
    /// How bad a finding is.
    pub severity: Severity,
    /// The least entropy of the secret, in bits for each character.
    pub entropy: f64,
    /// Values that are published examples.
    pub examples: Vec<String>,
    /// The files that it holds for; all where `None`.
    pub path: Option<Regex>,
    /// What it leaves out.
    pub allow: Vec<Allow>,
}

/// All own formats, ready to search.
#[derive(Debug, Default)]
pub struct OwnFormats {
    tokens: Vec<(OwnToken, &'static Format)>,
    keywords: Option<AhoCorasick>,
    /// Format of each keyword.
    of_keyword: Vec<usize>,
}

impl OwnFormats {
    /// Makes a table of formats. What findings say of a format lives as long as the process: a
    /// configuration is read once.
    pub fn new(tokens: Vec<OwnToken>) -> Self {
        let (mut words, mut of_keyword) = (Vec::new(), Vec::new());
        for (n, token) in tokens.iter().enumerate() {
            words.extend(token.keywords.iter().cloned());
            of_keyword.extend(token.keywords.iter().map(|_| n));
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&words)
            .ok();
        let with_format = |token: OwnToken| {
            let format = Format::own(&token.id, &token.service, token.severity.name());
            (token, &*Box::leak(Box::new(format)))
        };
        Self {
            tokens: tokens.into_iter().map(with_format).collect(),
            keywords,
            of_keyword,
        }
    }

    /// Number of formats.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// All tokens of a file.
    pub fn find(&self, path: &str, text: &str) -> Vec<Token> {
        let mut found = Vec::new();
        if self.tokens.is_empty() {
            return found;
        }
        let mut wanted: Vec<bool> = self
            .tokens
            .iter()
            .map(|(token, _)| token.keywords.is_empty())
            .collect();
        if let Some(keywords) = &self.keywords {
            for hit in keywords.find_overlapping_iter(text) {
                let index = self.of_keyword.get(hit.pattern().as_usize());
                if let Some(flag) = index.and_then(|index| wanted.get_mut(*index)) {
                    *flag = true;
                }
            }
        }
        for ((token, format), _) in self
            .tokens
            .iter()
            .zip(&wanted)
            .filter(|(_, wanted)| **wanted)
        {
            if token
                .path
                .as_ref()
                .is_some_and(|of| !of.is_match(path.as_bytes()))
            {
                continue;
            }
            for captures in token.pattern.captures_iter(text.as_bytes()) {
                found.extend(token.check(path, text, &captures, format));
            }
        }
        found
    }
}

impl OwnToken {
    fn check(
        &self,
        path: &str,
        text: &str,
        captures: &Captures<'_>,
        format: &'static Format,
    ) -> Option<Token> {
        let whole = captures.get(0)?.range();
        let group = match self.group {
            Some(group) => captures.get(group),
            None => captures
                .iter()
                .skip(1)
                .flatten()
                .find(|group| !group.is_empty()),
        };
        let range = group.map_or_else(|| whole.clone(), |group| group.range());
        let value = text.get(range.clone())?;
        if entropy(value) < self.entropy || placeholder::always(value).is_some() {
            return None;
        }
        if self
            .allow
            .iter()
            .any(|allow| allow.fits(path, text, &whole, value))
        {
            return None;
        }
        let confidence = match checksum::is_right(value, &self.checksum) {
            Some(false) => return None,
            Some(true) => Confidence::High,
            None => Confidence::Medium,
        };
        Some(Token {
            range,
            format,
            confidence,
            example: self.examples.iter().any(|example| example == value),
        })
    }
}

impl Allow {
    fn fits(&self, path: &str, text: &str, whole: &Range<usize>, value: &str) -> bool {
        let target = match self.target.as_str() {
            "match" => text.get(whole.clone()).unwrap_or_default(),
            "line" => line(text, whole),
            _ => value,
        };
        let lower = value.to_ascii_lowercase();
        let conditions = [
            (
                !self.regexes.is_empty(),
                self.regexes
                    .iter()
                    .any(|one| one.is_match(target.as_bytes())),
            ),
            (
                !self.paths.is_empty(),
                self.paths.iter().any(|one| one.is_match(path.as_bytes())),
            ),
            (
                !self.stopwords.is_empty(),
                self.stopwords.iter().any(|word| lower.contains(word)),
            ),
        ];
        let mut asked = conditions
            .iter()
            .filter(|(asked, _)| *asked)
            .map(|(_, met)| *met)
            .peekable();
        match (asked.peek(), self.all) {
            (None, _) => false,
            (_, true) => asked.all(|met| met),
            (_, false) => asked.any(|met| met),
        }
    }
}

/// The lines that a match stands on.
fn line<'t>(text: &'t str, at: &Range<usize>) -> &'t str {
    let before = text.as_bytes().get(..at.start).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
    let after = text.as_bytes().get(at.end..).unwrap_or_default();
    let end = memchr::memchr(b'\n', after).map_or(text.len(), |n| at.end + n);
    text.get(start..end).unwrap_or_default()
}
