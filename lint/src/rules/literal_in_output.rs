//! `literal-in-output`: a secret as the value of an output.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-output",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret as the value of an output",
    page: include_str!("../../../docs/lint/rules/literal-in-output.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Output, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("an output shows a secret that stands in the code: {}", sink(exposure)),
        "remove the output, or put out the name of the secret in its store".to_owned(),
    )
}
