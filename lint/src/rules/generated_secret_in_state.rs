//! `generated-secret-in-state`: a resource that generates a secret and stores it in the state.

use crate::detect::judge::Confidence;
use crate::knowledge::names;
use crate::knowledge::terraform::generator;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "generated-secret-in-state",
    family: Family::State,
    severity: Severity::Medium,
    summary: "a resource that generates a secret and stores it in the state",
    page: include_str!("../../../docs/lint/rules/generated-secret-in-state.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "resource") {
        let kind = site.label(0);
        let Some(storing) = generator(kind) else { continue };
        if !is_made_for_secrets(kind) {
            continue;
        }
        let said = Said {
            message: format!("`{kind}` generates a secret and stores it in the state"),
            help: format!("use instead: {}; or `ephemeral \"coffer_secret\"`, generated and kept in a vault", storing.advice),
            sink: site.address(),
            confidence: Confidence::High,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}

/// Whether the secret is what the resource is for. Clusters and accounts have keys as well, and
/// strings and ids mostly make names; what those feed is judged where it ends up. What writes to a
/// secret store is judged by its argument.
fn is_made_for_secrets(kind: &str) -> bool {
    let writes = ["secret_version", "actions_secret", "kubernetes_secret", "sensitive_file"];
    kind == "random_bytes"
        || kind == "aws_iam_user_login_profile"
        || names::mentions_secret(kind) && !writes.iter().any(|part| kind.contains(part))
}
