//! Checksums of token formats.
//!
//! A rule reads `KIND:LENGTH:SEGMENTS`: the last `LENGTH` characters are the checksum of the segments
//! before it. Segment 0 is the prefix up to the first `_`; a rule that starts at 1 leaves it out.

/// Writes a CRC-32 in so many characters.
type Write = fn(u32, usize) -> String;

/// The kinds of checksum.
const KINDS: &[(&str, Write)] = &[
    ("crc32-base62", |crc, length| digits(crc, length, BASE62)),
    ("crc32-base36", |crc, length| digits(crc, length, BASE36)),
    ("crc32-hex", |crc, _| format!("{crc:08x}")),
    ("crc32-HEX", |crc, _| format!("{crc:08X}")),
    ("crc32-hexle", |crc, _| format!("{:08x}", crc.swap_bytes())),
];

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Whether a rule can be followed.
pub fn is_known(rule: &str) -> bool {
    parse(rule).is_some()
}

struct Parsed {
    write: Write,
    length: usize,
    with_prefix: bool,
}

fn parse(rule: &str) -> Option<Parsed> {
    let mut parts = rule.split(':');
    let kind = parts.next()?;
    let (_, write) = KINDS.iter().find(|(known, _)| *known == kind)?;
    let length = parts.next()?.parse().ok().filter(|length| *length > 0)?;
    let with_prefix = match parts.next()?.split(',').next()? {
        "0" => true,
        "1" => false,
        _ => return None,
    };
    Some(Parsed {
        write: *write,
        length,
        with_prefix,
    })
}

/// The token with its last characters replaced by the checksum that they should be.
pub fn corrected(value: &str, rule: &str) -> Option<String> {
    let rule = parse(rule)?;
    let covered = value.get(..value.len().checked_sub(rule.length)?)?;
    let summed = match rule.with_prefix {
        true => covered,
        false => covered.split_once('_').map_or(covered, |(_, body)| body),
    };
    let sum = (rule.write)(crc32fast::hash(summed.as_bytes()), rule.length);
    Some(format!("{covered}{sum}"))
}

/// Whether the checksum of a token is right; `None` where its format has none that is known.
pub(super) fn is_right(value: &str, rule: &str) -> Option<bool> {
    parse(rule)?;
    Some(corrected(value, rule).as_deref() == Some(value))
}

fn digits(mut number: u32, length: usize, alphabet: &[u8]) -> String {
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    let mut digits = Vec::new();
    while number > 0 || digits.len() < length {
        let digit = usize::try_from(number % base).unwrap_or_default();
        digits.push(alphabet.get(digit).copied().unwrap_or(b'0'));
        number /= base;
    }
    digits.iter().rev().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::{corrected, is_right};

    #[test]
    fn the_checksum_of_the_github_family_covers_what_follows_the_prefix() {
        let body = "0".repeat(30);
        let token = corrected(&format!("ghp_{body}000000"), "crc32-base62:6:1").unwrap_or_default();
        assert!(token.starts_with(&format!("ghp_{body}")));
        assert_eq!(is_right(&token, "crc32-base62:6:1"), Some(true));
        assert_eq!(
            is_right(&format!("ghp_{body}000000"), "crc32-base62:6:1"),
            Some(false)
        );
        // Another prefix changes nothing: it is left out.
        assert_eq!(
            is_right(&token.replace("ghp_", "gho_"), "crc32-base62:6:1"),
            Some(true)
        );
    }

    #[test]
    fn a_format_without_a_known_checksum_has_no_verdict() {
        assert_eq!(is_right("anything", ""), None);
        assert_eq!(is_right("anything", "luhn:1:0"), None);
    }
}
