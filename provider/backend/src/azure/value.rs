//! Values on their way: a text stands there as it is, bytes that are no text in base64.
//!
//! JSON is written and read here by hand, because a general reader leaves unescaped copies of the value behind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use coffer_vault::Secret;
use serde_json::Value as Json;
use zeroize::Zeroizing;

use super::wire::Tags;

/// The tag by which Azure's own command line tells how a value is written.
pub(super) const ENCODING: &str = "file-encoding";
/// What that tag says of base64.
pub(super) const BASE64_NAME: &str = "base64";
/// The content type of bytes of which the writer says nothing.
pub(super) const BYTES: &str = "application/octet-stream";

/// A value as Key Vault gets it.
pub(super) struct Written {
    pub(super) text: Zeroizing<String>,
    pub(super) is_base64: bool,
}

/// The text of a value.
pub(super) fn write(value: &Secret) -> Written {
    match value.danger_expose_str() {
        Ok(text) => Written {
            text: Zeroizing::new(text.to_owned()),
            is_base64: false,
        },
        Err(_) => Written {
            text: Zeroizing::new(BASE64.encode(value.danger_expose())),
            is_base64: true,
        },
    }
}

/// The value of a text, by the tags of its version. What is not the base64 that it is said to be is a text.
pub(super) fn read(text: Secret, tags: &Tags) -> Secret {
    if tags.get(ENCODING).map(String::as_str) != Some(BASE64_NAME) {
        return text;
    }
    match BASE64.decode(text.danger_expose()) {
        Ok(bytes) => Secret::new(bytes),
        Err(_) => text,
    }
}

/// The body of a request that stores a value; `rest` is the object with everything else.
pub(super) fn body(value: &str, rest: &Json) -> Secret {
    let rest = rest.to_string();
    // At the worst each byte becomes six; the buffer never grows, so that no smaller one is left behind.
    let capacity = value.len().saturating_mul(6).saturating_add(rest.len());
    let mut body = Zeroizing::new(Vec::with_capacity(capacity.saturating_add(16)));
    body.extend_from_slice(br#"{"value":""#);
    for byte in value.bytes() {
        match byte {
            b'"' | b'\\' => body.extend_from_slice(&[b'\\', byte]),
            0..=0x1f => body.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => body.push(byte),
        }
    }
    body.push(b'"');
    let members = rest.strip_prefix('{').unwrap_or_default();
    if members != "}" {
        body.push(b',');
    }
    body.extend_from_slice(members.as_bytes());
    Secret::from(body)
}

/// The text that a JSON string holds; `None` where it is none.
pub(super) fn unescape(json: &str) -> Option<Secret> {
    let inner = json.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut text = Zeroizing::new(Vec::with_capacity(inner.len()));
    let mut rest = inner;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        text.extend_from_slice(plain.as_bytes());
        let kind = escaped.chars().next()?;
        rest = escaped.get(kind.len_utf8()..)?;
        let character = match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (character, after) = code(rest)?;
                rest = after;
                character
            }
            _ => return None,
        };
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    text.extend_from_slice(rest.as_bytes());
    Some(Secret::from(text))
}

/// The character whose code `text` begins with, after `\u`, and what follows.
fn code(text: &str) -> Option<(char, &str)> {
    let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let (first, rest) = (unit(text)?, text.get(4..)?);
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Some((character, rest));
    }
    let second = rest.strip_prefix("\\u")?;
    let units = [first, unit(second)?];
    let character = char::decode_utf16(units).next()?.ok()?;
    Some((character, second.get(4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        for text in [
            "fake",
            "",
            "\"quoted\" \\ back",
            "lines\r\n\ttabs\u{8}\u{c}\u{0}\u{7f}",
            "pässwörd \u{1F511} 密码",
        ] {
            let body = body(text, &serde_json::json!({ "tags": { "a": "b" } }));
            let parsed: Json = serde_json::from_slice(body.danger_expose()).unwrap();
            assert_eq!(parsed["value"], text);
            assert_eq!(parsed["tags"]["a"], "b");
            // As others write it, with every character escaped.
            let units: String = text
                .encode_utf16()
                .map(|it| format!("\\u{it:04X}"))
                .collect();
            for json in [serde_json::to_string(text).unwrap(), format!("\"{units}\"")] {
                let read = unescape(&json).unwrap();
                assert_eq!(read.danger_expose_str().unwrap(), text, "{json}");
            }
        }
        let empty = body("fake", &serde_json::json!({}));
        assert_eq!(empty.danger_expose(), br#"{"value":"fake"}"#);
        for broken in ["fake", "\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\x\"", "null"] {
            assert!(unescape(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn bytes_stand_in_base64_and_the_tag_says_so() {
        let bytes = Secret::copy_from(&[0xff, 0, 1]);
        let written = write(&bytes);
        assert!(written.is_base64);
        let tags = Tags::from([(ENCODING.to_owned(), BASE64_NAME.to_owned())]);
        let text = Secret::copy_from(written.text.as_bytes());
        assert!(read(text.clone(), &tags).ct_eq(&bytes));
        assert!(read(text.clone(), &Tags::new()).ct_eq(&text));
        let no_base64 = Secret::copy_from(b"fake value");
        assert!(read(no_base64.clone(), &tags).ct_eq(&no_base64));
    }
}
