//! `unused-suppression`: a suppression that hides nothing.

use super::finding::Severity;
use super::{Family, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "unused-suppression",
    family: Family::Suppressions,
    severity: Severity::Low,
    summary: "a suppression that hides nothing",
    page: include_str!("../../../docs/lint/rules/unused-suppression.md"),
    // Found where suppressions are applied, once all other rules have spoken: `filter/suppress.rs`.
    check: |_, _| {},
};
