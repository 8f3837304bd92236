//! `first-seen`: an identity that was never seen before, or one that reads a secret that it never read.

use std::collections::BTreeSet;

use super::{Alert, AlertRule, AlertSettings, alert, identity};
use crate::audit::{AuditRecord, Operation};

pub(super) const RULE: AlertRule = AlertRule {
    name: "first-seen",
    description: "an identity appears for the first time, or reads a secret for the first time",
    check,
};

fn check(rows: &[AuditRecord], settings: &AlertSettings) -> Vec<Alert> {
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let learned = first
        .event
        .at
        .as_second()
        .saturating_add(i64::from(settings.learning_hours).saturating_mul(3600));
    let mut known = BTreeSet::new();
    let mut read = BTreeSet::new();
    let mut found = Vec::new();
    for row in rows
        .iter()
        .filter(|row| row.event.operation != Operation::OpenFailed)
    {
        let who = identity(row);
        let is_learned = row.event.at.as_second() >= learned;
        let is_new = known.insert(who);
        if is_new && is_learned {
            found.push(alert(
                RULE.name,
                row,
                format!("{who} was never seen before"),
            ));
        }
        if row.event.operation != Operation::Get {
            continue;
        }
        for item in &row.event.items {
            // Of someone new, everything is new.
            if read.insert((who, item.name.as_str())) && is_learned && !is_new {
                let message = format!("{who} reads \"{}\" for the first time", item.name);
                found.push(alert(RULE.name, row, message));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::trail::{row, trail};
    use super::*;

    fn usual() -> Vec<AuditRecord> {
        (0..400)
            .map(|hour| row(f64::from(hour), "app", Operation::Get, "a"))
            .collect()
    }

    #[test]
    fn while_learning_and_with_those_who_are_known_it_is_quiet() {
        let mut rows = usual();
        rows.push(row(2.5, "other", Operation::Get, "b"));
        rows.push(row(300.5, "other", Operation::Get, "b"));
        assert_eq!(check(&trail(rows), &AlertSettings::default()), []);
    }

    #[test]
    fn a_new_identity_and_a_new_path_are_told() {
        let mut rows = usual();
        rows.push(row(300.5, "other", Operation::Get, "b"));
        rows.push(row(301.5, "app", Operation::Get, "b"));
        let found = check(&trail(rows), &AlertSettings::default());
        let told: Vec<&str> = found.iter().map(|alert| alert.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "other was never seen before",
                "app reads \"b\" for the first time"
            ]
        );
    }
}
