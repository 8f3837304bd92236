//! A finding as reports tell it: places as lines and columns, paths with forward slashes, the value redacted.

use serde::Serialize;

use crate::detect::judge::Confidence;
use crate::filter::How;
use crate::fix::Safety;
use crate::resolve::value::Hop;
use crate::rules::finding::{Finding, Severity};
use crate::rules::{Family, Rule};
use crate::run::{Outcome, slashed};
use crate::source::git::Commit;
use crate::source::span::Position;

/// A finding for programs. Fields are only ever added.
#[derive(Debug, Serialize)]
pub struct Entry<'r> {
    /// The rule itself, for reports that tell more of it.
    #[serde(skip)]
    pub of: &'static Rule,
    /// Name of the rule.
    pub rule: &'static str,
    /// What the rule is about.
    pub family: Family,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The file, seen from the working directory.
    pub file: String,
    /// Its first character.
    pub start: Place,
    /// One past its last character.
    pub end: Place,
    /// What is wrong and why that is bad.
    pub message: &'r str,
    /// What to write instead.
    pub help: &'r str,
    /// The value, redacted.
    pub value: &'r str,
    /// Where it ends up.
    pub sink: &'r str,
    /// The way from the literal to the sink.
    pub hops: Vec<Step<'r>>,
    /// Survives moves of lines.
    pub fingerprint: &'r str,
    /// The oldest commit that has it; missing outside of a history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<&'r Commit>,
    /// How it can be mended by `--fix`; missing where it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Mend<'r>>,
    /// How the finding was accepted; missing where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance<'r>>,
}

/// A place: lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A step of the way of a value.
#[derive(Debug, Serialize)]
pub struct Step<'r> {
    /// The file.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// What happens there.
    pub kind: &'static str,
    /// The name of what is passed.
    pub name: &'r str,
}

/// A fix.
#[derive(Debug, Serialize)]
pub struct Mend<'r> {
    /// What it does.
    pub title: &'r str,
    /// Whether `--unsafe` is needed as well.
    pub safety: Safety,
}

/// How a finding was accepted.
#[derive(Debug, Serialize)]
pub struct Acceptance<'r> {
    /// `inline` or `baseline`.
    pub by: &'static str,
    /// The reason of an inline suppression.
    pub reason: &'r str,
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
        }
    }
}

/// What is to be reported.
pub fn entries(outcome: &Outcome) -> Vec<Entry<'_>> {
    outcome
        .findings
        .iter()
        .filter_map(|finding| entry(outcome, finding))
        .collect()
}

/// What was found and is accepted.
pub fn accepted(outcome: &Outcome) -> Vec<Entry<'_>> {
    let told = outcome.accepted.iter().filter_map(|one| {
        let acceptance = match &one.how {
            How::Inline(reason) => Acceptance {
                by: "inline",
                reason,
            },
            How::Baseline => Acceptance {
                by: "baseline",
                reason: "",
            },
        };
        Some(Entry {
            accepted: Some(acceptance),
            ..entry(outcome, &one.finding)?
        })
    });
    told.collect()
}

fn entry<'r>(outcome: &'r Outcome, finding: &'r Finding) -> Option<Entry<'r>> {
    let file = outcome.file(finding.file)?;
    let hops = finding.hops.iter();
    Some(Entry {
        of: finding.rule,
        rule: finding.rule.id,
        family: finding.rule.family,
        severity: finding.severity,
        confidence: finding.confidence,
        file: slashed(&file.path),
        start: file.lines.position(&file.text, finding.at.start).into(),
        end: file.lines.position(&file.text, finding.at.end).into(),
        message: &finding.message,
        help: &finding.help,
        value: &finding.value,
        sink: &finding.sink,
        hops: hops.filter_map(|hop| step(outcome, hop)).collect(),
        fingerprint: &finding.fingerprint,
        commit: file.commit.as_deref(),
        fix: finding.fix.as_ref().map(|fix| Mend {
            title: &fix.title,
            safety: fix.safety,
        }),
        accepted: None,
    })
}

fn step<'r>(outcome: &'r Outcome, hop: &'r Hop) -> Option<Step<'r>> {
    let file = outcome.file(hop.file)?;
    let Position { line, column } = file.lines.position(&file.text, hop.at.start);
    Some(Step {
        file: slashed(&file.path),
        line,
        column,
        kind: hop.kind.name(),
        name: &hop.name,
    })
}
