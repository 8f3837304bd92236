//! Alerts: what in the audit trail deserves a look. Each rule is a pure function over rows, in a file of its own.

mod chain_break;
mod destroyed_read;
mod failed_auth;
mod first_seen;
mod off_hours;
mod read_spike;
mod refused_token;
mod settings;

use jiff::Timestamp;
use serde::Serialize;

use crate::audit::{AuditRecord, AuditReport};

pub use settings::{AlertSettings, Hours};

/// Something that deserves a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Alert {
    /// The rule's name, such as `read-spike`.
    pub rule: &'static str,
    /// When it happened.
    pub at: Timestamp,
    /// The audit row that shows it.
    pub row: u64,
    /// Who did it: a user, or a token's accessor.
    pub identity: String,
    /// What happened, in a sentence.
    pub message: String,
}

/// A rule.
#[derive(Clone, Copy)]
pub struct AlertRule {
    /// Its name.
    pub name: &'static str,
    /// What it looks for.
    pub description: &'static str,
    check: fn(&[AuditRecord], &AlertSettings) -> Vec<Alert>,
}

/// All rules that judge rows. The rule `chain-break` judges the trail's verification, and is always on.
pub const ALERT_RULES: [AlertRule; 6] = [
    read_spike::RULE,
    first_seen::RULE,
    failed_auth::RULE,
    off_hours::RULE,
    destroyed_read::RULE,
    refused_token::RULE,
];

/// What the rules find in `rows` since a time, the oldest first. Rows before it are what the rules learn from.
pub fn alerts(rows: &[AuditRecord], since: Timestamp, settings: &AlertSettings) -> Vec<Alert> {
    let mut found: Vec<Alert> = ALERT_RULES
        .iter()
        .filter(|rule| !settings.disabled.iter().any(|name| name == rule.name))
        .flat_map(|rule| (rule.check)(rows, settings))
        .filter(|alert| alert.at >= since)
        .collect();
    found.sort_by_key(|alert| alert.row);
    found
}

/// The alerts of a trail whose verification found problems.
pub(crate) fn chain_breaks(report: &AuditReport, now: Timestamp) -> Vec<Alert> {
    chain_break::check(report, now)
}

/// Who did it: the token, where one was used, or else the user.
fn identity(record: &AuditRecord) -> &str {
    let actor = &record.event.actor;
    actor.accessor.as_deref().unwrap_or(&actor.user)
}

/// An alert about a row.
fn alert(rule: &'static str, record: &AuditRecord, message: String) -> Alert {
    Alert {
        rule,
        at: record.event.at,
        row: record.seq,
        identity: identity(record).to_owned(),
        message,
    }
}

#[cfg(test)]
mod trail {
    //! Trails for the tests of the rules.

    use super::*;
    use crate::actor::Actor;
    use crate::audit::{AuditEvent, AuditItem, Operation, Outcome};

    /// One row: when (hours after the start of 2030, a Tuesday), who, what, to which secret.
    pub(super) fn row(hours: f64, who: &str, operation: Operation, name: &str) -> AuditRecord {
        let start: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        #[allow(clippy::cast_possible_truncation)]
        let at = start.as_millisecond() + (hours * 3_600_000.0) as i64;
        let mut actor = Actor::this_process("test");
        actor.user = who.to_owned();
        let mut event = AuditEvent::new(Timestamp::from_millisecond(at).unwrap(), operation, actor);
        event.items = vec![AuditItem {
            name: name.to_owned(),
            version: Some(1),
            error: None,
        }];
        AuditRecord { seq: 0, event }
    }

    pub(super) fn failed(mut record: AuditRecord, outcome: Outcome, why: &str) -> AuditRecord {
        record.event.outcome = outcome;
        record.event.error = Some(why.to_owned());
        record
    }

    /// The rows in the order of their times, numbered.
    pub(super) fn trail(mut rows: Vec<AuditRecord>) -> Vec<AuditRecord> {
        rows.sort_by_key(|row| row.event.at);
        for (at, row) in rows.iter_mut().enumerate() {
            row.seq = at as u64 + 1;
        }
        rows
    }
}
