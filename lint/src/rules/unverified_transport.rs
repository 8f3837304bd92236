//! `unverified-transport`: a connection that does not check whom it talks to.

use crate::detect::judge::Confidence;
use crate::run::Run;
use crate::source::hcl::ast::ExprKind;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "unverified-transport",
    family: Family::Lifecycle,
    severity: Severity::Medium,
    summary: "a connection that does not check whom it talks to",
    page: include_str!("../../../docs/lint/rules/unverified-transport.md"),
    check,
};

/// Arguments that switch the check of certificates off when they are true.
const SWITCHES: &[&str] = &[
    "skip_tls_verify", "skip_tls_verification", "tls_insecure", "insecure_skip_verify",
    "insecure_ssl", "allow_unverified_ssl", "ssl_skip_verify", "skip_cert_verification",
    "disable_ssl_verification", "insecure_https",
];

fn check(run: &Run<'_>, findings: &mut Findings) {
    for block in ["provider", "resource", "data"] {
        for site in blocks(run, block) {
            site.arguments(&mut |path, attribute| {
                let name = path.rsplit('.').next().unwrap_or(path);
                let is_provider_switch = name == "insecure" && block == "provider";
                if !(SWITCHES.contains(&name) || is_provider_switch)
                    || !matches!(attribute.value.kind, ExprKind::Bool(true))
                {
                    return;
                }
                let said = Said {
                    message: format!("`{name} = true`: whoever answers gets the credentials"),
                    help: "remove the argument, and name the authority that signed the server's certificate".to_owned(),
                    sink: format!("{}.{path}", site.address()),
                    confidence: Confidence::High,
                };
                report(run, &RULE, site.id, attribute.name, said, findings);
            });
        }
    }
}
