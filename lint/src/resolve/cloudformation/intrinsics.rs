//! The intrinsic functions of CloudFormation and SAM, each with its effect on the text in it.

use std::rc::Rc;

use super::Template;
use crate::resolve::functions::{join, split_text};
use crate::resolve::terraform::combine;
use crate::resolve::value::{Hop, HopKind, Text, Value};
use crate::source::node::{Node, NodeKind};

impl<'p> Template<'p> {
    pub(super) fn call(&self, name: &str, argument: &'p Node, node: &'p Node, depth: u32) -> Value {
        let items = argument.items();
        let item = |at: usize| {
            items
                .get(at)
                .map_or(Value::Unknown, |n| self.eval(n, depth))
        };
        // The tagged form holds the argument itself, the long form its value.
        let whole = || match argument.tag {
            Some(_) => self.plain(argument, depth),
            None => self.eval(argument, depth),
        };
        match name {
            "Ref" => self.referred(self.text(argument), depth),
            "Sub" => self.sub(argument, node, depth),
            "Join" => {
                let separator = items.first().map_or_else(Text::hole, |n| self.literal(n));
                let parts = match item(1) {
                    text @ Value::Text(_) => vec![text],
                    other => other.elements(),
                };
                let mut texts = join(separator, parts.into_iter());
                for text in &mut texts {
                    text.built = Some((self.id, node.span));
                }
                Value::any(texts.into_iter().map(Value::Text).collect())
            }
            "Base64" | "ToJsonString" => whole(),
            // What a macro makes of its parameters is not known; they stand in the file.
            "Transform" => whole(),
            "If" => Value::any(vec![item(1), item(2)]),
            "Select" => match item(0).known_text() {
                Some(index) => item(1).get(&index),
                None => Value::any(item(1).elements()),
            },
            "Split" => self.split(items, depth),
            "FindInMap" => self.find_in_map(items, depth),
            "GetAtt" => self.attribute(argument, depth),
            "ImportValue" => self.imported(&whole(), depth),
            // Addresses, numbers, names of zones, truths: nothing that holds a secret.
            "GetAZs" | "Cidr" | "Length" | "Condition" | "And" | "Or" | "Not" | "Equals"
            | "Contains" | "EachMemberEquals" | "EachMemberIn" | "RefAll" | "ValueOf"
            | "ValueOfAll" | "GetStackOutput" => Value::Unknown,
            // A tag of another tool, or a macro of its own name.
            _ => self.plain(argument, depth),
        }
    }

    fn split(&self, items: &'p [Node], depth: u32) -> Value {
        let text = |at: usize| items.get(at).map(|n| self.eval(n, depth));
        let Some(separator) = text(0).and_then(|value| value.known_text()) else {
            return Value::Unknown;
        };
        let values = text(1).map(|value| value.texts()).unwrap_or_default();
        if separator.is_empty() {
            return Value::Unknown;
        }
        Value::any(
            values
                .iter()
                .map(|text| split_text(&separator, text))
                .collect(),
        )
    }

    fn find_in_map(&self, items: &'p [Node], depth: u32) -> Value {
        let name = |at: usize| items.get(at).and_then(|n| self.eval(n, depth).known_text());
        let file = &self.file.text;
        // The language extensions allow `DefaultValue` as a fourth argument.
        let default = items
            .get(3)
            .and_then(|options| options.get(file, "DefaultValue"))
            .map_or(Value::Unknown, |node| self.eval(node, depth + 1));
        let map = name(0).and_then(|map| self.section("Mappings")?.get(file, &map));
        let Some(map) = map else {
            return default;
        };
        let mut found = vec![default];
        let (top, second) = (name(1), name(2));
        let other = |wanted: &Option<String>, key: &Node| {
            wanted
                .as_deref()
                .is_some_and(|wanted| key.text(file) != Some(wanted))
        };
        for row in map.entries() {
            if other(&top, &row.key) {
                continue;
            }
            for cell in row.value.entries() {
                if other(&second, &cell.key) {
                    continue;
                }
                found.push(self.eval(&cell.value, depth + 1).passed(&Rc::new(Hop {
                    file: self.id,
                    at: cell.key.span,
                    kind: HopKind::Mapping,
                    name: name(0).unwrap_or_default(),
                })));
            }
        }
        Value::any(found)
    }

    fn sub(&self, argument: &'p Node, node: &'p Node, depth: u32) -> Value {
        let (template, names) = match argument.items() {
            [template, names, ..] => (template, Some(names)),
            [template] => (template, None),
            [] => (argument, None),
        };
        let form = match &template.kind {
            NodeKind::Scalar(_) => self.literal(template),
            _ => return Value::Unknown,
        };
        let mut texts = vec![Text::default()];
        let mut start = 0;
        while let Some(open) = form.text.get(start..).and_then(|rest| rest.find("${")) {
            let open = start + open;
            let Some(len) = form.text.get(open..).and_then(|rest| rest.find('}')) else {
                break;
            };
            let inner = form.text.get(open + 2..open + len).unwrap_or_default();
            texts = combine(texts, vec![form.slice(start..open)]);
            start = open + len + 1;
            if let Some(literal) = inner.strip_prefix('!') {
                let at = open + 3;
                let mut kept = form.slice(open..open + 2);
                kept.append(form.slice(at..at + literal.len() + 1));
                texts = combine(texts, vec![kept]);
                continue;
            }
            let inner = inner.trim();
            let value = match names.and_then(|names| names.get(&self.file.text, inner)) {
                Some(node) => self.eval(node, depth + 1),
                None => match inner.split_once('.') {
                    Some((of, path)) => self.attribute_of(of, path, depth + 1),
                    None => self.referred(inner, depth + 1),
                },
            };
            let choices = match value.texts() {
                choices if choices.is_empty() => vec![Text::hole()],
                choices => choices,
            };
            texts = combine(texts, choices);
        }
        texts = combine(texts, vec![form.slice(start..form.text.len())]);
        // What was put in stands elsewhere: the text as a whole stands here.
        if start > 0 {
            for text in &mut texts {
                text.built = Some((self.id, node.span));
            }
        }
        Value::any(texts.into_iter().map(Value::Text).collect())
    }
}
