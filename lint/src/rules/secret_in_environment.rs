//! `secret-in-environment`: a secret in the environment of a function or container.

use crate::exposure::Exposure;
use crate::knowledge::{cloudformation, terraform};
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "secret-in-environment",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a secret in the environment of a function or container",
    page: include_str!("../../../docs/lint/rules/secret-in-environment.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Environment, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    (
        format!("{} hands a secret to a process in plain text; everybody who may describe the resource can read it", sink(exposure)),
        place_advice(exposure),
    )
}

fn place_advice(exposure: &Exposure) -> String {
    let (kind, path) = (exposure.target.0.as_str(), exposure.target.1.as_str());
    let place = terraform::place_of(kind, path).or_else(|| cloudformation::place_of(kind, path));
    match place.map(|place| place.replacement).filter(|replacement| !replacement.is_empty()) {
        Some(replacement) => format!("use instead: {replacement}"),
        None => "pass the name or ARN of the secret and let the program read it at start".to_owned(),
    }
}
