//! Partial evaluation of CloudFormation: parameters, mappings and intrinsic functions.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::functions::join;
use super::terraform::combine;
use super::value::{Field, Hop, HopKind, Text, Value};
use crate::source::decode::{self, Decoded};
use crate::source::node::{Node, NodeKind, Style};
use crate::source::{FileId, SourceFile};

/// Steps that one evaluation may take before the rest stays unknown.
const MAX_STEPS: u32 = 20_000;
const MAX_DEPTH: u32 = 64;

/// One template.
#[derive(Debug)]
pub struct Template<'p> {
    /// Number of the file.
    pub id: FileId,
    /// The file.
    pub file: &'p SourceFile,
    /// The document.
    pub root: &'p Node,
    parameters: HashMap<&'p str, &'p Node>,
    steps: Cell<u32>,
}

impl<'p> Template<'p> {
    /// A template of a file.
    pub fn new(id: FileId, file: &'p SourceFile, root: &'p Node) -> Self {
        let text: &'p str = &file.text;
        let section = root.get(text, "Parameters").map_or(&[][..], Node::entries);
        let parameters = section
            .iter()
            .filter_map(|entry| Some((entry.key.text(text)?, &entry.value)))
            .collect();
        Self {
            id,
            file,
            root,
            parameters,
            steps: Cell::new(0),
        }
    }

