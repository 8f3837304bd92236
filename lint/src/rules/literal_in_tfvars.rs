//! `literal-in-tfvars`: a secret in a variable definitions file.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-tfvars",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in a variable definitions file",
    page: include_str!("../../../docs/lint/rules/literal-in-tfvars.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Tfvars, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("a variable definitions file holds a secret; it ends up in {}", sink(exposure)),
        "keep the value out of the repository: pass it as `TF_VAR_…` or read it with an ephemeral resource such as `ephemeral \"coffer_secret\"`".to_owned(),
    )
}
