//! `variable-without-sensitive`: a variable that feeds a secret argument and is not marked as sensitive.

use crate::detect::judge::Confidence;
use crate::knowledge::names::{self, NameKind};
use crate::knowledge::terraform::{self as facts, Argument};
use crate::resolve::references::through_locals;
use crate::resolve::references::{Reference, is_true};
use crate::run::Run;
use crate::source::hcl::ast::Item;
use std::collections::BTreeMap;
use super::finding::{Findings, Said, Severity, report};
use super::terraform_blocks::{Site, blocks};
use super::{Family, Rule};

pub(super) const RULE: Rule = Rule {
    id: "variable-without-sensitive",
    family: Family::Protection,
    severity: Severity::Medium,
    summary: "a variable that feeds a secret argument and is not marked as sensitive",
    page: include_str!("../../../docs/lint/rules/variable-without-sensitive.md"),
    check,
};

/// What a variable feeds, by module and name of the variable.
type Fed = BTreeMap<(usize, String), String>;

fn check(run: &Run<'_>, findings: &mut Findings) {
    let fed = fed_variables(run);
    for site in blocks(run, "variable") {
        let (text, name) = (&site.file.text, site.label(0));
        if is_true(text, site.block, "sensitive") || is_true(text, site.block, "ephemeral") {
            continue;
        }
        let sink = fed.get(&(site.module, name.to_owned()));
        let by_name = names::kind(name) == Some(NameKind::Password);
        let (message, confidence) = match sink {
            Some(sink) => (format!("`var.{name}` ends up in `{sink}`, yet its value is shown in plans and logs"), Confidence::High),
            None if by_name => (format!("`var.{name}` is named like a secret, yet its value is shown in plans and logs"), Confidence::Medium),
            None => continue,
        };
        let said = Said {
            message,
            help: "add `sensitive = true`, and `ephemeral = true` where it feeds nothing but write-only arguments, providers and provisioners".to_owned(),
            sink: sink.cloned().unwrap_or_else(|| site.address()),
            confidence,
        };
        report(run, &RULE, site.id, site.header(), said, findings);
    }
}

fn fed_variables(run: &Run<'_>) -> Fed {
    let mut fed = Fed::new();
    for site in blocks(run, "resource") {
        let kind = site.label(0);
        site.arguments(&mut |path, attribute| {
            let known = facts::argument(kind, path).map(|known| known.verdict == Argument::Secret);
            let described = || run.added.schemas.argument(kind, path).is_some_and(|of| of.sensitive);
            if known.unwrap_or_else(described) {
                let sink = format!("{}.{path}", site.address());
                add(&mut fed, &site, &sink, &site.references(run, attribute));
            }
        });
    }
    for site in blocks(run, "provider") {
        site.arguments(&mut |path, attribute| {
            if facts::provider_setting(site.label(0), path).is_some() {
                let sink = format!("{}.{path}", site.address());
                add(&mut fed, &site, &sink, &site.references(run, attribute));
            }
        });
    }
    climb(run, &mut fed);
    fed
}

fn add(fed: &mut Fed, site: &Site<'_>, sink: &str, references: &[Reference]) {
    for reference in references.iter().filter(|reference| is_whole(reference)) {
        let key = (site.module, reference.part(1).to_owned());
        fed.entry(key).or_insert_with(|| sink.to_owned());
    }
}

/// What a module's variable feeds, the variables that callers pass to it feed as well.
fn climb(run: &Run<'_>, fed: &mut Fed) {
    let mut open: Vec<_> = fed.iter().map(|(key, sink)| (key.clone(), sink.clone())).collect();
    while let Some(((module, name), sink)) = open.pop() {
        let Some(callee) = run.modules.all.get(module) else { continue };
        for (caller, (file, block)) in &callee.callers {
            let Some(source) = run.file(*file) else { continue };
            for item in &block.body.items {
                let Item::Attribute(attribute) = item else { continue };
                if attribute.name.of(&source.text) != name {
                    continue;
                }
                let references =
                    through_locals(run.files, &run.modules, *caller, *file, &attribute.value);
                for reference in references.iter().filter(|reference| is_whole(reference)) {
                    let key = (*caller, reference.part(1).to_owned());
                    if !fed.contains_key(&key) {
                        fed.insert(key.clone(), sink.clone());
                        open.push((key, sink.clone()));
                    }
                }
            }
        }
    }
}

/// A variable as a whole: `var.settings.password` and `var.keys[each.key]` are parts of an object,
/// and to mark the object is not always wanted.
fn is_whole(reference: &Reference) -> bool {
    reference.part(0) == "var" && reference.parts.len() == 2 && !reference.picks
}
