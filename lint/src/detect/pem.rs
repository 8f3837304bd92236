//! Private keys in PEM armour.

use std::ops::Range;

/// A private key in a text.
#[derive(Debug)]
pub struct PrivateKey {
    /// From `-----BEGIN` to the end of the armour, or of what is there of it.
    pub range: Range<usize>,
    /// The first byte of the key's body, which is where it is reported.
    pub body: usize,
    /// What kind of key, as the armour says.
    pub kind: String,
    /// Whether the key is encrypted with a passphrase.
    pub encrypted: bool,
}

/// Bytes that a key takes at most.
const MAX_KEY: usize = 64 * 1024;
/// Bytes that are looked at where the armour has no end.
const MAX_OPEN: usize = 4096;

const BEGIN: &[u8] = b"-----BEGIN ";

/// All private keys of a text.
pub fn find(text: &str) -> Vec<PrivateKey> {
    let mut found = Vec::new();
    for start in memchr::memmem::find_iter(text.as_bytes(), BEGIN) {
        let after = start + BEGIN.len();
        let Some(kind) = text
            .get(after..)
            .and_then(|rest| rest.split("-----").next())
        else {
            continue;
        };
        if !kind.contains("PRIVATE KEY") || kind.len() > 48 {
            continue;
        }
        let header = after + kind.len() + 5;
        let rest = text.get(header..).unwrap_or_default();
        let near = rest
            .as_bytes()
            .get(..rest.len().min(MAX_KEY))
            .unwrap_or_default();
        let (len, closed) = match memchr::memmem::find(near, b"-----END ") {
            Some(len) => (len, true),
            None => (floor(rest, MAX_OPEN), false),
        };
        let inner = rest.get(..len).unwrap_or_default();
        if !has_body(inner, closed) {
            continue;
        }
        let skip = inner.len()
            - inner
                .trim_start_matches(|c: char| !c.is_ascii_alphanumeric())
                .len();
        let tail = rest
            .get(len..)
            .and_then(|tail| tail.get(9..floor(tail, 128))?.find("-----"))
            .map_or(0, |n| n + 14);
        found.push(PrivateKey {
            range: start..(header + len + tail).min(text.len()),
            body: header + skip,
            kind: kind.to_ascii_lowercase(),
            encrypted: kind.contains("ENCRYPTED") || inner.contains("ENCRYPTED"),
        });
    }
    found
}

/// Whether key material stands between the lines, not `…` or a placeholder.
fn has_body(inner: &str, closed: bool) -> bool {
    let material = inner
        .split(['\n', '\r', ' ', '\t', '"', ',', '\''])
        .flat_map(|word| word.split("\\n"))
        .filter(|word| {
            word.len() >= 16
                && word
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
        })
        .filter(|word| !word.to_ascii_lowercase().contains("xxxx"))
        .map(str::len)
        .sum::<usize>();
    material >= if closed { 32 } else { 48 }
}

/// The greatest length up to `max` that ends at a character.
fn floor(text: &str, max: usize) -> usize {
    text.floor_char_boundary(max.min(text.len()))
}
