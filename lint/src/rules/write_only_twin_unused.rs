//! `write-only-twin-unused`: an argument that is stored in the state although a write-only one exists.

use crate::detect::judge::Confidence;
use crate::run::Run;
use crate::source::hcl::ast::ExprKind;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::write_only_twin::{Twin, twin};
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
            let Some(twin) = twin(run, site.id, kind, path) else { return };
            if matches!(attribute.value.kind, ExprKind::Null) {
                return;
            }
            let name = path.rsplit('.').next().unwrap_or(path);
            let Twin { name: other, since } = twin;
            let said = Said {
                message: format!("`{name}` is stored in the state; `{other}` is not"),
                help: format!(
                    "write `{other} = …` and `{other}_version = 1` instead{since}, with Terraform 1.11, and feed it from an ephemeral resource or variable",
                ),
                sink: format!("{}.{path}", site.address()),
                confidence: Confidence::High,
            };
            report(run, &RULE, site.id, attribute.name, said, findings);
        });
    }
}
