//! `read-spike`: someone reads far more values in an hour than he usually does.

use std::collections::BTreeMap;

use super::{Alert, AlertRule, AlertSettings, alert, identity};
use crate::audit::{AuditRecord, Operation, Outcome};

pub(super) const RULE: AlertRule = AlertRule {
    name: "read-spike",
    description: "an identity reads far more values in an hour than it usually does",
    check,
};

/// How much the newest hour counts in the moving average.
const WEIGHT: f64 = 0.2;

/// The reads of one identity.
#[derive(Default)]
struct Reads {
    /// The hour that is being counted, since 1970.
    hour: i64,
    count: u32,
    /// The exponentially weighted average of the hours before that had any read; none before the first.
    usual: Option<f64>,
    told: bool,
}

/// Counts values and not calls: a batch of a thousand reads is a thousand reads. Hours without a read do not count, or a
/// nightly job would be a spike every night.
fn check(rows: &[AuditRecord], settings: &AlertSettings) -> Vec<Alert> {
    let mut readers: BTreeMap<&str, Reads> = BTreeMap::new();
    let mut found = Vec::new();
    let reads = rows
        .iter()
        .filter(|row| row.event.operation == Operation::Get && row.event.outcome == Outcome::Ok);
    for row in reads {
        let reads = readers.entry(identity(row)).or_default();
        let hour = row.event.at.as_second().div_euclid(3600);
        if hour != reads.hour {
            if reads.count > 0 {
                let count = f64::from(reads.count);
                reads.usual = Some(
                    reads
                        .usual
                        .map_or(count, |usual| usual + WEIGHT * (count - usual)),
                );
            }
            (reads.hour, reads.count, reads.told) = (hour, 0, false);
        }
        let values = row
            .event
            .items
            .iter()
            .filter(|item| item.error.is_none())
            .count();
        reads.count = reads
            .count
            .saturating_add(u32::try_from(values).unwrap_or(u32::MAX));
        let Some(usual) = reads.usual else {
            continue;
        };
        let limit = (usual * settings.spike_factor).max(f64::from(settings.spike_minimum));
        if f64::from(reads.count) > limit && !reads.told {
            reads.told = true;
            let message = format!(
                "{} has read {} values within an hour; usual are {usual:.0}",
                identity(row),
                reads.count
            );
            found.push(alert(RULE.name, row, message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::trail::{row, trail};
    use super::*;

    fn usual() -> Vec<AuditRecord> {
        (0..48)
            .flat_map(|hour| {
                (0..10).map(move |n| {
                    row(
                        f64::from(hour) + f64::from(n) / 60.0,
                        "app",
                        Operation::Get,
                        "a",
                    )
                })
            })
            .collect()
    }

    #[test]
    fn a_steady_reader_and_a_new_one_are_quiet() {
        let mut rows = usual();
        rows.extend(
            (0..200).map(|n| row(50.0 + f64::from(n) / 1000.0, "new", Operation::Get, "a")),
        );
        assert_eq!(check(&trail(rows), &AlertSettings::default()), []);
    }

    #[test]
    fn ten_times_the_usual_is_told_once_an_hour() {
        let mut rows = usual();
        rows.extend(
            (0..100).map(|n| row(50.0 + f64::from(n) / 1000.0, "app", Operation::Get, "a")),
        );
        let found = check(&trail(rows), &AlertSettings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "app has read 51 values within an hour; usual are 10"
        );
    }
}
