//! `committed-secret-file`: a state, plan or variable definitions file with secrets in a git repository.

use std::collections::BTreeMap;
use std::path::Path;

use super::finding::{Finding, Findings, Severity, fingerprint};
use super::{Family, Rule, secret_in_state_file};
use crate::detect::judge::Confidence;
use crate::run::Run;
use crate::source::span::Span;
use crate::source::{FileId, Kind, git};

pub(super) const RULE: Rule = Rule {
    id: "committed-secret-file",
    family: Family::State,
    severity: Severity::High,
    summary: "a state, plan or variable definitions file with secrets, kept in git",
    page: include_str!("../../../docs/lint/rules/committed-secret-file.md"),
    check,
};

const HELP: &str = "take it out with `git rm --cached`, name it in `.gitignore`, and replace what it holds: every clone \
     keeps the history. `coffer-lint --history` shows since when";

fn check(run: &Run<'_>, findings: &mut Findings) {
    for (id, (at, secrets)) in files_with_secrets(run) {
        let Some(file) = run.file(id) else { continue };
        if file.commit.is_none() && !is_tracked(&file.path) {
            continue;
        }
        let path = run.path(id);
        let (kind, words) = match (file.kind, secrets) {
            (Kind::State, 1) => ("state", "a secret"),
            (Kind::State, _) => ("state", "secrets"),
            (_, 1) => ("variable definitions", "a secret"),
            _ => ("variable definitions", "secrets"),
        };
        findings.all.push(Finding {
            rule: &RULE,
            severity: RULE.severity,
            confidence: Confidence::High,
            file: id,
            at,
            message: format!("this {kind} file with {words} is part of the git repository"),
            help: HELP.to_owned(),
            // The secrets have findings of their own.
            value: String::new(),
            fingerprint: fingerprint(RULE.id, &path, "", ""),
            fix: None,
            sink: String::new(),
            used: None,
            hops: Vec::new(),
        });
    }
}

/// Files of values that hold secrets: where the first one stands, and how many there are.
fn files_with_secrets(run: &Run<'_>) -> BTreeMap<FileId, (Span, usize)> {
    let mut found = BTreeMap::<FileId, (Span, usize)>::new();
    let mut add = |file: FileId, at: Span| {
        let (first, count) = found.entry(file).or_insert((at, 0));
        *first = (*first).min(at);
        *count += 1;
    };
    let mut in_states = Findings::default();
    secret_in_state_file::check(run, &mut in_states);
    in_states.all.iter().for_each(|one| add(one.file, one.at));
    for exposure in &run.exposures {
        let kind = run.file(exposure.file).map(|file| file.kind);
        if kind == Some(Kind::Tfvars) {
            add(exposure.file, exposure.at);
        }
    }
    found
}

/// Whether git keeps the file. Without git, or outside of a repository, nothing is kept.
fn is_tracked(path: &Path) -> bool {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    git::is_tracked(folder, &name)
}
