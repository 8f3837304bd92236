//! `literal-in-secret-property`: a literal in a CloudFormation property that holds a secret.

use crate::exposure::Exposure;
use crate::knowledge::cloudformation;
use super::credential::{Class, report, sink};
use super::finding::{Findings, Severity};
use super::{Family, Rule};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "literal-in-secret-property",
    family: Family::Credentials,
    severity: Severity::High,
    summary: "a literal in a CloudFormation property that holds a secret",
    page: include_str!("../../../docs/lint/rules/literal-in-secret-property.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    report(run, &RULE, Class::Property, findings, say);
}

fn say(exposure: &Exposure) -> (String, String) {
    let advice = cloudformation::property(&exposure.target.0, &exposure.target.1)
        .map(|(_, replacement)| replacement)
        .filter(|replacement| !replacement.is_empty() && *replacement != "dynamic");
    let dynamic = "write `{{resolve:secretsmanager:NAME:SecretString:KEY}}` in its place";
    (
        format!("{} holds a secret that stands in the template", sink(exposure)),
        match advice {
            Some(advice) => format!("use {}; or {dynamic}", advice.trim_end_matches("; dynamic")),
            None => dynamic.to_owned(),
        },
    )
}
