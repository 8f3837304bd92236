//! `unexplained-suppression`: a suppression without a reason.

use super::finding::Severity;
use super::{Family, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "unexplained-suppression",
    family: Family::Suppressions,
    severity: Severity::Medium,
    summary: "a suppression without a reason",
    page: include_str!("../../../docs/lint/rules/unexplained-suppression.md"),
    // Found where suppressions are applied, once all other rules have spoken: `filter/suppress.rs`.
    check: |_, _| {},
};
