//! What a rule found.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Rule;
use crate::detect::judge::Confidence;
use crate::fix::Fix;
use crate::resolve::value::Hop;
use crate::run::Run;
use crate::source::FileId;
use crate::source::span::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look.
    Low,
    /// To be mended.
    Medium,
    /// To be mended soon.
    High,
    /// To be mended and the credential to be replaced now.
    Critical,
}

impl Severity {
    /// The name in reports and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One finding.
#[derive(Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The file.
    pub file: FileId,
    /// The place: the literal, or the expression that builds it.
    pub at: Span,
    /// What is wrong and why that is bad.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The value, redacted; empty where there is none.
    pub value: String,
    /// Where it ends up.
    pub sink: String,
    /// Where it is used, where that is another place.
    pub used: Option<(FileId, Span)>,
    /// The way from the literal to the sink.
    pub hops: Vec<Hop>,
    /// Survives moves of lines: rule, path, sink and a keyed hash of the value.
    pub fingerprint: String,
    /// How it can be mended.
    pub fix: Option<Fix>,
}

/// Findings under construction.
#[derive(Debug, Default)]
pub struct Findings {
    /// All findings so far.
    pub all: Vec<Finding>,
}

/// The key of the hash in fingerprints. It is public: the hash hides a random value, and of a weak
/// one it gives away no more than the file that holds it. It keeps values out of baselines.
const FINGERPRINT_KEY: &[u8] = b"coffer-lint fingerprint 1";

/// The fingerprint of a finding.
pub fn fingerprint(rule: &str, path: &str, sink: &str, value: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(FINGERPRINT_KEY) else {
        return String::new();
    };
    for part in [rule, path, sink, value] {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize()
        .into_bytes()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A value as reports may show it: the public prefix of a token, and nothing else.
pub fn redact(value: &str, prefix: usize) -> String {
    let shown: String = value.chars().take(prefix.min(value.len() / 4)).collect();
    format!("{shown}********")
}

/// What a rule says of a place.
pub(super) struct Said {
    /// What is wrong and why that is bad.
    pub(super) message: String,
    /// What to write instead.
    pub(super) help: String,
    /// Where the secret ends up.
    pub(super) sink: String,
    /// How sure.
    pub(super) confidence: Confidence,
}

/// Reports a place without a value of its own.
pub(super) fn report(
    run: &Run<'_>,
    rule: &'static Rule,
    file: FileId,
    at: Span,
    said: Said,
    findings: &mut Findings,
) {
    findings.all.push(Finding {
        rule,
        severity: rule.severity,
        confidence: said.confidence,
        file,
        at,
        fingerprint: fingerprint(rule.id, &run.path(file), &said.sink, ""),
        message: said.message,
        help: said.help,
        value: String::new(),
        sink: said.sink,
        used: None,
        hops: Vec::new(),
        fix: None,
    });
}
