//! Messages as RFC 5424 has them: `<priority>1 time host app process message-id - text`.

use coffer_vault::{Actor, AuditRecord, Outcome, Timestamp};

/// "log audit" (RFC 5424, table 1).
const FACILITY: u8 = 13;
const WARNING: u8 = 4;
const NOTICE: u8 = 5;
const INFORMATIONAL: u8 = 6;

/// A row: the header says when, where and what; the text is the row as JSON, which has no control character.
pub(super) fn of_row(record: &AuditRecord) -> Result<Vec<u8>, String> {
    let severity = match record.event.outcome {
        Outcome::Ok => INFORMATIONAL,
        Outcome::Failed => NOTICE,
        Outcome::Denied => WARNING,
    };
    let text = serde_json::to_vec(record).map_err(|error| error.to_string())?;
    let (at, actor) = (record.event.at, &record.event.actor);
    let what = record.event.operation.to_string();
    Ok(message(severity, at, actor, &what, &text))
}

/// A signed checkpoint.
pub(super) fn of_checkpoint(text: &[u8], actor: &Actor) -> Vec<u8> {
    message(NOTICE, Timestamp::now(), actor, "checkpoint", text)
}

fn message(severity: u8, at: Timestamp, actor: &Actor, what: &str, text: &[u8]) -> Vec<u8> {
    let priority = u32::from(FACILITY) * 8 + u32::from(severity);
    // The protocol has at most six digits after the second.
    let at = Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at);
    let mut message = format!(
        "<{priority}>1 {at} {} coffer {} {} - ",
        field(&actor.host, 255),
        actor.process,
        field(what, 32)
    )
    .into_bytes();
    message.extend_from_slice(text);
    message
}

/// A header field: printable ASCII without spaces, `-` for none.
fn field(text: &str, longest: usize) -> String {
    let field: String = text
        .chars()
        .filter(char::is_ascii_graphic)
        .take(longest)
        .collect();
    if field.is_empty() {
        "-".to_owned()
    } else {
        field
    }
}
