//! Known formats of API tokens: a prefilter over the whole text, then the format at each hit.

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::judge::{Confidence, entropy};

/// A token format.
#[derive(Debug)]
pub struct Format {
    /// Stable name.
    pub id: &'static str,
    /// Whose token it is.
    pub service: &'static str,
    /// `critical`, `high`, `medium` or `low`.
    pub severity: &'static str,
    /// Words of which one must stand near, where the shape alone is ambiguous.
    pub context: Vec<&'static str>,
    confidence: Confidence,
    pattern: &'static str,
    compiled: OnceLock<Option<Regex>>,
    checksum: &'static str,
    examples: Vec<&'static str>,
    anchored: bool,
}

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

struct Table {
    formats: Vec<Format>,
    finder: Option<AhoCorasick>,
    /// Format of each pattern of the finder.
    of_pattern: Vec<usize>,
}

/// Bytes around a marker in which its token must lie.
const WINDOW: usize = 512;
/// Bytes before a token in which a context word counts.
const CONTEXT: usize = 120;

static TABLE: LazyLock<Table> = LazyLock::new(load);

fn load() -> Table {
    let mut formats = Vec::new();
    let (mut markers, mut of_pattern) = (Vec::new(), Vec::new());
    for line in include_str!("../knowledge/data/tokens.tsv").lines() {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [
            id,
            service,
            severity,
            confidence,
            context,
            prefixes,
            inner,
            pattern,
            checksum,
            examples,
        ] = cells.as_slice()
        else {
            continue;
        };
        let words = |cell: &'static str, by: char| -> Vec<&'static str> {
            cell.split(by).filter(|word| !word.is_empty()).collect()
        };
        let prefixes = words(prefixes, ' ');
        let anchored = !prefixes.is_empty() && prefixes.iter().all(|prefix| prefix.len() >= 3);
        let inner: Vec<_> = words(inner, ' ')
            .into_iter()
            .filter(|m| m.len() >= 3)
            .collect();
        let chosen = if anchored { prefixes } else { inner };
        let context = words(context, ',');
        if chosen.is_empty() {
            continue;
        }
        for marker in chosen {
            markers.push(marker);
            of_pattern.push(formats.len());
        }
        formats.push(Format {
            id,
            service,
            severity,
            context,
            confidence: match *confidence {
                "high" => Confidence::High,
                "medium" => Confidence::Medium,
                _ => Confidence::Low,
            },
            pattern,
            compiled: OnceLock::new(),
            checksum,
            examples: words(examples, ' '),
            anchored,
        });
    }
    let finder = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(&markers)
        .ok();
    Table {
        formats,
        finder,
        of_pattern,
    }
}

impl Format {
    fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| {
                let pattern = if self.anchored {
                    format!("^{}", self.pattern)
                } else {
                    self.pattern.to_owned()
                };
                RegexBuilder::new(&pattern)
                    .unicode(false)
                    .size_limit(8 << 20)
                    .build()
                    .ok()
            })
            .as_ref()
    }
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
    found.sort_by_key(|token| (token.range.start, std::cmp::Reverse(token.range.end)));
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
    let confidence = match checksum(value, format.checksum) {
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
fn is_filler(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let body = value.get(value.len() / 3..).unwrap_or_default();
    lower.contains("xxxxx")
        || lower.contains("your")
        || lower.contains("00000000")
        || lower.contains("12345678901234")
        || entropy(body) < 1.2 && body.len() > 6 && !body.starts_with('A')
}

/// Whether the checksum of a token is right; `None` where its format has none that is known.
fn checksum(value: &str, rule: &str) -> Option<bool> {
    let mut parts = rule.split(':');
    let algorithm = parts.next().filter(|name| !name.is_empty())?;
    let length: usize = parts.next()?.parse().ok()?;
    let (covered, sum) = value.split_at_checked(value.len().checked_sub(length)?)?;
    // Segment 0 is the prefix: a rule that starts at 1 leaves it out.
    let covered = match parts.next()?.starts_with('0') {
        true => covered,
        false => covered.split_once('_').map_or(covered, |(_, body)| body),
    };
    let crc = crc32fast::hash(covered.as_bytes());
    match algorithm {
        "crc32-base62" => Some(base62(crc, length) == sum),
        "crc32-hex" => Some(format!("{crc:08x}") == sum),
        "crc32-HEX" => Some(format!("{crc:08X}") == sum),
        _ => None,
    }
}

fn base62(mut number: u32, length: usize) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = Vec::new();
    while number > 0 || digits.len() < length {
        let digit = usize::try_from(number % 62).unwrap_or_default();
        digits.push(DIGITS.get(digit).copied().unwrap_or(b'0'));
        number /= 62;
    }
    digits.iter().rev().map(|byte| char::from(*byte)).collect()
}
