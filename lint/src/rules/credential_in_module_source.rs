//! `credential-in-module-source`: a credential in the source address of a module.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-module-source",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a credential in the source address of a module",
    page: include_str!("../../../docs/lint/rules/credential-in-module-source.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::ModuleSource, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the address in {} carries a credential", sink(exposure)),
        "remove it from the address and use a git credential helper, `.netrc` or `TF_TOKEN_<host>`".to_owned(),
    )
}
