//! `credential-in-header`: a credential in an HTTP header.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-header",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a credential in an HTTP header",
    page: include_str!("../../../docs/lint/rules/credential-in-header.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Header, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the header in {} carries a credential; Basic is only base64", sink(exposure)),
        "take the header's value from a secret store or from a sensitive variable".to_owned(),
    )
}
