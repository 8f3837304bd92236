//! `secret-in-trigger`: a secret in the triggers or keepers of a resource.

use crate::detect::judge::Confidence;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "secret-in-trigger",
    family: Family::State,
    severity: Severity::Medium,
    summary: "a secret in the triggers or keepers of a resource",
    page: include_str!("../../../docs/lint/rules/secret-in-trigger.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "resource") {
        let kind = site.label(0);
        site.arguments(&mut |path, attribute| {
            let is_trigger = match path {
                "triggers" => kind == "null_resource",
                "triggers_replace" | "input" => kind == "terraform_data",
                "keepers" => kind.starts_with("random_"),
                _ => false,
            };
            if !is_trigger {
                return;
            }
            let Some((name, what)) = site.secret_read(run, attribute) else { return };
            let said = Said {
                message: format!("`{path}` stores the value of `{name}`, {what}, in the state in plain text"),
                help: "trigger on a version number, or on `sha256(…)` of the secret".to_owned(),
                sink: format!("{}.{path}", site.address()),
                confidence: Confidence::High,
            };
            report(run, &RULE, site.id, attribute.name, said, findings);
        });
    }
}
