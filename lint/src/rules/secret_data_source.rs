//! `secret-data-source`: a data source that writes a secret into the state.

use crate::detect::judge::Confidence;
use crate::knowledge::terraform::storing_data_source;
use crate::run::Run;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::blocks;
use super::write_only_twin::since;
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
        let Some(source) = source(run, kind) else { continue };
        // Without an ephemeral twin, only a data source whose secret is used is worth a word.
        if source.ephemeral.is_empty() && !is_read(run, site.module, kind, site.label(1), &source) {
            continue;
        }
        let since = since(run, site.id, kind, source.since);
        let help = match source.ephemeral {
            "" => "read the secret where it is needed, not through Terraform; or keep the state encrypted and private".to_owned(),
            twin => format!("write `ephemeral \"{twin}\"`{since}, with Terraform 1.10, and pass its value to write-only arguments"),
        };
        let said = Said {
            message: format!("this data source writes `{}` into the state in plain text", source.attributes.join("`, `")),
            help,
            sink: site.address(),
            confidence: Confidence::High,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}

/// What is known of a data source that stores secrets.
struct Source<'r> {
    attributes: Vec<&'r str>,
    ephemeral: &'r str,
    since: &'static str,
}

/// By the tables, or else by the user's own schema.
fn source<'r>(run: &'r Run<'_>, kind: &'r str) -> Option<Source<'r>> {
    let schemas = &run.added.schemas;
    let has_twin = schemas.has_ephemeral(kind);
    let source = match storing_data_source(kind) {
        Some(storing) => Source {
            attributes: storing.attributes.clone(),
            ephemeral: match schemas.has_ephemeral(storing.ephemeral) {
                Some(false) => "",
                _ => storing.ephemeral,
            },
            since: storing.since,
        },
        None => Source {
            attributes: schemas.secrets_of_data_source(kind),
            ephemeral: if has_twin == Some(true) { kind } else { "" },
            since: "",
        },
    };
    (!source.attributes.is_empty()).then_some(source)
}

/// Whether a secret attribute of the data source is read anywhere in its module.
fn is_read(run: &Run<'_>, module: usize, kind: &str, name: &str, source: &Source<'_>) -> bool {
    let files = run.modules.all.get(module).map_or(&[][..], |module| module.files.as_slice());
    source.attributes.iter().any(|attribute| {
        let first = attribute.split('.').next().unwrap_or(attribute);
        let reference = format!("data.{kind}.{name}.{first}");
        files.iter().filter_map(|id| run.file(*id)).any(|file| file.text.contains(&reference))
    })
}
