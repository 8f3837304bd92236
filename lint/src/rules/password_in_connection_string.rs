//! `password-in-connection-string`: a password in a URL or connection string.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "password-in-connection-string",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a password in a URL or connection string",
    page: include_str!("../../../docs/lint/rules/password-in-connection-string.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::ConnectionString, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the connection string in {} holds a password", sink(exposure)),
        "keep the password in a secret store and put the string together where it is used, or pass host, user and the name of the secret apart".to_owned(),
    )
}
