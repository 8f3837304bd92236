//! Texts of any length and any characters as tags, which take 256 characters of a small alphabet.
//!
//! The keys of coffer's tags begin with `coffer:` or `coffer.`. A text that is longer than a tag goes on under
//! `coffer+2:`, `coffer+3:` and so on with the same name, and begins with the number of its pieces: a piece that a
//! shorter text has left behind is none of it. One that AWS would not take as it is stands in base64.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{MAX_TEXT, Texts};

/// What begins the keys of all of coffer's tags; `:`, `.` or `+` follows.
const OWN: &str = "coffer";
/// What begins a text that AWS would not take as it is.
const ENCODED: &str = "base64:";
/// What begins a text in several pieces; their number in two digits and a colon follow.
const SPLIT: &str = "pieces:";
/// The signs that tags may have besides letters, digits and spaces.
pub(super) const SIGNS: &str = "+ - = . _ : / @";

/// Whether AWS takes `text` in a tag.
pub(super) fn is_taken(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_alphanumeric()
            || character == ' '
            || SIGNS.chars().any(|sign| sign == character)
    })
}

/// Whether a tag's key is one of coffer's.
pub(super) fn is_own(key: &str) -> bool {
    first_key(key).is_some()
}

/// The key of a text's first piece, and which piece `key` is of.
pub(super) fn first_key(key: &str) -> Option<(String, usize)> {
    let rest = key.strip_prefix(OWN)?;
    if rest.starts_with([':', '.']) {
        return Some((key.to_owned(), 1));
    }
    let rest = rest.strip_prefix('+')?;
    let (number, name) = rest.split_at_checked(rest.find([':', '.'])?)?;
    let number = number.parse().ok().filter(|number| *number > 1)?;
    Some((format!("{OWN}{name}"), number))
}

/// The tags of a text whose first piece has the key `key`.
pub(super) fn split(key: &str, text: &str) -> Texts {
    let text = encode(text);
    let length = text.chars().count();
    if length <= MAX_TEXT {
        return Texts::from([(key.to_owned(), text)]);
    }
    let name = key.strip_prefix(OWN).unwrap_or(key);
    // The head's length does not depend on the number.
    let head = SPLIT.len().saturating_add(3);
    let count = length.saturating_add(head).div_ceil(MAX_TEXT);
    let characters: Vec<char> = format!("{SPLIT}{count:02}:{text}").chars().collect();
    let pieces = characters.chunks(MAX_TEXT).zip(1_usize..);
    pieces
        .map(|(piece, number)| {
            let key = match number {
                1 => key.to_owned(),
                number => format!("{OWN}+{number}{name}"),
            };
            (key, piece.iter().collect())
        })
        .collect()
}

/// The texts among coffer's tags, by the keys of their first pieces.
pub(super) fn join<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Texts {
    let mut texts: BTreeMap<String, BTreeMap<usize, &str>> = BTreeMap::new();
    for (key, piece) in tags {
        if let Some((key, number)) = first_key(key) {
            texts.entry(key).or_default().insert(number, piece);
        }
    }
    let whole = texts
        .into_iter()
        .filter_map(|(key, pieces)| Some((key, decode(&whole(&pieces)?))));
    whole.collect()
}

/// The text of these pieces; None where the first is missing, without which the others are leftovers.
fn whole(pieces: &BTreeMap<usize, &str>) -> Option<String> {
    let first = *pieces.get(&1)?;
    let head = first
        .strip_prefix(SPLIT)
        .and_then(|rest| rest.split_once(':'));
    let Some((count, beginning)) = head else {
        return Some(first.to_owned());
    };
    let count: usize = count.parse().unwrap_or(1);
    let others = pieces
        .iter()
        .filter(|(number, _)| (2..=count).contains(*number));
    let others = others.map(|(_, piece)| *piece);
    Some(std::iter::once(beginning).chain(others).collect())
}

/// A text as AWS takes it. One in several pieces has no blanks: AWS may cut them off at either end of a tag.
fn encode(text: &str) -> String {
    let is_plain = is_taken(text)
        && !text.starts_with(ENCODED)
        && !text.starts_with(SPLIT)
        && (text.chars().count() <= MAX_TEXT || !text.contains(' '));
    if is_plain {
        return text.to_owned();
    }
    format!("{ENCODED}{}", URL_SAFE_NO_PAD.encode(text))
}

/// What [`encode`] was given. A text that it did not make is left as it is.
fn decode(text: &str) -> String {
    text.strip_prefix(ENCODED)
        .and_then(|digits| URL_SAFE_NO_PAD.decode(digits).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(tags: &Texts) -> Texts {
        join(tags.iter().map(|(key, text)| (&**key, &**text)))
    }

    #[test]
    fn a_text_of_any_length_comes_back_from_tags_that_aws_takes() {
        let policy = format!("{{\"after\":\"30d\",\"keepers\":\"{}\"}}", "0".repeat(480));
        for text in [
            String::new(),
            "x".repeat(256),
            "x".repeat(257),
            "x ".repeat(256),
            "ä".repeat(700),
            "☂".repeat(700),
            format!("pieces:02:{}", "x".repeat(300)),
            format!("base64:{}", "x".repeat(300)),
            "pieces:02:x".to_owned(),
            policy,
        ] {
            let tags = split("coffer:state", &text);
            for (key, piece) in &tags {
                assert!(piece.chars().count() <= 256 && is_taken(piece), "{key}");
                assert!(is_taken(key) && is_own(key), "{key}");
            }
            assert_eq!(
                joined(&tags),
                Texts::from([("coffer:state".to_owned(), text)])
            );
        }
    }

    #[test]
    fn what_a_longer_text_has_left_behind_is_none_of_the_shorter_one() {
        for text in ["short".to_owned(), "x".repeat(300)] {
            let mut tags = split("coffer.version:7", &"y".repeat(700));
            tags.extend(split("coffer.version:7", &text));
            let read = joined(&tags);
            assert_eq!(read, Texts::from([("coffer.version:7".to_owned(), text)]));
        }
        let leftover = Texts::from([("coffer+2:state".to_owned(), "x".to_owned())]);
        assert_eq!(joined(&leftover), Texts::new());
    }

    #[test]
    fn keys_of_others_are_none_of_coffers() {
        for key in [
            "cofferdam",
            "coffer",
            "coffer+",
            "coffer+1:x",
            "coffer+x:y",
            "coffer+2",
        ] {
            assert!(!is_own(key), "{key}");
        }
    }
}
