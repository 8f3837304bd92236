//! `secret-in-script`: a secret in a script or in a file's content.

use crate::exposure::Exposure;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "secret-in-script",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in a script or in a file's content",
    page: include_str!("../../../docs/lint/rules/secret-in-script.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Script, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("the text of {} holds a secret", sink(exposure)),
        "let the script fetch the secret at run time with the identity of the machine; pass only its name".to_owned(),
    )
}
