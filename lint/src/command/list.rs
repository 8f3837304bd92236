//! `coffer-lint rules`.

use std::io::Write;
use std::process::ExitCode;

use coffer_lint::rules::RULES;

use super::Outcome;
use super::cli::ListFormat;

pub(crate) fn run(format: ListFormat, out: &mut impl Write) -> Outcome {
    match format {
        ListFormat::Text => {
            for rule in RULES {
                let family = rule.family.name();
                writeln!(out, "{:34} {family:12} {}", rule.id, rule.summary)?;
            }
        }
        ListFormat::Json => {
            let list: Vec<_> = RULES
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id,
                        "family": rule.family,
                        "severity": rule.severity,
                        "summary": rule.summary,
                        "page": format!("docs/lint/rules/{}.md", rule.id),
                    })
                })
                .collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            writeln!(out)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
