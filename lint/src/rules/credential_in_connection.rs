//! `credential-in-connection`: a credential in a connection block.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-connection",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a credential in a connection block",
    page: include_str!("../../../docs/lint/rules/credential-in-connection.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Connection, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("{} is the credential of a machine in plain text", sink(exposure)),
        "use `agent = true`, or the value of an ephemeral resource: a connection accepts ephemeral values since Terraform 1.10".to_owned(),
    )
}