    /// A top-level section.
    pub fn section(&self, name: &str) -> Option<&'p Node> {
        self.root.get(&self.file.text, name)
    }

    /// A parameter.
    pub fn parameter(&self, name: &str) -> Option<&'p Node> {
        self.parameters.get(name).copied()
    }

    /// What a node may evaluate to.
    pub fn value(&self, node: &'p Node) -> Value {
        self.steps.set(0);
        self.eval(node, 0)
    }

    /// The intrinsic function that a node calls, by its long name, and its argument.
    pub fn intrinsic(&self, node: &'p Node) -> Option<(&'p str, &'p Node)> {
        if let Some(tag) = node.tag.as_deref() {
            return Some((tag, node));
        }
        let [entry] = node.entries() else { return None };
        let key = entry.key.text(&self.file.text)?;
        match key.strip_prefix("Fn::") {
            Some(name) => Some((name, &entry.value)),
            None if key == "Ref" || key == "Condition" => Some((key, &entry.value)),
            None => None,
        }
    }

    fn eval(&self, node: &'p Node, depth: u32) -> Value {
        let steps = self.steps.get();
        if steps > MAX_STEPS || depth > MAX_DEPTH {
            return Value::Unknown;
        }
        self.steps.set(steps + 1);
        let node = node.resolved();
        if let Some((name, argument)) = self.intrinsic(node) {
            return self.call(name, argument, node, depth + 1);
        }
        self.plain(node, depth)
    }

    /// The value of a node as data, its own tag left aside.
    fn plain(&self, node: &'p Node, depth: u32) -> Value {
        match &node.kind {
            NodeKind::Null | NodeKind::Alias(_) => Value::Unknown,
            NodeKind::Scalar(_) => Value::Text(self.literal(node)),
            NodeKind::Sequence(items) => Value::list(
                items
                    .iter()
                    .map(|item| self.eval(item, depth + 1))
                    .collect(),
            ),
            NodeKind::Mapping(entries) => Value::map(
                entries
                    .iter()
                    .map(|entry| Field {
                        key: entry
                            .key
                            .text(&self.file.text)
                            .unwrap_or_default()
                            .to_owned(),
                        value: self.eval(&entry.value, depth + 1),
                    })
                    .collect(),
            ),
        }
    }

    /// The text of a scalar with its places.
    pub fn literal(&self, node: &Node) -> Text {
        let file = &self.file.text;
        let mut decoded = Decoded::default();
        match &node.kind {
            NodeKind::Scalar(scalar) => match &scalar.decoded {
                None => decoded.copy(file, node.inner_span()),
                Some(text) if scalar.style == Style::Double => {
                    decoded = decode::json(file, node.inner_span());
                    if decoded.text != **text {
                        decoded = decode::aligned(file, node.span, text);
                    }
                }
                Some(text) => decoded = decode::aligned(file, node.span, text),
            },
            _ => return Text::hole(),
        }
        Text::literal(self.id, decoded)
    }

    fn text<'n>(&'n self, node: &'n Node) -> &'n str {
        node.text(&self.file.text).unwrap_or_default()
    }

    fn call(&self, name: &str, argument: &'p Node, node: &'p Node, depth: u32) -> Value {
        let items = argument.items();
        let plain = |at: usize| {
            items
                .get(at)
                .map_or(Value::Unknown, |n| self.eval(n, depth))
        };
        match name {
            "Ref" => self.parameter_value(self.text(argument), depth),
            "Sub" => self.sub(argument, depth),
            "Join" => {
                let separator = items.first().map_or_else(Text::hole, |n| self.literal(n));
                let parts = match plain(1) {
                    text @ Value::Text(_) => vec![text],
                    other => other.elements(),
                };
                let mut texts = join(separator, parts.into_iter());
                for text in &mut texts {
                    text.built = Some((self.id, node.span));
                }
                Value::any(texts.into_iter().map(Value::Text).collect())
            }
            // The tagged form holds the argument itself, the long form its value.
            "Base64" | "ToJsonString" | "Transform" => match argument.tag {
                Some(_) => self.plain(argument, depth),
                None => self.eval(argument, depth),
            },
            "If" => Value::any(vec![plain(1), plain(2)]),
            "Select" => match plain(0).known_text() {
                Some(index) => plain(1).get(&index),
                None => Value::any(plain(1).elements()),
            },
            "Split" => match plain(1) {
                Value::Text(text) => Value::list(vec![Value::Text(text)]),
                other => other,
            },
            "FindInMap" => self.find_in_map(items, depth),
            "GetAtt" | "ImportValue" | "GetAZs" | "Condition" | "Cidr" | "Length" => Value::Unknown,
            "And" | "Or" | "Not" | "Equals" => Value::Unknown,
            _ => self.plain(argument, depth),
        }
    }

    /// What a parameter may be: its default and, where there are any, its allowed values.
    pub fn parameter_value(&self, name: &str, depth: u32) -> Value {
        let Some(parameter) = self.parameter(name) else {
            return Value::Unknown;
        };
        let kind = parameter
            .get(&self.file.text, "Type")
            .map_or("", |node| self.text(node));
        if kind.starts_with("AWS::SSM::Parameter") {
            return Value::Unknown;
        }
        let Some(default) = parameter.get(&self.file.text, "Default") else {
            return Value::Unknown;
        };
        self.eval(default, depth + 1).passed(&Rc::new(Hop {
            file: self.id,
            at: default.span,
            kind: HopKind::Parameter,
            name: name.to_owned(),
        }))
    }

    fn find_in_map(&self, items: &'p [Node], depth: u32) -> Value {
        let name = |at: usize| items.get(at).and_then(|n| self.eval(n, depth).known_text());
        let file = &self.file.text;
        let map = name(0).and_then(|map| self.section("Mappings")?.get(file, &map));
        let Some(map) = map else {
            return Value::Unknown;
        };
        let mut found = Vec::new();
        let (top, second) = (name(1), name(2));
        for row in map.entries() {
            if top
                .as_deref()
                .is_some_and(|top| row.key.text(file) != Some(top))
            {
                continue;
            }
            for cell in row.value.entries() {
                if second
                    .as_deref()
                    .is_some_and(|second| cell.key.text(file) != Some(second))
                {
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

    fn sub(&self, argument: &'p Node, depth: u32) -> Value {
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
            let value = match names.and_then(|names| names.get(&self.file.text, inner.trim())) {
                Some(node) => self.eval(node, depth + 1),
                None => self.parameter_value(inner.trim(), depth + 1),
            };
            let choices = match value.texts() {
                choices if choices.is_empty() => vec![Text::hole()],
                choices => choices,
            };
            texts = combine(texts, choices);
        }
        texts = combine(texts, vec![form.slice(start..form.text.len())]);
        Value::any(texts.into_iter().map(Value::Text).collect())
    }
}
