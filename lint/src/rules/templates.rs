//! What the rules on CloudFormation templates share.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use crate::knowledge::cloudformation::{Property, property};
use crate::knowledge::names::mentions_secret;
use crate::resolve::cloudformation::Template;
use crate::resolve::modules::numbered;
use crate::run::Run;
use crate::source::node::{Entry, Node, NodeKind};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile, Tree};

/// Nodes of one template that a rule looks at.
const MAX_NODES: u32 = 1_000_000;

/// A template with its file.
pub(super) struct Site<'p> {
    /// Number of the file.
    pub(super) id: FileId,
    /// The file.
    pub(super) file: &'p SourceFile,
    template: Template<'p>,
    /// Nodes that may still be looked at: aliases can unfold without end.
    left: Cell<u32>,
}

/// All templates of a run.
pub(super) fn templates<'p>(run: &Run<'p>) -> Vec<Site<'p>> {
    let mut sites = Vec::new();
    for (id, file) in numbered(run.files) {
        let Tree::Data(roots) = &file.tree else {
            continue;
        };
        if file.kind == Kind::CloudFormation {
            sites.extend(roots.iter().map(|root| Site {
                id,
                file,
                template: Template::new(id, file, root, &run.stacks),
                left: Cell::new(MAX_NODES),
            }));
        }
    }
    sites
}

impl<'p> Site<'p> {
    /// The names, places and values of a section.
    pub(super) fn named(&self, section: &str) -> Vec<(&'p str, Span, &'p Node)> {
        let text: &'p str = &self.file.text;
        let entries = self.template.named(section).into_iter();
        let named = |entry: &'p Entry| {
            (
                entry.key.text(text).unwrap_or_default(),
                entry.key.span,
                &entry.value,
            )
        };
        entries.map(named).collect()
    }

    /// A parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&'p Node> {
        self.template.parameter(name)
    }

    /// Whether a parameter is marked `NoEcho`.
    pub(super) fn has_no_echo(&self, parameter: &Node) -> bool {
        parameter
            .get(&self.file.text, "NoEcho")
            .and_then(|node| node.text(&self.file.text))
            .is_some_and(|text| ["true", "yes", "1"].contains(&text.to_ascii_lowercase().as_str()))
    }

    /// Whether a parameter holds the name of a value rather than the value.
    pub(super) fn is_reference(&self, parameter: &Node) -> bool {
        let kind = parameter
            .get(&self.file.text, "Type")
            .and_then(|n| n.text(&self.file.text));
        kind.is_some_and(|kind| kind.starts_with("AWS::") || kind == "CommaDelimitedList")
    }

    fn spend(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    /// Calls `act` with the name and the value of every property that is known to hold a secret.
    pub(super) fn secret_properties(&self, act: &mut impl FnMut(&str, &'p Node)) {
        for (name, _, resource) in self.named("Resources") {
            let text = &self.file.text;
            let kind = resource
                .get(text, "Type")
                .and_then(|n| n.text(text))
                .unwrap_or_default();
            if let Some(properties) = resource.get(text, "Properties") {
                self.properties(kind, name, "", properties, act);
            }
        }
    }

    fn properties(
        &self,
        kind: &str,
        sink: &str,
        path: &str,
        node: &'p Node,
        act: &mut impl FnMut(&str, &'p Node),
    ) {
        if !self.spend() {
            return;
        }
        for item in node.items() {
            self.properties(kind, sink, path, item, act);
        }
        for entry in node.entries() {
            let key = entry.key.text(&self.file.text).unwrap_or_default();
            let inner = if path.is_empty() {
                key.to_owned()
            } else {
                format!("{path}.{key}")
            };
            let known = matches!(
                property(kind, &inner),
                Some((Property::Secret | Property::Likely, _))
            );
            if known && mentions_secret(key) {
                act(&format!("{sink}.{inner}"), &entry.value);
            } else {
                self.properties(kind, sink, &inner, &entry.value, act);
            }
        }
    }

    /// Parameters that feed secret properties, with the property.
    pub(super) fn fed_parameters(&self) -> BTreeMap<String, String> {
        let mut fed = BTreeMap::new();
        self.secret_properties(&mut |sink, node| {
            // The parameters of a dynamic reference are parts of a name.
            let is_reference = self.file.text.get(node.span.range());
            if is_reference
                .is_some_and(|text| text.contains("resolve:") || text.contains("ImportValue"))
            {
                return;
            }
            for name in self.read_parameters(node) {
                fed.entry(name).or_insert_with(|| sink.to_owned());
            }
        });
        fed
    }

    /// The parameters that a value reads.
    pub(super) fn read_parameters(&self, node: &'p Node) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.read(node, &mut names);
        names
    }

    fn read(&self, node: &'p Node, names: &mut BTreeSet<String>) {
        if !self.spend() {
            return;
        }
        let text = &self.file.text;
        let mut add = |name: &str| {
            if self.template.parameter(name).is_some() {
                names.insert(name.to_owned());
            }
        };
        match self.template.intrinsic(node) {
            Some(("Ref", argument)) => add(argument.text(text).unwrap_or_default()),
            Some(("Sub", argument)) => {
                let form = argument.items().first().unwrap_or(argument);
                for part in form.text(text).unwrap_or_default().split("${").skip(1) {
                    add(part.split('}').next().unwrap_or_default().trim());
                }
            }
            _ => {}
        }
        match &node.kind {
            NodeKind::Sequence(items) => items.iter().for_each(|item| self.read(item, names)),
            NodeKind::Mapping(entries) => {
                entries
                    .iter()
                    .for_each(|entry| self.read(&entry.value, names));
            }
            _ => {}
        }
    }
}
