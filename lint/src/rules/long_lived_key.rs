//! `long-lived-key`: a key that never expires, where a federated identity does the same.

use super::finding::{Findings, Said, Severity, report};
use super::templates::templates;
use super::terraform_blocks::blocks;
use super::{Family, Rule};
use crate::detect::judge::Confidence;
use crate::resolve::modules::{constant, find};
use crate::run::Run;

pub(super) const RULE: Rule = Rule {
    id: "long-lived-key",
    family: Family::Lifecycle,
    severity: Severity::Low,
    summary: "a key that never expires, where a federated identity does the same",
    page: include_str!("../../../docs/lint/rules/long-lived-key.md"),
    check,
};

/// Resources that make such a key, and what to use instead.
const MAKERS: &[(&str, &str)] = &[
    ("aws_iam_access_key", "let the workload assume a role: IAM roles for compute, OIDC for CI, Roles Anywhere for machines of your own"),
    ("AWS::IAM::AccessKey", "let the workload assume a role: IAM roles for compute, OIDC for CI, Roles Anywhere for machines of your own"),
    ("google_service_account_key", "use workload identity federation, or attach the service account to the workload"),
    ("google_storage_hmac_key", "use OAuth tokens of an attached service account"),
    ("azuread_application_password", "use `azuread_application_federated_identity_credential`, or a managed identity"),
    ("azuread_service_principal_password", "use `azuread_application_federated_identity_credential`, or a managed identity"),
    ("alicloud_ram_access_key", "let the workload assume a RAM role, with OIDC for CI"),
    ("ibm_iam_service_api_key", "use a trusted profile"),
];

/// Where settings of pipelines are stored: the type and the argument with the name.
const PIPELINES: &[(&str, &str)] = &[
    ("github_actions_secret", "secret_name"),
    ("github_actions_organization_secret", "secret_name"),
    ("github_actions_environment_secret", "secret_name"),
    ("gitlab_project_variable", "key"),
    ("gitlab_group_variable", "key"),
    ("tfe_variable", "key"),
    ("bitbucket_repository_variable", "key"),
    ("circleci_context_environment_variable", "variable"),
];

/// Names of keys for which pipelines have a federated identity.
const NAMES: &[&str] = &[
    "AWS_SECRET_ACCESS_KEY",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GCP_SA_KEY",
    "ARM_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
    "AZURE_CREDENTIALS",
];

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "resource") {
        let kind = site.label(0);
        let made = MAKERS.iter().find(|(maker, _)| *maker == kind);
        let stored = PIPELINES.iter().find(|(pipeline, _)| *pipeline == kind).and_then(|(_, argument)| {
            let attribute = find(&site.file.text, &site.block.body, argument)?;
            let name = constant(&site.file.text, attribute)?;
            NAMES.iter().find(|known| name.eq_ignore_ascii_case(known))
        });
        let (message, help) = match (made, stored) {
            (Some((_, instead)), _) => ("this key works until somebody removes it".to_owned(), (*instead).to_owned()),
            (_, Some(name)) => (
                format!("the pipeline keeps `{name}`, a key that works until somebody removes it"),
                "let the pipeline sign in with its OIDC token (federated identity); then there is no key to keep".to_owned(),
            ),
            _ => continue,
        };
        let said = said(message, help, site.address());
        report(run, &RULE, site.id, site.header(), said, findings);
    }
    for template in templates(run) {
        for (name, place, resource) in template.named("Resources") {
            let text = &template.file.text;
            let kind = resource.get(text, "Type").and_then(|node| node.text(text));
            if let Some((_, instead)) = MAKERS.iter().find(|(maker, _)| Some(*maker) == kind) {
                let message = "this key works until somebody removes it".to_owned();
                let said = said(message, (*instead).to_owned(), name.to_owned());
                report(run, &RULE, template.id, place, said, findings);
            }
        }
    }
}

fn said(message: String, help: String, sink: String) -> Said {
    Said {
        message,
        help,
        sink,
        confidence: Confidence::High,
    }
}
