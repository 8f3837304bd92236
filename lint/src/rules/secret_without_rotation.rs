//! `secret-without-rotation`: a stored secret that nothing rotates or lets expire.

use crate::detect::judge::Confidence;
use crate::resolve::modules::find;
use crate::run::Run;
use crate::source::hcl::ast::Item;
use crate::source::node::Node;
use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::terraform_blocks::{Site, blocks};
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
    check_templates(run, findings);
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
            "google_secret_manager_secret" if !has("expire_time") && !has("ttl") && !has_block(&site, "rotation") => (
                "nothing rotates this secret or lets it expire",
                "add a `rotation` block with a topic whose subscriber rotates, or rotate it with `coffer_rotation`",
            ),
            "azuread_application_password" | "azuread_service_principal_password" if !has("end_date") && !has("end_date_relative") && !has("rotate_when_changed") => (
                "this password is valid for two years and nothing replaces it",
                "set `end_date` and `rotate_when_changed`, or use a federated credential",
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

fn has_block(site: &Site<'_>, name: &str) -> bool {
    site.block.body.items.iter().any(|item| match item {
        Item::Block(block) => {
            let labels = block.labels.iter().map(|label| label.of(&site.file.text));
            std::iter::once(block.name.of(&site.file.text)).chain(labels).any(|one| one == name)
        }
        Item::Attribute(_) => false,
    })
}

/// CloudFormation secrets that no `RotationSchedule` names.
fn check_templates(run: &Run<'_>, findings: &mut Findings) {
    for template in templates(run) {
        let text = &template.file.text;
        let resources = template.named("Resources");
        let kind = |node: &Node| node.get(text, "Type").and_then(|kind| kind.text(text)).unwrap_or_default().to_owned();
        let schedules: Vec<&str> = resources
            .iter()
            .filter(|(_, _, node)| kind(node) == "AWS::SecretsManager::RotationSchedule")
            .map(|(_, _, node)| node.span.of(text))
            .collect();
        for (name, place, node) in &resources {
            if kind(node) != "AWS::SecretsManager::Secret" || schedules.iter().any(|schedule| schedule.contains(name)) {
                continue;
            }
            let said = Said {
                message: "nothing in this template rotates the secret".to_owned(),
                help: "add an `AWS::SecretsManager::RotationSchedule` for it".to_owned(),
                sink: (*name).to_owned(),
                confidence: Confidence::Medium,
            };
            report(run, &RULE, template.id, *place, said, findings);
        }
    }
}

fn is_rotated(run: &Run<'_>, module: usize, name: &str) -> bool {
    let files = run.modules.all.get(module).map_or(&[][..], |module| module.files.as_slice());
    let reference = format!("aws_secretsmanager_secret.{name}");
    files.iter().filter_map(|id| run.file(*id)).any(|file| {
        file.text.contains("aws_secretsmanager_secret_rotation") && file.text.contains(&reference)
    })
}
