//! `literal-in-parameter-default`: a secret as the default of a CloudFormation parameter.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-parameter-default",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret as the default of a CloudFormation parameter",
    page: include_str!("../../../docs/lint/rules/literal-in-parameter-default.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Parameter, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the default of a parameter is a secret, which `NoEcho` does not hide here; it ends up in {}", sink(exposure)),
        "remove the default and the parameter, and write `{{resolve:secretsmanager:NAME:SecretString:KEY}}` where the value is used".to_owned(),
    )
}
