//! `metadata-shows-secret`: metadata of a CloudFormation resource that shows a secret.

use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::{Family, Rule};
use crate::detect::judge::Confidence;
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "metadata-shows-secret",
    family: Family::Protection,
    severity: Severity::High,
    summary: "metadata of a CloudFormation resource that shows a secret",
    page: include_str!("../../../docs/lint/rules/metadata-shows-secret.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for template in templates(run) {
        let text = &template.file.text;
        for (name, _, resource) in template.named("Resources") {
            let metadata = resource.entries().iter().find(|entry| entry.key.text(text) == Some("Metadata"));
            let Some(metadata) = metadata else { continue };
            let shown = template.read_parameters(&metadata.value).into_iter().find(|read| {
                template.parameter(read).is_some_and(|parameter| template.has_no_echo(parameter))
            });
            let Some(parameter) = shown else { continue };
            let said = Said {
                message: format!("this metadata shows the parameter `{parameter}`, which is marked `NoEcho`, to everybody who may describe the stack"),
                help: "read the secret on the machine with its own role, or use `AWS::CloudFormation::Authentication` with a role".to_owned(),
                sink: format!("{name}.Metadata"),
                confidence: Confidence::High,
            };
            report(run, &RULE, template.id, metadata.key.span, said, findings);
        }
    }
}
