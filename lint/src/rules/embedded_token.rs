//! `embedded-token`: an API token in a file.

use crate::exposure::{Exposure, Reason};
use super::credential::{Class, report};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "embedded-token",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "an API token in a file",
    page: include_str!("../../../docs/lint/rules/embedded-token.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Token, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    let service = match exposure.reason {
        Reason::Token(format) => format.service,
        _ => "a service",
    };
    (
        format!("this is a token of {service}; whoever can read the file can use it"),
        format!("revoke it at {service}, then read the new one from a secret store when it is needed"),
    )
}
