//! What only looks like a secret: placeholders, references, names, hashes, public keys.

use super::instruction::is_instruction;
pub use super::instruction::is_stand_in;
use super::reference::{is_encrypted, is_public, is_reference};
use crate::knowledge::names;
use crate::resolve::value::HOLE;

/// Why a text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harmless {
    /// Nothing, or punctuation.
    Empty,
    /// To be replaced by the reader.
    Placeholder,
    /// Read from elsewhere: a variable, a dynamic reference, a template marker, a file.
    Reference,
    /// An identifier: an ARN, a URL, a path, an id.
    Identifier,
    /// A hash, a fingerprint or an integrity value.
    Hash,
    /// A public key or a certificate.
    Public,
    /// Encrypted already.
    Encrypted,
    /// A word of a setting: `true`, `required`, `SecureString`.
    Setting,
    /// A format rather than a value: a pattern, a sentence.
    Prose,
}

/// What makes the text harmless wherever it stands, even at a sink known to hold a secret.
pub fn always(text: &str) -> Option<Harmless> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return Some(Harmless::Empty);
    }
    if is_reference(text) {
        return Some(Harmless::Reference);
    }
    if is_marked(text) || is_instruction(text) {
        return Some(Harmless::Placeholder);
    }
    if text.starts_with("arn:") || text.starts_with("amzn1.") || text.starts_with("AWS::") {
        return Some(Harmless::Identifier);
    }
    if is_encrypted(text) {
        return Some(Harmless::Encrypted);
    }
    if is_public(text) {
        return Some(Harmless::Public);
    }
    if is_settled(text) {
        return Some(Harmless::Setting);
    }
    None
}

/// The text without its unknown pieces and the punctuation around them.
pub fn known_part(text: &str) -> &str {
    if !text.contains(HOLE) {
        return text;
    }
    text.split(HOLE)
        .max_by_key(|piece| piece.len())
        .unwrap_or_default()
        .trim_matches(|c: char| !c.is_alphanumeric())
}

/// Text in brackets, or made of one character.
fn is_marked(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (first, last) = (bytes.first().copied(), bytes.last().copied());
    let between =
        |open: u8, close: u8| first == Some(open) && last == Some(close) && bytes.len() > 2;
    if between(b'<', b'>')
        || between(b'[', b']')
        || between(b'{', b'}') && bytes.len() < 64 && !text.contains(':')
    {
        return true;
    }
    if text.contains("<") && text.contains('>') && bytes.len() < 80 && !text.contains('\n') {
        let inner = text
            .split('<')
            .nth(1)
            .and_then(|rest| rest.split('>').next());
        if inner.is_some_and(|inner| {
            inner.len() > 2
                && inner
                    .bytes()
                    .all(|b| b.is_ascii_alphabetic() || b"_- ".contains(&b))
        }) {
            return true;
        }
    }
    let letters: Vec<u8> = bytes
        .iter()
        .filter(|b| b.is_ascii_alphanumeric() || **b == b'*')
        .copied()
        .collect();
    let same = letters
        .first()
        .is_some_and(|first| letters.iter().all(|b| b == first));
    if same && (letters.len() > 2 || letters.first() == Some(&b'*')) {
        return letters
            .first()
            .is_some_and(|byte| !byte.is_ascii_digit() || *byte == b'0');
    }
    let lower = text.to_ascii_lowercase();
    lower.contains("xxxx")
        || lower.contains("****")
        || lower.contains("...")
        || lower.contains("____")
}

fn is_settled(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "true"
            | "false"
            | "null"
            | "none"
            | "nil"
            | "yes"
            | "no"
            | "n/a"
            | "na"
            | "undefined"
            | "string"
            | "number"
            | "securestring"
    )
}

/// What makes the text harmless where only the name of its key speaks for a secret.
pub fn at_named(text: &str, name: &str) -> Option<Harmless> {
    let text = text.trim();
    if let Some(found) = always(text) {
        return Some(found);
    }
    let lower = text.to_ascii_lowercase();
    if !is_mixed_case(text) && (COMMON.contains(&lower.as_str()) || is_own_name(text, name)) {
        return Some(Harmless::Placeholder);
    }
    let words = names::words(text);
    let says = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if says(&["example", "changeme", "sample", "dummy"])
        && !text.bytes().any(|b| b.is_ascii_digit())
        || says(&["change"]) && says(&["me", "this", "it"])
    {
        return Some(Harmless::Placeholder);
    }
    if is_address(text) {
        return Some(Harmless::Identifier);
    }
    if is_constant_name(text) || is_part_of_constant(text, name) {
        return Some(Harmless::Reference);
    }
    if is_hash(text) && !text.contains('-') && name_is_about_hashes(name) {
        return Some(Harmless::Hash);
    }
    if text.split_whitespace().count() > 4 {
        return Some(Harmless::Prose);
    }
    None
}

