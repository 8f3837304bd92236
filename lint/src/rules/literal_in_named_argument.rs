//! `literal-in-named-argument`: a literal in an argument that is named like a secret.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-named-argument",
    family: Family::Credentials,
    severity: Severity::Medium,
    summary: "a literal in an argument that is named like a secret",
    page: include_str!("../../../docs/lint/rules/literal-in-named-argument.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Named, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("{} looks like a secret, and its value stands in the code", sink(exposure)),
        "read the value from a secret store with an ephemeral resource, or take it from a `sensitive` variable without a default".to_owned(),
    )
}
