//! The verdict on a text, given how much its place speaks for a secret.

use super::placeholder::{self, Harmless, is_name_like, known_part};
use crate::knowledge::names::{NameKind, mentions_secret, words};
use crate::resolve::value::HOLE;

/// How much a place speaks for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// The schema says that the value is a secret.
    Schema,
    /// The schema says that it may be one, or that it is half of a key pair.
    Maybe,
    /// Only the name of the key says so.
    Named(NameKind),
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// More likely than not.
    Low,
    /// Very likely.
    Medium,
    /// As good as certain.
    High,
}

/// What a text at a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A secret; `weak` when it is a well-known default or a documented example.
    Secret {
        /// How sure.
        confidence: Confidence,
        /// Whether it is a default or an example that nobody should rely on.
        weak: bool,
    },
    /// Not a secret.
    Harmless(Harmless),
}

/// Judges the text at a place with this strength; `name` is the key that it stands under.
pub fn judge(text: &str, strength: Strength, name: &str) -> Verdict {
    match strength {
        Strength::Schema => at_schema(text, name),
        Strength::Maybe => at_maybe(text),
        Strength::Named(kind) => at_name(text, kind, name),
    }
}

fn at_schema(text: &str, name: &str) -> Verdict {
    if let Some(harmless) = placeholder::always(text) {
        return Verdict::Harmless(harmless);
    }
    if is_own_constant(text) || placeholder::is_stand_in(text, name) {
        return Verdict::Harmless(Harmless::Placeholder);
    }
    if text.contains(HOLE) && !is_substantial(known_part(text)) {
        return Verdict::Harmless(Harmless::Reference);
    }
    let confidence = if text.contains(HOLE) {
        Confidence::Medium
    } else {
        Confidence::High
    };
    Verdict::Secret {
        confidence,
        weak: is_weak(text),
    }
}

/// `HF_TOKEN` at a token: the name in place of the value.
fn is_own_constant(text: &str) -> bool {
    text.contains('_')
        && mentions_secret(text)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn at_maybe(text: &str) -> Verdict {
    if let Some(harmless) = placeholder::at_named(text, "") {
        return Verdict::Harmless(harmless);
    }
    match is_random(text) {
        true => Verdict::Secret {
            confidence: Confidence::Medium,
            weak: is_weak(text),
        },
        false => Verdict::Harmless(Harmless::Setting),
    }
}

fn at_name(text: &str, kind: NameKind, name: &str) -> Verdict {
    if let Some(harmless) = placeholder::at_named(text, name) {
        return Verdict::Harmless(harmless);
    }
    if text.contains(HOLE) {
        return Verdict::Harmless(Harmless::Reference);
    }
    let random = is_random(text);
    let accepted = match kind {
        NameKind::Password => {
            let words = text.split(['-', '_', '/', '.', ':']).count();
            let named_after = text.to_ascii_lowercase().contains("secret") && words > 1
                || words > 1 && is_name_like(text) && mentions_secret(text)
                || words > 1 && ends_alike(text, name);
            text.len() >= 3 && !named_after
        }
        // Keys are long: a short one is the name of an entry somewhere.
        NameKind::Key => random && text.len() >= 16,
        NameKind::Token => random && text.len() >= 12,
        NameKind::Secret => random && text.len() >= 8,
    };
    match accepted {
        true => {
            let confidence = if random {
                Confidence::High
            } else {
                Confidence::Medium
            };
            Verdict::Secret {
                confidence,
                weak: is_weak(text),
            }
        }
        false => Verdict::Harmless(Harmless::Identifier),
    }
}

/// `dynamic_nsg_pass` under `nsg_name_pass`: named, not secret.
fn ends_alike(text: &str, name: &str) -> bool {
    let last = |of: &str| words(of).pop();
    is_name_like(text) && last(text) == last(name)
}

/// Well-known defaults and documented examples: real, but nobody's.
pub fn is_weak(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.contains("example")
        || lower.starts_with("changeme")
        || is_name_like(text) && mentions_secret(text)
}

/// Letters and digits mixed, or many different characters: not a word.
pub fn is_random(text: &str) -> bool {
    if text.contains(char::is_whitespace) || is_name_like(text) {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        return digits >= 12;
    }
    if digits == 0 {
        let mixed = text.bytes().any(|b| b.is_ascii_uppercase())
            && text.bytes().any(|b| b.is_ascii_lowercase());
        return mixed && text.len() >= 20 && entropy(text) > 3.6 && !has_words(text);
    }
    entropy(text) > 2.6 && !is_dashed_name(text)
}

/// `eks-cluster-v2-prod`: words and short numbers.
fn is_dashed_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '_', '.', '/', ':']).collect();
    parts.len() > 1
        && parts.iter().all(|part| {
            part.len() <= if part.bytes().all(|b| b.is_ascii_lowercase()) { 20 } else { 12 }
                && part.bytes().filter(u8::is_ascii_digit).count() <= 3
                // `v2` and `k8s` are words; a digit in the midst of a longer one is a disguise.
                && (part.len() <= 4 || !part.trim_end_matches(|c: char| c.is_ascii_digit()).bytes().any(|b| b.is_ascii_digit()))
                && (part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                    || part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
        })
}

/// CamelCase of ordinary words.
fn has_words(text: &str) -> bool {
    let words = words(text);
    words.len() > 1 && words.iter().filter(|word| word.len() >= 4).count() * 2 >= words.len()
}

/// What is known of a text is enough to be a secret by itself.
fn is_substantial(known: &str) -> bool {
    known.len() >= 6
        && !is_name_like(known)
        && known.bytes().any(|b| b.is_ascii_digit())
        && known.bytes().any(|b| b.is_ascii_alphabetic())
        && !is_dashed_name(known)
}

/// Shannon entropy in bits for each character.
pub fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = text.len().max(1) as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}
