//! Texts in KV's custom metadata, which takes at most 64 keys, and of each at most 128 bytes of name and 512 bytes of
//! printable text that is not empty.
//!
//! coffer's keys begin with `coffer.`. A text that is longer goes on under `coffer+2.`, `coffer+3.` and so on with the
//! same name. One that KV does not take as it is stands in base64 behind a `~`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;

use super::SYSTEM;
use crate::error::{Error, Result};

const MOST_KEYS: usize = 64;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 512;

/// coffer's texts by their names, such as `current` or `label.team`.
pub(super) type Texts = BTreeMap<String, String>;

/// coffer's texts in custom metadata.
pub(super) fn decode(raw: &BTreeMap<String, String>) -> Texts {
    let mut pieces: BTreeMap<&str, BTreeMap<u32, &str>> = BTreeMap::new();
    for (key, value) in raw {
        if let Some((name, number)) = own(key) {
            pieces.entry(name).or_default().insert(number, value);
        }
    }
    pieces
        .into_iter()
        .map(|(name, pieces)| {
            let text: String = pieces.into_values().collect();
            (name.to_owned(), unescape(text))
        })
        .collect()
}

/// What custom metadata becomes when coffer's texts are `texts`: what other programs keep there stays.
///
/// # Errors
/// Where it would hold more than KV takes.
pub(super) fn encode(
    raw: &BTreeMap<String, String>,
    texts: &Texts,
) -> Result<BTreeMap<String, String>> {
    let mut all: BTreeMap<String, String> = raw
        .iter()
        .filter(|(key, _)| own(key).is_none())
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    for (name, text) in texts {
        for (piece, number) in pieces(&escape(text)).into_iter().zip(1_u32..) {
            let key = match number {
                1 => format!("coffer.{name}"),
                number => format!("coffer+{number}.{name}"),
            };
            if key.len() > LONGEST_KEY || !is_printable(&key) {
                return Err(too_much(format!(
                    "the name of the label or annotation \"{}\" has more than {LONGEST_KEY} bytes with coffer's prefix, or characters that cannot be printed",
                    name.escape_debug()
                )));
            }
            all.insert(key, piece);
        }
    }
    if all.len() > MOST_KEYS {
        return Err(too_much(format!(
            "the custom metadata of the secret would have {} keys; {MOST_KEYS} are the most. Remove labels or annotations, or keep fewer versions",
            all.len()
        )));
    }
    Ok(all)
}

fn too_much(said: String) -> Error {
    Error::Invalid {
        system: SYSTEM,
        said,
    }
}

/// The name of one of coffer's keys, and the number of the piece.
fn own(key: &str) -> Option<(&str, u32)> {
    let rest = key.strip_prefix("coffer")?;
    if let Some(name) = rest.strip_prefix('.') {
        return Some((name, 1));
    }
    let (number, name) = rest.strip_prefix('+')?.split_once('.')?;
    Some((name, number.parse().ok().filter(|number| *number > 1)?))
}

fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in text.chars() {
        match pieces.last_mut() {
            Some(piece) if piece.len().saturating_add(c.len_utf8()) <= LONGEST_VALUE => {
                piece.push(c)
            }
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

fn is_printable(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric())
}

fn escape(text: &str) -> String {
    if text.is_empty() || text.starts_with('~') || !is_printable(text) {
        return format!("~{}", BASE64.encode(text));
    }
    text.to_owned()
}

fn unescape(text: String) -> String {
    let decoded = text
        .strip_prefix('~')
        .and_then(|text| String::from_utf8(BASE64.decode(text).ok()?).ok());
    decoded.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(of: &[(&str, &str)]) -> Texts {
        of.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect()
    }

    #[test]
    fn texts_of_all_kinds_come_back_and_foreign_keys_stay() {
        let long = "ä".repeat(700);
        let own = texts(&[
            ("a", ""),
            ("b", "~x"),
            ("c", "two\nlines"),
            ("label.d", &long),
            ("e", "x"),
        ]);
        let foreign = texts(&[("owner", "platform"), ("cofferdam", "1")]);
        let raw = encode(&foreign, &own).unwrap();
        assert!(
            raw.values()
                .all(|it| !it.is_empty() && it.len() <= 512 && is_printable(it))
        );
        assert_eq!(decode(&raw), own);
        assert_eq!(encode(&raw, &Texts::new()).unwrap(), foreign);
    }

    #[test]
    fn more_than_kv_takes_is_refused() {
        let many = (0..65)
            .map(|n| (format!("label.{n}"), "x".to_owned()))
            .collect();
        let error = encode(&BTreeMap::new(), &many).unwrap_err().to_string();
        assert!(error.contains("65 keys; 64 are the most"), "{error}");
    }
}
