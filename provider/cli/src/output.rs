//! Results on stdout.

use std::io::Write;

use coffer_vault::{SecretMetadata, SignedDuration, Timestamp, VersionMetadata, VersionState};
use serde_json::{Value, json};

use crate::failure::{Failure, Result};

/// Prints text or bytes as they are.
pub(crate) fn bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::io("writing the result", &error))
}

/// Prints a line.
pub(crate) fn line(text: &str) -> Result<()> {
    bytes(format!("{text}\n").as_bytes())
}

/// Prints JSON for programs, indented so that people can read it too.
pub(crate) fn json(value: &Value) -> Result<()> {
    line(&format!("{value:#}"))
}

/// Tells something on stderr that is not the result.
pub(crate) fn note(text: &str) {
    // Where stderr is closed there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints rows as columns under a head, or nothing but a note where there is no row.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Result<()> {
    let mut widths = head.map(str::len);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let mut push = |cells: Vec<&str>| {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    };
    push(head.to_vec());
    for row in rows {
        push(row.iter().map(String::as_str).collect());
    }
    bytes(text.as_bytes())
}

/// `1 secret`, `2 secrets`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A time to the second, for people.
pub(crate) fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second())
        .unwrap_or(at)
        .to_string()
}

/// A number with s, m, h or d, in seconds.
fn seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let number: u32 = text.get(..text.len().checked_sub(1)?)?.parse().ok()?;
    i64::from(number).checked_mul(unit)
}

/// Parses a length of time: 90m, 24h, 7d.
pub(crate) fn parse_duration(text: &str) -> std::result::Result<SignedDuration, String> {
    seconds(text)
        .map(SignedDuration::from_secs)
        .ok_or_else(|| "write a number with s, m, h or d: 90m, 24h, 7d".to_owned())
}

/// Parses a time, or how long ago it was: a number with s, m, h or d.
pub(crate) fn parse_since(text: &str) -> std::result::Result<Timestamp, String> {
    let ago = seconds(text).and_then(|ago| Timestamp::now().as_second().checked_sub(ago));
    match ago {
        Some(second) => Timestamp::from_second(second).map_err(|error| error.to_string()),
        None => text.parse().map_err(|_| {
            "write a time such as 2030-01-31T00:00:00Z, or how long ago: 90m, 24h, 7d".to_owned()
        }),
    }
}

/// A version as JSON.
pub(crate) fn version_json(version: &VersionMetadata) -> Value {
    json!({
        "name": version.name.as_str(),
        "version": version.version,
        "created": version.created,
        "created_by": version.created_by,
        "stages": version.stages,
        "state": state(version.state),
        "content_type": version.content_type,
        "expires": version.expires,
        "labels": version.labels,
    })
}

/// A secret as JSON.
pub(crate) fn secret_json(secret: &SecretMetadata) -> Value {
    json!({
        "name": secret.name.as_str(),
        "revision": secret.revision,
        "created": secret.created,
        "updated": secret.updated,
        "latest": secret.latest,
        "current": secret.current,
        "pending": secret.pending,
        "previous": secret.previous,
        "current_since": secret.current_since,
        "expires": secret.expires,
        "description": secret.description,
        "labels": secret.labels,
        "annotations": secret.annotations,
        "versions_to_keep": secret.versions_to_keep,
        "deleted": secret.deleted,
    })
}

/// A version's state in a word.
pub(crate) fn state(state: VersionState) -> &'static str {
    match state {
        VersionState::Enabled => "enabled",
        VersionState::Disabled => "disabled",
        VersionState::Destroyed(_) => "destroyed",
    }
}
