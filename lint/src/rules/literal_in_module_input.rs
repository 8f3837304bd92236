//! `literal-in-module-input`: a secret in an argument of a module call.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-module-input",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in an argument of a module call",
    page: include_str!("../../../docs/lint/rules/literal-in-module-input.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::ModuleInput, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the call of a module passes a secret that stands in the code; it ends up in {}", sink(exposure)),
        "pass a sensitive variable without a default, or the value of an ephemeral resource where the module's variable is `ephemeral = true`".to_owned(),
    )
}
