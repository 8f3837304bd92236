//! `literal-in-local`: a secret in a local value.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-local",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in a local value",
    page: include_str!("../../../docs/lint/rules/literal-in-local.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Local, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("a local value is a secret; it ends up in {}", sink(exposure)),
        "move the value to a secret store and read it with an ephemeral resource; a local takes the ephemeral mark of what it is made of".to_owned(),
    )
}
