//! `credential-in-provider`: a credential in a provider block.

use crate::exposure::Exposure;
use crate::knowledge::terraform;
use super::credential::{Class, instead, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "credential-in-provider",
    family: Family::Credentials,
    severity: Severity::Critical,
    summary: "a credential in a provider block",
    page: include_str!("../../../docs/lint/rules/credential-in-provider.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Provider, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    let advice = terraform::provider_setting(&exposure.target.0, &exposure.target.1);
    (
        format!("{} is a credential of the provider in plain text", sink(exposure)),
        instead(advice, "take the credential from the environment, or use a short-lived identity"),
    )
}
