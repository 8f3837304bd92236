//! `secret-in-output`: an output that stores a secret in the state.

use crate::detect::judge::Confidence;
use crate::resolve::modules::find;
use crate::resolve::references::is_true;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "secret-in-output",
    family: Family::State,
    severity: Severity::Medium,
    summary: "an output that stores a secret in the state",
    page: include_str!("../../../docs/lint/rules/secret-in-output.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "output") {
        let text = &site.file.text;
        let Some(value) = find(text, &site.block.body, "value") else { continue };
        if is_true(text, site.block, "ephemeral") {
            continue;
        }
        let Some((name, what)) = site.secret_read(run, value) else { continue };
        let said = Said {
            message: format!("this output stores `{name}`, {what}, in the state; `sensitive` hides it from the screen only"),
            help: "put out the name or the version of the secret; in a child module, `ephemeral = true` keeps the value out of the state".to_owned(),
            sink: site.address(),
            confidence: Confidence::High,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}
