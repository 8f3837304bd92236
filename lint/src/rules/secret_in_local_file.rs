//! `secret-in-local-file`: a secret in a file that a resource writes.

use crate::detect::judge::Confidence;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "secret-in-local-file",
    family: Family::State,
    severity: Severity::Medium,
    summary: "a secret in a file that a resource writes",
    page: include_str!("../../../docs/lint/rules/secret-in-local-file.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "resource") {
        let kind = site.label(0);
        if !matches!(kind, "local_file" | "local_sensitive_file") {
            continue;
        }
        site.arguments(&mut |path, attribute| {
            if !matches!(path, "content" | "content_base64" | "sensitive_content") {
                return;
            }
            let Some((name, what)) = site.secret_read(run, attribute) else { return };
            let said = Said {
                message: format!("the file's content, with `{name}`, {what}, stands in the state and on the disk"),
                help: "write the file outside of Terraform; `local_sensitive_file` hides the content from the plan only".to_owned(),
                sink: format!("{}.{path}", site.address()),
                confidence: Confidence::High,
            };
            report(run, &RULE, site.id, attribute.name, said, findings);
        });
    }
}
