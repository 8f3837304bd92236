//! `literal-in-variable-default`: a secret as the default of a variable.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-variable-default",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret as the default of a variable",
    page: include_str!("../../../docs/lint/rules/literal-in-variable-default.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::VariableDefault, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the default of a variable is a secret; it ends up in {}", sink(exposure)),
        "remove the default, mark the variable `sensitive = true` (and `ephemeral = true` where only write-only arguments, providers or provisioners use it), and pass the value from a secret store or `TF_VAR_…`".to_owned(),
    )
}
