//! `output-shows-secret`: a CloudFormation output that shows a secret.

use crate::detect::judge::Confidence;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "output-shows-secret",
    family: Family::Protection,
    severity: Severity::High,
    summary: "a CloudFormation output that shows a secret",
    page: include_str!("../../../docs/lint/rules/output-shows-secret.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for template in templates(run) {
        for (name, place, output) in template.named("Outputs") {
            let Some(value) = output.get(&template.file.text, "Value") else { continue };
            let shown = template.read_parameters(value).into_iter().find(|read| {
                template.parameter(read).is_some_and(|parameter| template.has_no_echo(parameter))
            });
            let dynamic = value.text(&template.file.text).is_some_and(|text| {
                text.contains("{{resolve:secretsmanager") || text.contains("{{resolve:ssm-secure")
            });
            let what = match shown {
                Some(parameter) => format!("the parameter `{parameter}`, which is marked `NoEcho`"),
                None if dynamic => "a secret".to_owned(),
                None => continue,
            };
            let said = Said {
                message: format!("this output shows {what} to everybody who may describe the stack"),
                help: "put out the name or ARN of the secret instead of its value".to_owned(),
                sink: format!("Outputs.{name}"),
                confidence: Confidence::High,
            };
            report(run, &RULE, template.id, place, said, findings);
        }
    }
}
