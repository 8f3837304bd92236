//! Bodies of HTML forms, which is how tokens are asked for.

use coffer_vault::Secret;
use zeroize::Zeroizing;

/// The content type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The fields as a form's body. Some are secrets, so the buffer never grows and is wiped.
pub(crate) fn form(fields: &[(&str, &[u8])]) -> Secret {
    let longest = fields
        .iter()
        .map(|(name, value)| {
            let length = name.len().saturating_add(value.len());
            length.saturating_mul(3).saturating_add(2)
        })
        .fold(0, usize::saturating_add);
    let mut body = Zeroizing::new(Vec::with_capacity(longest));
    for (name, value) in fields {
        if !body.is_empty() {
            body.push(b'&');
        }
        encode(&mut body, name.as_bytes());
        body.push(b'=');
        encode(&mut body, value);
    }
    Secret::from(body)
}

fn encode(body: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            body.push(*byte);
        } else {
            body.push(b'%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                body.push(digit.to_ascii_uppercase() as u8);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_no_plain_character_is_escaped() {
        let body = form(&[("a b", b"x&y=z"), ("c", "é".as_bytes())]);
        assert_eq!(body.danger_expose(), b"a%20b=x%26y%3Dz&c=%C3%A9");
    }
}
