//! Checksums of token formats.

/// Whether the checksum of a token is right; `None` where its format has none that is known.
pub(super) fn is_right(value: &str, rule: &str) -> Option<bool> {
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

#[cfg(test)]
mod tests {
    use super::is_right;

    #[test]
    fn the_checksum_of_the_github_family_covers_what_follows_the_prefix() {
        let body = "0".repeat(30);
        let sum = super::base62(crc32fast::hash(body.as_bytes()), 6);
        assert_eq!(
            is_right(&format!("ghp_{body}{sum}"), "crc32-base62:6:1"),
            Some(true)
        );
        assert_eq!(
            is_right(&format!("ghp_{body}000000"), "crc32-base62:6:1"),
            Some(false)
        );
    }

    #[test]
    fn a_format_without_a_known_checksum_has_no_verdict() {
        assert_eq!(is_right("anything", ""), None);
        assert_eq!(is_right("anything", "crc32-base36:7:0"), None);
    }
}
