//! `failed-auth`: many failed attempts to open the vault, or refusals, in a short time.

use std::collections::{BTreeMap, VecDeque};

use super::{Alert, AlertRule, AlertSettings, alert, identity};
use crate::audit::{AuditRecord, Outcome};

pub(super) const RULE: AlertRule = AlertRule {
    name: "failed-auth",
    description: "an identity fails to open the vault, or is refused, many times in a short time",
    check,
};

fn check(rows: &[AuditRecord], settings: &AlertSettings) -> Vec<Alert> {
    let window = i64::from(settings.burst_minutes).saturating_mul(60);
    let needed = usize::try_from(settings.burst_failures).unwrap_or(usize::MAX);
    let mut failures: BTreeMap<&str, VecDeque<i64>> = BTreeMap::new();
    let mut found = Vec::new();
    // Failed attempts are recorded later than they happened.
    let mut refused: Vec<&AuditRecord> = rows
        .iter()
        .filter(|row| row.event.outcome == Outcome::Denied)
        .collect();
    refused.sort_by_key(|row| row.event.at);
    for row in refused {
        let who = identity(row);
        let now = row.event.at.as_second();
        let times = failures.entry(who).or_default();
        times.push_back(now);
        while times
            .front()
            .is_some_and(|first| now.saturating_sub(*first) > window)
        {
            times.pop_front();
        }
        if times.len() >= needed {
            let message = format!(
                "{who} was refused {} times within {} minutes",
                times.len(),
                settings.burst_minutes
            );
            found.push(alert(RULE.name, row, message));
            times.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::trail::{failed, row, trail};
    use super::*;
    use crate::audit::Operation;

    fn refusals(step: f64) -> Vec<AuditRecord> {
        let refusal = |n: i32| row(f64::from(n) * step, "guesser", Operation::OpenFailed, "");
        trail(
            (0..8)
                .map(|n| failed(refusal(n), Outcome::Denied, "wrong"))
                .collect(),
        )
    }

    #[test]
    fn refusals_now_and_then_are_quiet() {
        assert_eq!(check(&refusals(1.0), &AlertSettings::default()), []);
    }

    #[test]
    fn a_burst_is_told_once() {
        let found = check(&refusals(1.0 / 60.0), &AlertSettings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "guesser was refused 5 times within 10 minutes"
        );
    }
}
