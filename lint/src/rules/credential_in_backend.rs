//! `credential-in-backend`: a credential in the configuration of a backend.

use crate::exposure::Exposure;
use crate::knowledge::terraform;
use super::credential::{Class, instead, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-backend",
    family: Family::Credentials,
    severity: Severity::Critical,
    summary: "a credential in the configuration of a backend",
    page: include_str!("../../../docs/lint/rules/credential-in-backend.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Backend, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    let advice = terraform::backend_setting(&exposure.target.0, &exposure.target.1);
    (
        format!("{} is a credential of the state's backend; it is also written to `.terraform` and to plan files", sink(exposure)),
        instead(advice, "take the credential from the environment, or pass it with `-backend-config` from outside of the repository"),
    )
}
