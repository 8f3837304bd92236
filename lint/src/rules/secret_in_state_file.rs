//! `secret-in-state-file`: a secret value in a state or plan file.

use super::finding::{Finding, Findings, Severity, fingerprint, redact};
use super::{Family, Rule};
use crate::detect::judge::Confidence;
use crate::detect::placeholder;
use crate::knowledge::terraform::{self as facts, Argument, ArgumentFacts};
use crate::resolve::modules::numbered;
use crate::run::Run;
use crate::source::node::Node;
use crate::source::{FileId, Kind, SourceFile, Tree};

pub(super) const RULE: Rule = Rule {
    id: "secret-in-state-file",
    family: Family::State,
    severity: Severity::High,
    summary: "a secret value in a state or plan file",
    page: include_str!("../../../docs/lint/rules/secret-in-state-file.md"),
    check,
};

pub(super) fn check(run: &Run<'_>, findings: &mut Findings) {
    for (id, file) in numbered(run.files) {
        if file.kind != Kind::State {
            continue;
        }
        let Tree::Data(roots) = &file.tree else { continue };
        let mut walker = Walker { run, id, file, findings };
        roots.iter().for_each(|root| walker.objects(root));
    }
}

struct Walker<'w, 'p> {
    run: &'w Run<'p>,
    id: FileId,
    file: &'p SourceFile,
    findings: &'w mut Findings,
}

impl Walker<'_, '_> {
    /// Looks for resources anywhere: state and plan nest them in different ways.
    fn objects(&mut self, node: &Node) {
        let text = &self.file.text;
        let kind = node.get(text, "type").and_then(|node| node.text(text));
        if let Some(kind) = kind.filter(|kind| kind.contains('_')) {
            let name = node.get(text, "name").and_then(|node| node.text(text)).unwrap_or_default();
            let address = format!("{kind}.{name}");
            let instances = node.get(text, "instances").map_or(&[][..], Node::items);
            for values in instances
                .iter()
                .filter_map(|instance| instance.get(text, "attributes"))
                .chain(node.get(text, "values"))
                .chain(node.get(text, "change").and_then(|change| change.get(text, "after")))
            {
                self.values(kind, &address, "", values);
            }
            return;
        }
        for entry in node.entries() {
            self.objects(&entry.value);
        }
        for item in node.items() {
            self.objects(item);
        }
    }

    fn values(&mut self, kind: &str, address: &str, path: &str, node: &Node) {
        for item in node.items() {
            self.values(kind, address, path, item);
        }
        for entry in node.entries() {
            let key = entry.key.text(&self.file.text).unwrap_or_default();
            let inner = match path {
                "" => key.to_owned(),
                path => format!("{path}.{key}"),
            };
            match entry.value.text(&self.file.text) {
                Some(value) => self.value(kind, address, &inner, &entry.value, value),
                None => self.values(kind, address, &inner, &entry.value),
            }
        }
    }

    fn value(&mut self, kind: &str, address: &str, path: &str, node: &Node, value: &str) {
        let known = facts::argument(kind, path);
        let storing = [facts::generator(kind), facts::storing_data_source(kind)];
        let is_generated = storing.iter().flatten().any(|of| of.attributes.contains(&path));
        let is_secret = known.is_some_and(|known| known.verdict == Argument::Secret);
        if !(is_secret || is_generated) || placeholder::always(value).is_some() {
            return;
        }
        let sink = format!("{address}.{path}");
        self.findings.all.push(Finding {
            rule: &RULE,
            severity: RULE.severity,
            confidence: Confidence::High,
            file: self.id,
            at: node.inner_span(),
            message: format!("`{sink}` stands in this file in plain text"),
            help: help(kind, known),
            value: redact(value, 0),
            fingerprint: fingerprint(RULE.id, &self.run.path(self.id), &sink, value),
            fix: None,
            sink,
            used: None,
            hops: Vec::new(),
        });
    }
}

/// What to change so that the value leaves the state.
fn help(kind: &str, known: Option<&ArgumentFacts>) -> String {
    let ephemeral = facts::storing_data_source(kind).map_or("", |source| source.ephemeral);
    let change = match known.map_or("", |known| known.twin) {
        "" if ephemeral.is_empty() => facts::generator(kind).map_or_else(
            || "the provider offers no write-only argument: keep the state encrypted and private".to_owned(),
            |generator| format!("use instead: {}", generator.advice),
        ),
        "" => format!("read it with `ephemeral \"{ephemeral}\"` instead"),
        twin => format!("write `{twin}` in the configuration and apply"),
    };
    format!("{change}; then replace the credential, because older states hold it as well, and keep state files out of the repository")
}
