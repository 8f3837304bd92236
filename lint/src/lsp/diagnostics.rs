//! Findings as the protocol tells them.

use std::str::FromStr as _;

use coffer_lint::report::sarif::PAGES;
use coffer_lint::rules::finding::{Finding, Severity};
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Uri,
};

use super::address;
use super::groups::Group;
use super::position::Encoding;

/// A finding as a diagnostic of its file.
pub(super) fn of(group: &Group, finding: &Finding, encoding: Encoding) -> Option<Diagnostic> {
    let file = group.file(finding.file)?;
    let related = finding.hops.iter().filter_map(|hop| {
        let file = group.file(hop.file)?;
        Some(DiagnosticRelatedInformation {
            location: Location {
                uri: address::of(&file.path)?,
                range: encoding.range(file, hop.at),
            },
            message: format!("passed on as {} `{}`", hop.kind.name(), hop.name),
        })
    });
    let related: Vec<_> = related.collect();
    let page = Uri::from_str(&format!("{PAGES}/{}.md", finding.rule.id)).ok();
    Some(Diagnostic {
        range: encoding.range(file, finding.at),
        severity: Some(severity(finding.severity)),
        code: Some(NumberOrString::String(finding.rule.id.to_owned())),
        code_description: page.map(|href| CodeDescription { href }),
        source: Some("coffer-lint".to_owned()),
        message: format!("{}\nhelp: {}", finding.message, finding.help),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    })
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Critical | Severity::High => DiagnosticSeverity::ERROR,
        Severity::Medium => DiagnosticSeverity::WARNING,
        Severity::Low => DiagnosticSeverity::INFORMATION,
    }
}
