//! What the linter's detectors find in a text.

use std::ops::Range;

use coffer_lint::detect::embedded::{self, Form};
use coffer_lint::detect::judge::{Confidence, Strength, Verdict, judge};
use coffer_lint::detect::{pem, tokens};

/// A secret in a text.
pub(super) struct Detected {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// What kind of secret: a token's format, or what holds it.
    pub(super) kind: &'static str,
    /// The linter's rule that would report it.
    pub(super) rule: &'static str,
    /// How sure.
    pub(super) confidence: Confidence,
}

/// All secrets in `text` that can be told by their form: keys, tokens, and what stands in connection strings, headers and
/// assignments.
pub(super) fn by_form(text: &str) -> Vec<Detected> {
    let keys = pem::find(text).into_iter().map(|key| Detected {
        range: key.range,
        kind: "private-key",
        rule: "embedded-private-key",
        confidence: if key.encrypted {
            Confidence::Low
        } else {
            Confidence::High
        },
    });
    let tokens = tokens::find(text).into_iter().map(|token| Detected {
        range: token.range,
        kind: token.format.id,
        rule: "embedded-token",
        confidence: if token.example {
            Confidence::Low
        } else {
            token.confidence
        },
    });
    let embedded = embedded::find(text, false).into_iter().map(|found| {
        let (kind, rule) = match found.form {
            Form::ConnectionString => ("connection-string", "password-in-connection-string"),
            Form::Header => ("header", "credential-in-header"),
            Form::Command => ("command", "secret-in-script"),
            Form::Assignment => ("assignment", "secret-in-script"),
        };
        Detected {
            range: found.range,
            kind,
            rule,
            confidence: sureness(found.verdict).unwrap_or(Confidence::Low),
        }
    });
    keys.chain(tokens).chain(embedded).collect()
}

/// The most certain of all secrets in `text`; where there is none, the whole text if it is as random as a secret.
pub(super) fn surest(text: &str) -> Option<Detected> {
    // Of equally certain ones the first kind counts, which says more.
    let by_form = by_form(text).into_iter().reduce(|best, other| {
        if other.confidence > best.confidence {
            other
        } else {
            best
        }
    });
    by_form.or_else(|| {
        sureness(judge(text, Strength::Maybe, "")).map(|confidence| Detected {
            range: 0..text.len(),
            kind: "random-text",
            rule: "literal-in-secret-argument",
            confidence,
        })
    })
}

fn sureness(verdict: Verdict) -> Option<Confidence> {
    match verdict {
        Verdict::Secret { weak: true, .. } => Some(Confidence::Low),
        Verdict::Secret { confidence, .. } => Some(confidence),
        Verdict::Harmless(_) => None,
    }
}
