//! `secret-in-comment`: a secret in a comment.

use crate::exposure::Exposure;
use super::credential::{Class, report};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "secret-in-comment",
    family: Family::Credentials,
    severity: Severity::Low,
    summary: "a secret in a comment",
    page: include_str!("../../../docs/lint/rules/secret-in-comment.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Comment, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    let _ = exposure;
    (
        "a comment holds what looks like a secret".to_owned(),
        "remove it, and replace the credential if it was ever real".to_owned(),
    )
}
