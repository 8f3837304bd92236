//! `secret-without-rotation`: a stored secret that nothing rotates or lets expire.

use crate::detect::judge::Confidence;
use crate::resolve::modules::find;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "secret-without-rotation",
    family: Family::Lifecycle,
    severity: Severity::Low,
    summary: "a stored secret that nothing rotates or lets expire",
    page: include_str!("../../../docs/lint/rules/secret-without-rotation.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "resource") {
        let (kind, name) = (site.label(0), site.label(1));
        let has = |argument: &str| find(&site.file.text, &site.block.body, argument).is_some();
        let (message, help) = match kind {
            "aws_secretsmanager_secret" if !is_rotated(run, site.module, name) => (
                "nothing in this module rotates the secret",
                "add an `aws_secretsmanager_secret_rotation`, or rotate it with `coffer_rotation`",
            ),
            "azurerm_key_vault_secret" if !has("expiration_date") => (
                "this secret never expires",
                "set `expiration_date`, and rotate the secret before it, for example with `coffer_rotation`",
            ),
            _ => continue,
        };
        let said = Said {
            message: message.to_owned(),
            help: help.to_owned(),
            sink: site.address(),
            confidence: Confidence::Medium,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}

fn is_rotated(run: &Run<'_>, module: usize, name: &str) -> bool {
    let files = run.modules.all.get(module).map_or(&[][..], |module| module.files.as_slice());
    let reference = format!("aws_secretsmanager_secret.{name}");
    files.iter().filter_map(|id| run.file(*id)).any(|file| {
        file.text.contains("aws_secretsmanager_secret_rotation") && file.text.contains(&reference)
    })
}
