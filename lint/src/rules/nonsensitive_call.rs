//! `nonsensitive-call`: a call of `nonsensitive` that uncovers a secret.

use crate::detect::judge::Confidence;
use crate::resolve::references::{self, secret_source};
use crate::run::Run;
use crate::source::hcl::ast::ExprKind;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "nonsensitive-call",
    family: Family::Protection,
    severity: Severity::Medium,
    summary: "a call of `nonsensitive` that uncovers a secret",
    page: include_str!("../../../docs/lint/rules/nonsensitive-call.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for name in ["resource", "data", "output", "locals", "module", "provider"] {
        for site in blocks(run, name) {
            site.arguments(&mut |path, attribute| {
                references::each(&attribute.value, &mut |expr| {
                    let ExprKind::Call(callee, arguments) = &expr.kind else { return };
                    if callee.of(&site.file.text) != "nonsensitive" {
                        return;
                    }
                    let reads = arguments.iter().any(|argument| {
                        references::of(&site.file.text, site.id, argument).iter().any(|one| {
                            secret_source(run.files, &run.modules, site.module, one).is_some()
                        })
                    });
                    if !reads {
                        return;
                    }
                    let said = Said {
                        message: "`nonsensitive` shows this secret in plans, logs and outputs".to_owned(),
                        help: "pass the value on as it is; where only a part of it is harmless, take out that part first".to_owned(),
                        sink: format!("{}.{path}", site.address()),
                        confidence: Confidence::Medium,
                    };
                    report(run, &RULE, site.id, expr.span, said, findings);
                });
            });
        }
    }
}
