//! `plain-ssm-reference`: a secret property that reads a plain-text parameter.

use crate::detect::judge::Confidence;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "plain-ssm-reference",
    family: Family::Protection,
    severity: Severity::Medium,
    summary: "a secret property that reads a plain-text parameter",
    page: include_str!("../../../docs/lint/rules/plain-ssm-reference.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for template in templates(run) {
        template.secret_properties(&mut |sink, node| {
            let is_plain = node.text(&template.file.text).is_some_and(|text| text.contains("{{resolve:ssm:"));
            if !is_plain {
                return;
            }
            let said = Said {
                message: format!("`{sink}` reads its secret from a parameter that is stored in plain text"),
                help: "store the value as a SecureString and write `{{resolve:ssm-secure:NAME:VERSION}}` where the property allows it, otherwise `{{resolve:secretsmanager:NAME:SecretString:KEY}}`".to_owned(),
                sink: sink.to_owned(),
                confidence: Confidence::High,
            };
            report(run, &RULE, template.id, node.span, said, findings);
        });
    }
}
