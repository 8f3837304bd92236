//! `output-without-sensitive`: an output of a secret that is not marked as sensitive.

use crate::detect::judge::Confidence;
use crate::resolve::modules::find;
use crate::resolve::references::is_true;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "output-without-sensitive",
    family: Family::Protection,
    severity: Severity::High,
    summary: "an output of a secret that is not marked as sensitive",
    page: include_str!("../../../docs/lint/rules/output-without-sensitive.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    for site in blocks(run, "output") {
        let text = &site.file.text;
        let Some(value) = find(text, &site.block.body, "value") else { continue };
        if is_true(text, site.block, "sensitive") || is_true(text, site.block, "ephemeral") {
            continue;
        }
        let Some((name, what)) = site.secret_read(run, value) else { continue };
        let said = Said {
            message: format!("this output shows `{name}`, {what}, on every apply"),
            help: "add `sensitive = true`; better: put out the name of the secret instead of its value".to_owned(),
            sink: site.address(),
            confidence: Confidence::High,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}
