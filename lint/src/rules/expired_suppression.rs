//! `expired-suppression`: a suppression whose date has passed.

use super::finding::Severity;
use super::{Family, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "expired-suppression",
    family: Family::Suppressions,
    severity: Severity::Medium,
    summary: "a suppression whose date has passed",
    page: include_str!("../../../docs/lint/rules/expired-suppression.md"),
    // Found where suppressions are applied, once all other rules have spoken: `filter/suppress.rs`.
    check: |_, _| {},
};
