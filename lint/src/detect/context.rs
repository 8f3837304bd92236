//! Tokens that have nothing to be known by but the name of their service next to them.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::formats::{Format, TABLE};
use super::judge::{Confidence, entropy};
use super::tokens::{Token, is_filler};

/// Bytes between the name of a service and its token.
const REACH: usize = 48;

/// What may stand between the name and the token: the rest of a name, and an assignment.
static GAP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let pattern = r#"^[A-Za-z0-9_\-. ]{0,32}["']?\s{0,4}(?:[=:,]|=>|\s)\s{0,4}["']?$"#;
    RegexBuilder::new(pattern).unicode(false).build().ok()
});

/// Adds the tokens of a text that are known by their context.
pub(super) fn find(text: &str, found: &mut Vec<Token>) {
    let table = &*TABLE;
    let Some(finder) = &table.context_finder else {
        return;
    };
    for hit in finder.find_iter(text.as_bytes()) {
        // Several formats may share the name of a service; the first one that fits counts.
        let name = text
            .get(hit.range())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let formats = table
            .of_context
            .iter()
            .filter_map(|index| table.formats.get(*index));
        let mut of_service = formats.filter(|format| {
            format
                .context
                .iter()
                .any(|word| word.eq_ignore_ascii_case(&name))
        });
        if let Some(token) = of_service.find_map(|format| check(text, hit.range(), format)) {
            found.push(token);
        }
    }
}

fn check(text: &str, name: std::ops::Range<usize>, format: &'static Format) -> Option<Token> {
    let bytes = text.as_bytes();
    let line = bytes.get(name.end..)?;
    let line = line.get(..memchr::memchr(b'\n', line).unwrap_or(line.len()))?;
    let window = line.get(..line.len().min(REACH + 512))?;
    let regex = format.regex()?;
    let mut from = 0;
    // The pattern may fit a part of a longer word first: go on until it fits a whole one.
    let (start, end) = loop {
        let one = regex.find_at(window, from)?;
        let before = one.start().checked_sub(1).and_then(|at| window.get(at));
        let after = window.get(one.end());
        let is_word = |byte: Option<&u8>| {
            byte.is_some_and(|b| {
                b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-' || *b == b'/'
            })
        };
        if !is_word(before) && !is_word(after) {
            break (one.start(), one.end());
        }
        let rest = window.get(one.start()..)?;
        let word = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric())
            .count();
        from = one.start() + word.max(1);
        if from > REACH || from >= window.len() {
            return None;
        }
    };
    let gap = window.get(..start)?;
    let value = text.get(name.end + start..name.end + end)?;
    let says = |words: &[&str], what: &[u8]| {
        let lower = what.to_ascii_lowercase();
        words
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
    };
    let is_named = says(
        &["key", "token", "secret", "pass", "auth", "pat", "cred"],
        gap,
    ) || says(&["key", "token", "secret"], bytes.get(name.clone())?);
    let is_assigned =
        gap.iter().all(|b| b"=: \"'".contains(b)) && gap.iter().any(|b| b"=:".contains(b));
    let is_about = says(
        &[
            "sha", "md5", "commit", "digest", "hash", "version", "_id", "arn", "url",
        ],
        gap,
    );
    let fits = GAP.as_ref()?.is_match(gap) && (is_named || is_assigned) && !is_about;
    let random =
        value.bytes().any(|b| b.is_ascii_digit()) && entropy(value) > 2.9 && !is_filler(value);
    (fits && random).then(|| Token {
        range: name.end + start..name.end + end,
        format,
        confidence: Confidence::Low,
        example: false,
    })
}
