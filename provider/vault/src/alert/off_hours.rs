//! `off-hours`: a value is read outside working hours.

use super::{Alert, AlertRule, AlertSettings, Hours, alert, identity};
use crate::audit::{AuditRecord, Operation};

pub(super) const RULE: AlertRule = AlertRule {
    name: "off-hours",
    description: "a value is read outside the working hours of the settings",
    check,
};

fn check(rows: &[AuditRecord], settings: &AlertSettings) -> Vec<Alert> {
    let Some(hours) = &settings.hours else {
        return Vec::new();
    };
    rows.iter()
        .filter(|row| row.event.operation == Operation::Get)
        .filter(|row| !hours.except.iter().any(|who| who == identity(row)))
        .filter(|row| !is_within(hours, row.event.at.as_second()))
        .map(|row| {
            let message = format!("{} read a value outside working hours", identity(row));
            alert(RULE.name, row, message)
        })
        .collect()
}

fn is_within(hours: &Hours, second: i64) -> bool {
    let local = second.saturating_add(i64::from(hours.utc_offset_minutes).saturating_mul(60));
    // 1 January 1970 was a Thursday, day 4.
    let day = local
        .div_euclid(86_400)
        .saturating_add(3)
        .rem_euclid(7)
        .saturating_add(1);
    let hour = local.rem_euclid(86_400).div_euclid(3600);
    hours.days.iter().any(|allowed| i64::from(*allowed) == day)
        && hour >= i64::from(hours.from)
        && hour < i64::from(hours.to)
}

#[cfg(test)]
mod tests {
    use super::super::trail::{row, trail};
    use super::*;

    fn settings(offset: i32) -> AlertSettings {
        AlertSettings {
            hours: Some(Hours {
                from: 8,
                to: 18,
                days: vec![1, 2, 3, 4, 5],
                utc_offset_minutes: offset,
                except: vec!["rotator".into()],
            }),
            ..AlertSettings::default()
        }
    }

    /// Reads at noon of Tuesday, at 3 of Wednesday, and at noon of Saturday.
    fn rows(who: &str) -> Vec<AuditRecord> {
        trail(
            [12.0, 27.0, 4.0 * 24.0 + 12.0]
                .map(|at| row(at, who, Operation::Get, "a"))
                .into(),
        )
    }

    #[test]
    fn working_hours_the_excepted_and_no_hours_at_all_are_quiet() {
        assert_eq!(check(&rows("app")[..1], &settings(0)), []);
        assert_eq!(check(&rows("rotator"), &settings(0)), []);
        assert_eq!(check(&rows("app"), &AlertSettings::default()), []);
    }

    #[test]
    fn nights_and_weekends_are_told_by_the_local_clock() {
        let found = check(&rows("app"), &settings(0));
        assert_eq!(
            found.iter().map(|alert| alert.row).collect::<Vec<_>>(),
            [2, 3]
        );
        let east = check(&rows("app"), &settings(9 * 60));
        assert_eq!(
            east.iter().map(|alert| alert.row).collect::<Vec<_>>(),
            [1, 3]
        );
    }
}
