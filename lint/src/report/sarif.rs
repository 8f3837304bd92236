//! SARIF 2.1.0 (OASIS), for code scanning.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::entry::{Entry, Step, accepted, entries};
use crate::rules::finding::Severity;
use crate::rules::{RULES, Rule};
use crate::run::Outcome;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Where the pages of rules stand.
pub const PAGES: &str =
    "https://github.com/coffer/terraform-provider-coffer/blob/main/docs/lint/rules";

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let told = entries(outcome).into_iter().chain(accepted(outcome));
    let results: Vec<Value> = told.map(|entry| result(&entry)).collect();
    let notes: Vec<Value> = outcome.degraded().filter_map(|file| {
        let trouble = file.troubles.first()?;
        let place = file.lines.position(&file.text, trouble.at.start);
        Some(json!({
            "level": "note",
            "message": {"text": format!("read in part only: {}", trouble.message)},
            "locations": [location(&crate::run::slashed(&file.path), (place.line, place.column), None)],
        }))
    }).collect();
    let report = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "coffer-lint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": "https://github.com/coffer/terraform-provider-coffer",
                "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the directory in which coffer-lint ran"}}},
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notes}],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "helpUri": format!("{PAGES}/{}.md", rule.id),
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "tags": ["security", "secrets", rule.family.name()],
            "precision": "high",
            "security-severity": score(rule.severity),
        },
    })
}

fn result(entry: &Entry<'_>) -> Value {
    let index = RULES.iter().position(|rule| rule.id == entry.rule);
    let region = (entry.start.line, entry.start.column);
    let end = (entry.end.line, entry.end.column);
    let mut result = json!({
        "ruleId": entry.rule,
        "ruleIndex": index,
        "level": level(entry.severity),
        "message": {"text": format!("{}. {}", entry.message, entry.help)},
        "locations": [location(&entry.file, region, Some(end))],
        "partialFingerprints": {"cofferLint/v1": entry.fingerprint},
        "properties": {
            "confidence": entry.confidence,
            "severity": entry.severity,
            "sink": entry.sink,
            "value": entry.value,
        },
    });
    let Some(fields) = result.as_object_mut() else {
        return result;
    };
    if let (Some(commit), Some(Value::Object(properties))) =
        (entry.commit, fields.get_mut("properties"))
    {
        properties.insert("commit".to_owned(), json!(commit));
    }
    if !entry.hops.is_empty() {
        fields.insert("codeFlows".to_owned(), json!([code_flow(entry)]));
    }
    if let Some(accepted) = &entry.accepted {
        let kind = match accepted.by {
            "inline" => "inSource",
            _ => "external",
        };
        let suppression =
            json!({"kind": kind, "status": "accepted", "justification": accepted.reason});
        fields.insert("suppressions".to_owned(), json!([suppression]));
    }
    result
}

/// From the literal over every hop to the sink.
fn code_flow(entry: &Entry<'_>) -> Value {
    let mut locations = vec![json!({"location": with_text(
        location(&entry.file, (entry.start.line, entry.start.column), None),
        "the secret stands here",
    )})];
    locations.extend(
        entry
            .hops
            .iter()
            .map(|hop| json!({"location": flow_step(hop)})),
    );
    json!({"threadFlows": [{"locations": locations}]})
}

fn flow_step(hop: &Step<'_>) -> Value {
    with_text(
        location(&hop.file, (hop.line, hop.column), None),
        &format!("passed on as {} `{}`", hop.kind, hop.name),
    )
}

fn with_text(mut location: Value, text: &str) -> Value {
    if let Some(fields) = location.as_object_mut() {
        fields.insert("message".to_owned(), json!({"text": text}));
    }
    location
}

fn location(file: &str, start: (usize, usize), end: Option<(usize, usize)>) -> Value {
    let mut region = json!({"startLine": start.0, "startColumn": start.1});
    if let (Some((line, column)), Some(fields)) = (end, region.as_object_mut()) {
        fields.insert("endLine".to_owned(), json!(line));
        fields.insert("endColumn".to_owned(), json!(column));
    }
    let artifact = match is_below(file) {
        true => json!({"uri": uri(file), "uriBaseId": "%SRCROOT%"}),
        false => json!({"uri": uri(file)}),
    };
    json!({"physicalLocation": {"artifactLocation": artifact, "region": region}})
}

fn is_below(file: &str) -> bool {
    !file.starts_with('/') && !file.starts_with("../")
}

/// The path as a reference of RFC 3986.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    match path.starts_with('/') {
        true => format!("file://{uri}"),
        false => uri,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// The score that GitHub sorts security findings by.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
    }
}
