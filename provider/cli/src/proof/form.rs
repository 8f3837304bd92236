//! The forms in which a value may stand.

use std::fmt;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use coffer_vault::Secret;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    /// As it is.
    Plain,
    /// In base64 (RFC 4648, both alphabets), alone or inside of something longer.
    Base64,
    /// In hexadecimal digits.
    Hex,
    /// Escaped in a URL.
    Url,
    /// Escaped in a JSON string.
    Json,
    /// Escaped in a JSON string inside a JSON string, as `jsonencode` leaves it in a state.
    NestedJson,
    /// Escaped in a string of Terraform's language.
    Hcl,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Plain => "plain",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Url => "URL-escaped",
            Self::Json => "JSON-escaped",
            Self::NestedJson => "JSON in JSON",
            Self::Hcl => "HCL-escaped",
        })
    }
}

/// Every form of `value`, each once. A form that is the value itself is not listed a second time.
pub(crate) fn forms(value: &[u8]) -> Vec<(Form, Secret)> {
    let mut found: Vec<(Form, Secret)> = Vec::new();
    let mut add = |form: Form, written: Secret| {
        if !found
            .iter()
            .any(|(_, known)| known.danger_expose() == written.danger_expose())
        {
            found.push((form, written));
        }
    };
    add(Form::Plain, Secret::copy_from(value));
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for before in 0..3 {
            if let Some(part) = base64_at(value, before, engine) {
                add(Form::Base64, part);
            }
        }
    }
    for upper in [false, true] {
        add(Form::Hex, hex(value, upper));
    }
    for kept in URL_KEPT {
        for upper in [false, true] {
            for plus in [false, true] {
                add(Form::Url, url(value, kept, upper, plus));
            }
        }
    }
    // The rest is of text alone.
    let Ok(text) = std::str::from_utf8(value) else {
        return found;
    };
    for style in [Json::Plain, Json::Html, Json::Ascii] {
        let once = json(text, style);
        if let Ok(inner) = once.danger_expose_str() {
            let twice = json(inner, style);
            add(Form::Json, once.clone());
            add(Form::NestedJson, twice);
        }
    }
    add(Form::Hcl, hcl(text));
    found
}

/// The part of a base64 text that depends on the value alone where `before` bytes stand before it, modulo 3.
fn base64_at(value: &[u8], before: usize, engine: &impl Engine) -> Option<Secret> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(value);
    let bytes = Secret::new(bytes);
    let text = Secret::from(engine.encode(bytes.danger_expose()));
    let begin = before.saturating_mul(8).div_ceil(6);
    let end = bytes.len().saturating_mul(8).checked_div(6)?;
    Some(Secret::copy_from(text.danger_expose().get(begin..end)?))
}

fn hex(value: &[u8], upper: bool) -> Secret {
    let mut text = String::with_capacity(value.len().saturating_mul(2));
    for byte in value {
        // Writing to a string cannot fail.
        let _ = if upper {
            write!(text, "{byte:02X}")
        } else {
            write!(text, "{byte:02x}")
        };
    }
    Secret::from(text)
}

/// What is left as it is besides letters and digits by RFC 3986, by JavaScript's `encodeURIComponent`, by Go in a path,
/// and by forms.
const URL_KEPT: [&[u8]; 4] = [b"-_.~", b"-_.~!'()*", b"-_.~$&+=:@", b"-_.*"];

fn url(value: &[u8], kept: &[u8], upper: bool, plus: bool) -> Secret {
    let mut text = String::with_capacity(value.len().saturating_mul(3));
    for byte in value {
        if byte.is_ascii_alphanumeric() || kept.contains(byte) {
            text.push(char::from(*byte));
        } else if plus && *byte == b' ' {
            text.push('+');
        } else {
            let _ = if upper {
                write!(text, "%{byte:02X}")
            } else {
                write!(text, "%{byte:02x}")
            };
        }
    }
    Secret::from(text)
}

/// What a writer of JSON escapes besides what it must.
#[derive(Clone, Copy, PartialEq)]
enum Json {
    /// Nothing.
    Plain,
    /// `<`, `>` and `&`, as Go does.
    Html,
    /// Everything that is not ASCII, as Python does.
    Ascii,
}

fn json(text: &str, style: Json) -> Secret {
    let mut escaped = String::with_capacity(text.len().saturating_mul(2));
    for character in text.chars() {
        let numbered = match style {
            Json::Plain => false,
            Json::Html => "<>&\u{2028}\u{2029}".contains(character),
            Json::Ascii => !character.is_ascii(),
        };
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            _ if numbered || character.is_ascii_control() => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
            _ => escaped.push(character),
        }
    }
    Secret::from(escaped)
}

fn hcl(text: &str) -> Secret {
    let mut escaped = String::with_capacity(text.len().saturating_mul(2));
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                escaped.push(character);
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    Secret::from(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> Vec<(Form, String)> {
        let forms = forms(value.as_bytes()).into_iter();
        forms
            .map(|(form, text)| (form, text.danger_expose_str().unwrap().to_owned()))
            .collect()
    }

    #[test]
    fn a_plain_word_has_few_forms() {
        let forms: Vec<Form> = written("abcdefgh").iter().map(|(form, _)| *form).collect();
        assert_eq!(
            forms,
            [
                Form::Plain,
                Form::Base64,
                Form::Base64,
                Form::Base64,
                Form::Hex
            ],
            "digits of `abcdefgh` have no letter, so upper and lower case are one"
        );
    }

    #[test]
    fn each_writer_has_its_own_escapes() {
        let forms = written("p<s\"w/ ${d}é\n");
        for (form, text) in [
            (Form::Url, "p%3Cs%22w%2F%20%24%7Bd%7D%C3%A9%0A"),
            (Form::Url, "p%3cs%22w%2f+%24%7bd%7d%c3%a9%0a"),
            (Form::Json, "p<s\\\"w/ ${d}é\\n"),
            (Form::Json, "p\\u003cs\\\"w/ ${d}é\\n"),
            (Form::Json, "p<s\\\"w/ ${d}\\u00e9\\n"),
            (Form::NestedJson, "p<s\\\\\\\"w/ ${d}é\\\\n"),
            (Form::Hcl, "p<s\\\"w/ $${d}é\\n"),
        ] {
            assert!(forms.contains(&(form, text.to_owned())), "{form}: {text}");
        }
    }

    #[test]
    fn base64_is_cut_where_neighbours_begin() {
        let value = b"only-for-tests";
        for before in ["", "x", "xy", "xyz"] {
            for after in ["", "a", "ab"] {
                let whole = format!("{before}only-for-tests{after}");
                let encoded = STANDARD_NO_PAD.encode(&whole);
                let part = base64_at(value, before.len() % 3, &STANDARD_NO_PAD).unwrap();
                assert!(
                    encoded.contains(part.danger_expose_str().unwrap()),
                    "{whole}"
                );
            }
        }
    }
}