const COMMON: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "string",
    "value",
    "example",
    "test",
    "testing",
    "sample",
    "dummy",
    "fake",
    "mock",
    "foo",
    "bar",
    "baz",
    "todo",
    "default",
    "required",
    "optional",
    "auto",
    "disabled",
    "enabled",
    "plain",
    "plaintext",
    "securestring",
    "basic",
    "bearer",
    "key",
    "apikey",
    "api_key",
    "any",
    "all",
    "self",
    "env",
    "file",
    "hidden",
    "sensitive",
    "masked",
    "removed",
    "omitted",
    "number",
    "bool",
    "username",
    "user",
    "generated",
    "random",
    "replaced",
    "replace",
    "hash",
    "range",
    "oauth",
    "oauth2",
    "jwt",
    "header",
    "body",
    "query",
    "generate",
    "custom",
];

/// `PaSsWoRd`: neither a word nor a name.
fn is_mixed_case(text: &str) -> bool {
    let count = |wanted: fn(&u8) -> bool| text.bytes().filter(wanted).count();
    let humps = text
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
        .count();
    humps >= 2 && count(u8::is_ascii_alphabetic) < 12
}

fn is_own_name(text: &str, name: &str) -> bool {
    let last = name.rsplit(['.', '/']).next().unwrap_or(name);
    names::words(text).concat() == names::words(last).concat()
}

/// A path, a URL without credentials, or another address.
fn is_address(text: &str) -> bool {
    if text.contains(char::is_whitespace) {
        return false;
    }
    let slashes = text.matches('/').count();
    if text.contains("://") {
        return true;
    }
    let is_path = (text.starts_with('/')
        || text.starts_with("./")
        || text.starts_with("../")
        || text.starts_with("~/"))
        && text.len() < 200
        && !(text.len() >= 32
            && slashes <= 2
            && text.bytes().filter(u8::is_ascii_digit).count() > 4);
    let is_file = [
        ".pem", ".json", ".key", ".txt", ".yaml", ".yml", ".crt", ".pub", ".p12", ".jks", ".pfx",
        ".conf",
    ]
    .iter()
    .any(|end| text.ends_with(end));
    let parts: Vec<&str> = text.split('.').collect();
    let is_attribute = parts.len() > 2
        && parts.iter().all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
                && part.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
                && part.len() < 24
        });
    is_path
        || is_file
        || is_resource_id(text)
        || is_attribute
        || text.starts_with("/aws/")
        || text.contains(".amazonaws.com")
}

/// `ami-0a1b2c3d4e5f67890`: a kind and a number in hexadecimal digits.
fn is_resource_id(text: &str) -> bool {
    text.rsplit_once('-').is_some_and(|(kind, number)| {
        kind.len() <= 10
            && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            && !matches!(kind, "key" | "token")
            && matches!(number.len(), 8 | 17)
            && number
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

/// `POSTGRES_DB_PASSWORD`: the name of a variable, in place of its value.
fn is_constant_name(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !text.starts_with('_')
        && names::words(text).iter().all(|word| word.len() < 13)
}

/// `SHARED_KEY = "SHARED"`: a word of a constant's name in place of a value.
fn is_part_of_constant(text: &str, name: &str) -> bool {
    let is_loud = |of: &str| {
        of.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    is_loud(text) && is_loud(name) && name.contains(text)
}

/// Hexadecimal digits of the length of a hash.
pub fn is_hash(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    matches!(hex.len(), 32 | 40 | 64 | 96 | 128) && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

fn name_is_about_hashes(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "sha",
        "md5",
        "hash",
        "digest",
        "checksum",
        "commit",
        "thumbprint",
        "fingerprint",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Lower-case words joined by dashes, underscores or dots: a name rather than a value.
pub fn is_name_like(text: &str) -> bool {
    let words: Vec<&str> = text.split(['-', '_', '.', '/', ' ', ':']).collect();
    let plain = words.iter().all(|word| {
        word.len() <= 16
            && (word.bytes().all(|b| b.is_ascii_lowercase())
                || word.bytes().all(|b| b.is_ascii_digit()) && word.len() < 5
                || word.bytes().all(|b| b.is_ascii_uppercase())
                || is_capitalised(word))
    });
    plain && (words.len() > 1 || words.iter().all(|word| word.len() < 24))
}

fn is_capitalised(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_uppercase()) && bytes.all(|b| b.is_ascii_lowercase())
}
