//! `secret-data-source`: a data source that writes a secret into the state.

use crate::detect::judge::Confidence;
use crate::knowledge::terraform::{since_words, storing_data_source};
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "secret-data-source",
    family: Family::State,
    severity: Severity::Medium,
    summary: "a data source that writes a secret into the state",
    page: include_str!("../../../docs/lint/rules/secret-data-source.md"),
    check,
};

fn check(run: &Run<'_>, findings: &mut Findings) {
    let data = blocks(run, "data");
    for site in &data {
        let kind = site.label(0);
        let Some(storing) = storing_data_source(kind) else { continue };
        if storing.attributes.is_empty() {
            continue;
        }
        // Without an ephemeral twin, only a data source whose secret is used is worth a word.
        if storing.ephemeral.is_empty() && !is_read(run, site.module, kind, site.label(1)) {
            continue;
        }
        let help = match (storing.ephemeral, since_words(storing.since)) {
            ("", _) => "read the secret where it is needed, not through Terraform; or keep the state encrypted and private".to_owned(),
            (twin, None) => format!("write `ephemeral \"{twin}\"` and pass its value to write-only arguments"),
            (twin, Some(since)) => format!("write `ephemeral \"{twin}\"` ({since}; Terraform 1.10) and pass its value to write-only arguments"),
        };
        let said = Said {
            message: format!("this data source writes `{}` into the state in plain text", storing.attributes.join("`, `")),
            help,
            sink: site.address(),
            confidence: Confidence::High,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}

/// Whether a secret attribute of the data source is read anywhere in its module.
fn is_read(run: &Run<'_>, module: usize, kind: &str, name: &str) -> bool {
    let Some(storing) = storing_data_source(kind) else { return false };
    let files = run.modules.all.get(module).map_or(&[][..], |module| module.files.as_slice());
    storing.attributes.iter().any(|attribute| {
        let first = attribute.split('.').next().unwrap_or(attribute);
        let reference = format!("data.{kind}.{name}.{first}");
        files.iter().filter_map(|id| run.file(*id)).any(|file| file.text.contains(&reference))
    })
}
