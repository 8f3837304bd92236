//! Known formats of API tokens: a prefilter over the whole text, then the format at each hit.

use std::ops::Range;

pub use super::formats::Format;
use super::formats::TABLE;
use super::judge::{Confidence, entropy};
use super::{checksum, context};

/// A token in a text.
#[derive(Debug)]
pub struct Token {
    /// Its bytes.
    pub range: Range<usize>,
    /// Its format.
    pub format: &'static Format,
    /// How sure.
    pub confidence: Confidence,
    /// Whether it is an example from the vendor's documents.
    pub example: bool,
}

/// Bytes around a marker in which its token must lie.
const WINDOW: usize = 512;
/// Bytes before a token in which a context word counts.
const CONTEXT: usize = 120;

/// All formats.
pub fn formats() -> &'static [Format] {
    &TABLE.formats
}

/// All tokens of a text, the longest at each place.
pub fn find(text: &str) -> Vec<Token> {
    let table = &*TABLE;
    let Some(finder) = &table.finder else {
        return Vec::new();
    };
    let bytes = text.as_bytes();
    let mut found: Vec<Token> = Vec::new();
    for hit in finder.find_overlapping_iter(bytes) {
        let format = table
            .of_pattern
            .get(hit.pattern().as_usize())
            .and_then(|index| table.formats.get(*index));
        if let Some(token) = format.and_then(|format| check(text, hit.start(), format)) {
            found.push(token);
        }
    }
    context::find(text, &mut found);
    // Of two formats for the same bytes, the one that can be verified counts.
    found.sort_by_key(|token| {
        let cannot_verify = token.format.checksum().is_empty();
        (
            token.range.start,
            std::cmp::Reverse(token.range.end),
            cannot_verify,
        )
    });
    let mut end = 0;
    found.retain(|token| {
        let keep = token.range.start >= end;
        if keep {
            end = token.range.end;
        }
        keep
    });
    found
}

fn check(text: &str, hit: usize, format: &'static Format) -> Option<Token> {
    let bytes = text.as_bytes();
    let base = if format.anchored {
        hit
    } else {
        hit.saturating_sub(WINDOW / 4)
    };
    if format.anchored
        && hit > 0
        && bytes.get(hit - 1).is_some_and(|b| is_word(*b))
        && !after_escape(bytes, hit)
    {
        return None;
    }
    let window = bytes.get(base..(hit + WINDOW * 4).min(bytes.len()))?;
    let found = format.regex()?.find(window)?;
    let range = base + found.start()..base + found.end();
    if range.start > hit || range.end <= hit {
        return None;
    }
    let next = bytes.get(range.end);
    if next.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
        return None;
    }
    let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
    if before.is_some_and(|byte| is_word(*byte)) && !format.anchored {
        return None;
    }
    let value = text.get(range.clone())?;
    if !format.context.is_empty() && !has_context(text, &range, &format.context) {
        return None;
    }
    let published = format.examples.contains(&value);
    if !published && is_filler(value) {
        return None;
    }
    let example = published || value.to_ascii_uppercase().contains("EXAMPLE");
    let confidence = match checksum::is_right(value, format.checksum) {
        Some(true) => Confidence::High,
        Some(false) => Confidence::Medium,
        None => format.confidence,
    };
    Some(Token {
        range,
        format,
        confidence,
        example,
    })
}

/// `\nTOKEN`: the letter before belongs to an escape.
fn after_escape(bytes: &[u8], hit: usize) -> bool {
    hit >= 2 && bytes.get(hit - 2) == Some(&b'\\')
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn has_context(text: &str, range: &Range<usize>, words: &[&str]) -> bool {
    let mut start = range.start.saturating_sub(CONTEXT);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let near = text
        .get(start..range.start)
        .unwrap_or_default()
        .to_ascii_lowercase();
    words
        .iter()
        .any(|word| near.contains(&word.to_ascii_lowercase()))
}

/// Made of a few characters again and again, or of a placeholder.
pub(super) fn is_filler(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let body = value.get(value.len() / 3..).unwrap_or_default();
    lower.contains("xxxxx")
        || lower.contains("your")
        || lower.contains("00000000")
        || lower.contains("12345678901234")
        || entropy(body) < 1.2 && body.len() > 6 && !body.starts_with('A')
}
