//! `chain-break`: the audit trail was changed, cut or put back.

use jiff::Timestamp;

use super::Alert;
use crate::audit::AuditReport;

pub(super) fn check(report: &AuditReport, now: Timestamp) -> Vec<Alert> {
    report
        .problems
        .iter()
        .map(|problem| Alert {
            rule: "chain-break",
            at: now,
            row: problem.row,
            identity: "unknown".into(),
            message: format!("audit row {}: {}", problem.row, problem.what),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::AuditProblem;

    #[test]
    fn a_whole_trail_is_quiet_and_a_broken_one_is_told() {
        let mut report = AuditReport::default();
        assert_eq!(check(&report, Timestamp::UNIX_EPOCH), []);
        report.problems.push(AuditProblem {
            row: 7,
            what: "it was changed".into(),
        });
        let found = check(&report, Timestamp::UNIX_EPOCH);
        assert_eq!(
            (found[0].row, found[0].message.as_str()),
            (7, "audit row 7: it was changed")
        );
    }
}
