//! `write-only-twin-unused`: an argument that is stored in the state although a write-only one exists.

use crate::detect::judge::Confidence;
use crate::knowledge::terraform::{argument, since_words};
use crate::run::Run;
use crate::source::hcl::ast::ExprKind;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "write-only-twin-unused",
    family: Family::State,
    severity: Severity::Medium,
    summary: "an argument that is stored in the state although a write-only one exists",
    page: include_str!("../../../docs/lint/rules/write-only-twin-unused.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "resource") {
        let kind = site.label(0);
        site.arguments(&mut |path, attribute| {
            let Some(facts) = argument(kind, path).filter(|facts| !facts.twin.is_empty()) else {
                return;
            };
            if matches!(attribute.value.kind, ExprKind::Null) {
                return;
            }
            let name = path.rsplit('.').next().unwrap_or(path);
            let since = since_words(facts.since)
                .map_or_else(String::new, |since| format!(" ({since}; Terraform 1.11)"));
            let said = Said {
                message: format!("`{name}` is stored in the state; `{}` is not", facts.twin),
                help: format!(
                    "write `{} = …` and `{}_version = 1` instead{since}, and feed it from an ephemeral resource or variable",
                    facts.twin, facts.twin
                ),
                sink: format!("{}.{path}", site.address()),
                confidence: Confidence::High,
            };
            report(run, &RULE, site.id, attribute.name, said, findings);
        });
    }
}
