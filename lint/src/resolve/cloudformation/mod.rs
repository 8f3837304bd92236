//! Partial evaluation of CloudFormation: parameters, mappings, nested stacks and intrinsic functions.

mod intrinsics;
mod parameters;
pub mod stacks;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::value::{Field, Text, Value};
use crate::source::decode::{self, Decoded};
use crate::source::node::{Entry, Node, NodeKind, Style};
use crate::source::{FileId, SourceFile};
use stacks::Stacks;

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
    stacks: Arc<Stacks<'p>>,
    parameters: HashMap<&'p str, &'p Node>,
    /// Collections of the loops that are open or were seen: `Fn::ForEach` by its identifier.
    loops: RefCell<HashMap<&'p str, &'p Node>>,
    /// Shared with the templates of nested stacks, so that all of them together are bounded.
    steps: Rc<Cell<u32>>,
}

impl<'p> Template<'p> {
    /// A template of a file.
    pub fn new(id: FileId, file: &'p SourceFile, root: &'p Node, stacks: &Arc<Stacks<'p>>) -> Self {
        Self::sharing(id, file, root, Arc::clone(stacks), Rc::default())
    }

    fn sharing(
        id: FileId,
        file: &'p SourceFile,
        root: &'p Node,
        stacks: Arc<Stacks<'p>>,
        steps: Rc<Cell<u32>>,
    ) -> Self {
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
            stacks,
            parameters,
            loops: RefCell::default(),
            steps,
        }
    }

    /// A top-level section.
    pub fn section(&self, name: &str) -> Option<&'p Node> {
        self.root.get(&self.file.text, name)
    }

    /// The entries of a section by name, those inside of `Fn::ForEach` as well.
    pub fn named(&self, section: &str) -> Vec<&'p Entry> {
        let mut found = Vec::new();
        if let Some(node) = self.section(section) {
            self.flatten(node, &mut found, 0);
        }
        found
    }

    fn flatten(&self, node: &'p Node, found: &mut Vec<&'p Entry>, depth: u32) {
        for entry in node.entries() {
            match self.loop_body(entry) {
                Some(body) if depth < MAX_DEPTH => self.flatten(body, found, depth + 1),
                _ => found.push(entry),
            }
        }
    }

    /// The body of `Fn::ForEach::Name: [identifier, collection, body]`; its identifier is known from here on.
    fn loop_body(&self, entry: &'p Entry) -> Option<&'p Node> {
        let key = entry.key.text(&self.file.text)?;
        if !key.starts_with("Fn::ForEach::") {
            return None;
        }
        let [identifier, collection, body] = entry.value.items() else {
            return None;
        };
        let name = identifier.text(&self.file.text)?;
        self.loops.borrow_mut().insert(name, collection);
        Some(body)
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
            NodeKind::Mapping(entries) => {
                let mut fields = Vec::new();
                for entry in entries {
                    match self.loop_body(entry) {
                        Some(body) => fields.extend(self.eval(body, depth + 1).fields()),
                        None => fields.push(Field {
                            key: self.text(&entry.key).to_owned(),
                            value: self.eval(&entry.value, depth + 1),
                        }),
                    }
                }
                Value::map(fields)
            }
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
}
