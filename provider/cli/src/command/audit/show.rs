//! Audit rows for people and programs.

use coffer_vault::AuditRecord;
use serde_json::json;

use crate::arguments::{Format, Global};
use crate::failure::Result;
use crate::output;

/// Prints rows as a table or as JSON.
pub(super) fn rows(records: &[AuditRecord], global: &Global) -> Result<()> {
    if global.format == Format::Json {
        return output::json(&json!({ "rows": records }));
    }
    let rows: Vec<[String; 7]> = records
        .iter()
        .map(|record| {
            let event = &record.event;
            let items: Vec<String> = event
                .items
                .iter()
                .map(|item| match item.version {
                    Some(version) => format!("{} v{version}", item.name),
                    None => item.name.clone(),
                })
                .collect();
            let mut note = event.actor.reason.clone().unwrap_or_default();
            if let Some(error) = &event.error {
                note.clone_from(error);
            }
            [
                record.seq.to_string(),
                output::time(event.at),
                event
                    .actor
                    .accessor
                    .clone()
                    .unwrap_or_else(|| event.actor.user.clone()),
                event.operation.to_string(),
                event.outcome.to_string(),
                items.join(", "),
                note,
            ]
        })
        .collect();
    output::table(
        ["ROW", "AT", "WHO", "OPERATION", "OUTCOME", "WHAT", "NOTE"],
        &rows,
    )
}
