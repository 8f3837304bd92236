//! `parameter-without-noecho`: a CloudFormation parameter that feeds a secret property without `NoEcho`.

use crate::detect::judge::Confidence;
use crate::knowledge::names::{self, NameKind};
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "parameter-without-noecho",
    family: Family::Protection,
    severity: Severity::Medium,
    summary: "a CloudFormation parameter that feeds a secret property without `NoEcho`",
    page: include_str!("../../../docs/lint/rules/parameter-without-noecho.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for template in templates(run) {
        let fed = template.fed_parameters();
        for (name, place, parameter) in template.named("Parameters") {
            if template.is_reference(parameter) || template.has_no_echo(parameter) {
                continue;
            }
            let by_name = names::kind(name) == Some(NameKind::Password);
            let (message, sink, confidence) = match fed.get(name) {
                // A user name is kept next to the password in the string of a secret.
                Some(sink) if sink.ends_with("SecretString") && names::is_setting(name) => continue,
                Some(sink) => (
                    format!("`{name}` ends up in `{sink}`, yet everybody who may describe the stack can read it"),
                    sink.clone(),
                    Confidence::High,
                ),
                None if by_name => (
                    format!("`{name}` is named like a secret, yet everybody who may describe the stack can read it"),
                    format!("Parameters.{name}"),
                    Confidence::Medium,
                ),
                None => continue,
            };
            let said = Said {
                message,
                help: "add `NoEcho: true`; better: remove the parameter and write `{{resolve:secretsmanager:NAME:SecretString:KEY}}` where it is used".to_owned(),
                sink,
                confidence,
            };
            report(run, &RULE, template.id, place, said, findings);
        }
    }
}
