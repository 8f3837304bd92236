//! What is known of a property, parameter or other value of a CloudFormation template.

use super::{Inspector, line};
use crate::knowledge::cloudformation::{Property, property};
use crate::resolve::cloudformation::Template;
use crate::resolve::value::Value;
use crate::source::node::{Node, NodeKind};

/// Nesting that is walked.
const MAX_DEPTH: u8 = 64;

impl<'p> Inspector<'_, 'p> {
    /// Tells of every value on the line.
    pub(super) fn template(&self, root: &'p Node, told: &mut String) {
        let template = Template::new(self.id, self.file, root, &self.run.stacks);
        let text = &self.file.text;
        for entry in template.named("Resources") {
            let name = entry.key.text(text).unwrap_or_default();
            let kind = entry
                .value
                .get(text, "Type")
                .and_then(|node| node.text(text));
            let kind = kind.unwrap_or_default();
            if let Some(properties) = entry.value.get(text, "Properties") {
                self.property(&template, (kind, name), "", properties, told, MAX_DEPTH);
            }
        }
        for entry in template.named("Parameters") {
            if !self.overlaps(entry.key.span.join(entry.value.span)) {
                continue;
            }
            let name = entry.key.text(text).unwrap_or_default();
            line(told, &format!("parameter {name}"));
            self.values(&template.parameter_value(name, 0), told);
        }
    }

    fn property(
        &self,
        template: &Template<'p>,
        (kind, name): (&str, &str),
        path: &str,
        node: &'p Node,
        told: &mut String,
        depth: u8,
    ) {
        if depth == 0 || !self.overlaps(node.span) {
            return;
        }
        let is_leaf = template.intrinsic(node).is_some()
            || !matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_));
        if is_leaf {
            line(told, &format!("property {name}.{path}"));
            self.values(&template.value(node), told);
            if let Some((verdict, replacement)) = property(kind, path) {
                let verdict = match verdict {
                    Property::Secret => "a secret, by the schema",
                    Property::Likely => "named like a secret, and likely one",
                    Property::NotSecret => "no secret, by the schema",
                };
                line(told, &format!("  sensitivity: {verdict}"));
                if !replacement.is_empty() {
                    line(told, &format!("  instead:     {replacement}"));
                }
            }
            return;
        }
        for item in node.own_items() {
            self.property(template, (kind, name), path, item, told, depth - 1);
        }
        for entry in node.own_entries() {
            if !self.overlaps(entry.key.span.join(entry.value.span)) {
                continue;
            }
            let key = entry.key.text(&self.file.text).unwrap_or_default();
            let inner = match path {
                "" => key.to_owned(),
                path => format!("{path}.{key}"),
            };
            self.property(
                template,
                (kind, name),
                &inner,
                &entry.value,
                told,
                depth - 1,
            );
        }
    }

    /// Tells of each text that a value may be.
    pub(super) fn values(&self, value: &Value, told: &mut String) {
        let texts = value.texts();
        match (value, texts.is_empty()) {
            (Value::Unknown, _) => line(told, "  value:       not known here"),
            (_, true) => line(told, "  value:       a collection"),
            _ => texts
                .iter()
                .take(super::MAX_TOLD)
                .for_each(|text| self.text(text, told)),
        }
    }
}
