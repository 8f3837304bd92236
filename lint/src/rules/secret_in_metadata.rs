//! `secret-in-metadata`: a secret in the metadata of a template or resource.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "secret-in-metadata",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in the metadata of a template or resource",
    page: include_str!("../../../docs/lint/rules/secret-in-metadata.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Metadata, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("{} holds a secret; metadata can be read by everybody who may describe the stack", sink(exposure)),
        "let the instance fetch the secret with its role; `AWS::CloudFormation::Authentication` of type S3 takes a `roleName`".to_owned(),
    )
}
