//! `credential-in-provider`: a credential in a provider block.

use crate::exposure::Exposure;
use crate::knowledge::terraform::{self, Setting};
use super::credential::{Class, report, sink};
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

/// What to use in place of the argument.
fn instead(setting: Option<&Setting>, fallback: &str) -> String {
    match setting {
        Some(Setting { variable, better, .. }) if !variable.is_empty() && !better.is_empty() => {
            format!("remove the argument and set `{variable}`; better still: {better}")
        }
        Some(Setting { variable, .. }) if !variable.is_empty() => {
            format!("remove the argument and set `{variable}`")
        }
        _ => fallback.to_owned(),
    }
}
