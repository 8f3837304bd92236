//! Where values end up in CloudFormation: properties, parameters, mappings, metadata, outputs.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use super::inside::{MAX_VALUES, Place, visit};
use super::{Exposure, Origin, Reason};
use crate::detect::judge::Strength;
use crate::knowledge::PlaceKind;
use crate::knowledge::cloudformation::{self as facts, Property};
use crate::knowledge::names;
use crate::resolve::cloudformation::Template;
use crate::resolve::cloudformation::stacks::Stacks;
use crate::source::node::{Entry, Node};
use crate::source::{FileId, SourceFile, Tree};

struct Target {
    /// Type of the resource; empty outside of resources.
    kind: String,
    address: String,
    origin: Origin,
    /// Whether the parameter is marked `NoEcho`.
    no_echo: bool,
    /// Values that may still be looked at.
    left: Cell<u32>,
}

impl Place for Target {
    fn strength(&self, path: &str, key: &str) -> Option<(Strength, Reason)> {
        let kind = names::kind(key);
        if self.no_echo {
            return Some((Strength::Schema, Reason::Schema));
        }
        // Settings of a secret that the service makes, not a secret.
        if self.kind == "AWS::SecretsManager::Secret" && path == "GenerateSecretString" {
            return None;
        }
        if let Some((verdict, _)) = facts::property(&self.kind, path) {
            return match verdict {
                Property::NotSecret => None,
                // `Value` and `Content` may hold anything: the name of the pair or the value decides.
                _ if !names::mentions_secret(path.rsplit('.').next().unwrap_or(path)) => {
                    Some(kind.map_or((Strength::Maybe, Reason::Schema), |kind| {
                        (Strength::Named(kind), Reason::Schema)
                    }))
                }
                Property::Secret | Property::Likely => Some((Strength::Schema, Reason::Schema)),
            };
        }
        let environment = facts::place_of(&self.kind, path)
            .is_some_and(|place| matches!(place.kind, PlaceKind::Environment | PlaceKind::Pair));
        let reason = if environment {
            Reason::Environment
        } else {
            Reason::Name
        };
        kind.map(|kind| (Strength::Named(kind), reason))
    }

    fn address(&self) -> &str {
        &self.address
    }

    fn kind(&self) -> &str {
        &self.kind
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn spend(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn follows_collections(&self) -> bool {
        true
    }

    fn pairs(&self, _path: &str) -> bool {
        true
    }
}

/// Walks all templates of a file.
pub(super) fn walk<'p>(
    id: FileId,
    file: &'p SourceFile,
    stacks: &Arc<Stacks<'p>>,
) -> Vec<Exposure> {
    let mut found = Vec::new();
    let Tree::Data(roots) = &file.tree else {
        return found;
    };
    for root in roots {
        let template = Template::new(id, file, root, stacks);
        let walker = Walker { template, file };
        walker.walk(&mut found);
    }
    found
}

struct Walker<'p> {
    template: Template<'p>,
    file: &'p SourceFile,
}

impl<'p> Walker<'p> {
    fn walk(&self, found: &mut Vec<Exposure>) {
        for (name, node) in self.named("Parameters") {
            self.parameter(name, node, found);
        }
        for (name, node) in self.named("Resources") {
            self.resource(name, node, found);
        }
        for (section, origin) in [
            ("Mappings", Origin::Mapping),
            ("Metadata", Origin::Metadata),
            ("Outputs", Origin::Output),
        ] {
            for (name, node) in self.named(section) {
                let address = format!("{section}.{name}");
                self.visit(target("", address, origin), "", name, node, found);
            }
        }
        // SAM: what functions, APIs and tables of the template have in common.
        for (name, node) in self.named("Globals") {
            let kind = format!("AWS::Serverless::{name}");
            let target = target(&kind, format!("Globals.{name}"), Origin::Argument);
            self.visit(target, "", "", node, found);
        }
        // A literal that names a parameter, condition or resource of the template is a reference
        // that lost its `Ref`: it leaks nothing.
        let declared = self.declared();
        found.retain(|exposure| !declared.contains(exposure.value.as_str()));
    }

    fn declared(&self) -> HashSet<&'p str> {
        let sections = ["Parameters", "Conditions", "Resources"];
        sections
            .iter()
            .flat_map(|section| self.named(section))
            .map(|(name, _)| name)
            .collect()
    }

    fn named(&self, section: &str) -> Vec<(&'p str, &'p Node)> {
        let text: &'p str = &self.file.text;
        let entries = self.template.named(section).into_iter();
        entries
            .map(|e| (e.key.text(text).unwrap_or_default(), &e.value))
            .collect()
    }

    fn parameter(&self, name: &str, node: &'p Node, found: &mut Vec<Exposure>) {
        let text = &self.file.text;
        let Some(default) = node.get(text, "Default") else {
            return;
        };
        let is = |key: &str, wanted: &str| {
            node.get(text, key)
                .and_then(|node| node.text(text))
                .is_some_and(|value| value.eq_ignore_ascii_case(wanted))
        };
        // A parameter of these types holds the name of a value, not the value.
        let is_reference = node
            .get(text, "Type")
            .and_then(|node| node.text(text))
            .is_some_and(|kind| kind.starts_with("AWS::"));
        if is_reference {
            return;
        }
        let mut target = target("", format!("Parameters.{name}"), Origin::Parameter);
        let no_echo = is("NoEcho", "true") || is("NoEcho", "yes") || is("NoEcho", "1");
        // User names are often marked as well; their values are judged as any other.
        target.no_echo = no_echo && !names::is_setting(name);
        self.visit(target, "", name, default, found);
    }

    fn resource(&self, name: &str, node: &'p Node, found: &mut Vec<Exposure>) {
        let text = &self.file.text;
        let kind = node
            .get(text, "Type")
            .and_then(|node| node.text(text))
            .unwrap_or_default();
        if let Some(properties) = node.get(text, "Properties") {
            let before = found.len();
            let target = target(kind, name.to_owned(), Origin::Argument);
            self.visit(target, "", "", properties, found);
            self.note_uses(properties, found.get_mut(before..).unwrap_or_default());
        }
        if let Some(metadata) = node.get(text, "Metadata") {
            let target = target("", format!("{name}.Metadata"), Origin::Metadata);
            self.visit(target, "", "", metadata, found);
        }
    }

    /// Notes the properties that use what was found: of each path the innermost key that stands in the file.
    fn note_uses(&self, properties: &Node, found: &mut [Exposure]) {
        for exposure in found {
            let (mut node, mut at) = (properties, None);
            for part in exposure.target.1.split('.') {
                let is_it = |entry: &&Entry| entry.key.text(&self.file.text) == Some(part);
                let Some(entry) = node.entries().iter().find(is_it) else {
                    break;
                };
                (node, at) = (&entry.value, Some(entry.key.span));
            }
            if let Some(at) = at {
                super::note_use(std::slice::from_mut(exposure), self.template.id, at);
            }
        }
    }

    fn visit(
        &self,
        target: Target,
        path: &str,
        key: &str,
        node: &'p Node,
        found: &mut Vec<Exposure>,
    ) {
        let value = self.template.value(node);
        visit(&target, path, key, &value, found);
    }
}

fn target(kind: &str, address: String, origin: Origin) -> Target {
    Target {
        kind: kind.to_owned(),
        address,
        origin,
        no_echo: false,
        left: Cell::new(MAX_VALUES),
    }
}
