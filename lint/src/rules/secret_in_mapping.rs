//! `secret-in-mapping`: a secret in a CloudFormation mapping.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "secret-in-mapping",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in a CloudFormation mapping",
    page: include_str!("../../../docs/lint/rules/secret-in-mapping.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Mapping, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("a mapping holds a secret: {}", sink(exposure)),
        "map to the name of the secret and write `{{resolve:secretsmanager:NAME:SecretString:KEY}}` where the value is used".to_owned(),
    )
}
