//! `destroyed-read`: someone asks for a version that was destroyed.

use std::collections::BTreeSet;

use super::{Alert, AlertRule, AlertSettings, alert, identity};
use crate::audit::{AuditRecord, Operation, Outcome};

pub(super) const RULE: AlertRule = AlertRule {
    name: "destroyed-read",
    description: "someone asks for a version that was destroyed, which no current configuration names",
    check,
};

fn check(rows: &[AuditRecord], _: &AlertSettings) -> Vec<Alert> {
    let mut destroyed = BTreeSet::new();
    let mut found = Vec::new();
    for row in rows {
        let event = &row.event;
        for item in &event.items {
            let Some(version) = item.version else {
                continue;
            };
            match event.operation {
                Operation::Destroy if event.outcome == Outcome::Ok => {
                    destroyed.insert((item.name.as_str(), version));
                }
                Operation::Get if destroyed.contains(&(item.name.as_str(), version)) => {
                    let message = format!(
                        "{} asked for version {version} of \"{}\", which was destroyed",
                        identity(row),
                        item.name
                    );
                    found.push(alert(RULE.name, row, message));
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::trail::{failed, row, trail};
    use super::*;

    #[test]
    fn a_read_before_the_destruction_or_of_another_version_is_quiet() {
        let mut newer = row(3.0, "app", Operation::Get, "a");
        newer.event.items[0].version = Some(2);
        let rows = vec![
            row(1.0, "app", Operation::Get, "a"),
            row(2.0, "me", Operation::Destroy, "a"),
            newer,
        ];
        assert_eq!(check(&trail(rows), &AlertSettings::default()), []);
    }

    #[test]
    fn a_read_after_the_destruction_is_told() {
        let read = failed(
            row(3.0, "app", Operation::Get, "a"),
            Outcome::Failed,
            "destroyed",
        );
        let rows = vec![row(2.0, "me", Operation::Destroy, "a"), read];
        let found = check(&trail(rows), &AlertSettings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "app asked for version 1 of \"a\", which was destroyed"
        );
    }
}
