//! What a name of a template stands for: parameters, loops, outputs of nested stacks, exports.

use std::rc::Rc;
use std::sync::Arc;

use super::Template;
use crate::resolve::value::{Hop, HopKind, Value};
use crate::source::node::Node;
use crate::source::span::Span;

impl<'p> Template<'p> {
    /// What `Ref` gives: the value of a parameter, or an element of a loop's collection.
    pub(super) fn referred(&self, name: &str, depth: u32) -> Value {
        let collection = self.loops.borrow().get(name).copied();
        match collection {
            Some(collection) => Value::any(self.eval(collection, depth + 1).elements()),
            None => self.parameter_value(name, depth),
        }
    }

    /// What a parameter may be: its default, its other allowed values, and what the callers of the
    /// stack pass.
    pub fn parameter_value(&self, name: &str, depth: u32) -> Value {
        let Some(parameter) = self.parameter(name) else {
            return Value::Unknown;
        };
        let file = &self.file.text;
        let kind = parameter
            .get(file, "Type")
            .map_or("", |node| self.text(node));
        if kind.starts_with("AWS::SSM::Parameter") {
            return Value::Unknown;
        }
        let mut values = Vec::new();
        let default = parameter.get(file, "Default");
        let mut add = |node: &'p Node| {
            let hop = self.hop(node.span, HopKind::Parameter, name);
            values.push(self.eval(node, depth + 1).passed(&hop));
        };
        if let Some(default) = default {
            add(default);
        }
        let allowed = parameter
            .get(file, "AllowedValues")
            .map_or(&[][..], Node::items);
        let same =
            |node: &Node| default.is_some_and(|default| default.text(file) == node.text(file));
        allowed.iter().filter(|node| !same(node)).for_each(add);
        for call in self.stacks.callers(self.id) {
            let text = &call.file.text;
            let Some((key, node)) = call.parameter(name) else {
                continue;
            };
            let caller = Template::sharing(
                call.id,
                call.file,
                call.root,
                Arc::clone(&self.stacks),
                Rc::clone(&self.steps),
            );
            let hop = Hop {
                file: call.id,
                at: key.span,
                kind: HopKind::StackParameter,
                name: format!("{}.{}", call.name.of(text), name),
            };
            values.push(caller.eval(node, depth + 4).passed(&Rc::new(hop)));
        }
        Value::any(values)
    }

    /// `Fn::GetAtt` in its forms: `A.Outputs.B`, `[A, Outputs.B]`.
    pub(super) fn attribute(&self, argument: &'p Node, depth: u32) -> Value {
        match argument.items() {
            [of, path] => self.attribute_of(self.text(of), self.text(path), depth),
            _ => match self.text(argument).split_once('.') {
                Some((of, path)) => self.attribute_of(of, path, depth),
                None => Value::Unknown,
            },
        }
    }

    /// An output of a nested stack whose template is at hand; any other attribute is not known.
    pub(super) fn attribute_of(&self, of: &str, path: &str, depth: u32) -> Value {
        let Some(output) = path.strip_prefix("Outputs.") else {
            return Value::Unknown;
        };
        let Some((id, file, root)) = self.stacks.called(self.id, of) else {
            return Value::Unknown;
        };
        let child = Template::sharing(
            id,
            file,
            root,
            Arc::clone(&self.stacks),
            Rc::clone(&self.steps),
        );
        child.output(output, depth + 4)
    }

    /// The value of an output, after a hop.
    fn output(&self, name: &str, depth: u32) -> Value {
        let file = &self.file.text;
        let value = self
            .section("Outputs")
            .and_then(|outputs| outputs.get(file, name)?.get(file, "Value"));
        value.map_or(Value::Unknown, |node| {
            let hop = self.hop(node.span, HopKind::StackOutput, name);
            self.eval(node, depth).passed(&hop)
        })
    }

    /// The value of an export of another template of the run.
    pub(super) fn imported(&self, name: &Value, depth: u32) -> Value {
        let Some(export) = name.known_text().and_then(|name| self.stacks.export(&name)) else {
            return Value::Unknown;
        };
        let (id, file, root, output) = export;
        let other = Template::sharing(
            id,
            file,
            root,
            Arc::clone(&self.stacks),
            Rc::clone(&self.steps),
        );
        other.output(output, depth + 4)
    }

    fn hop(&self, at: Span, kind: HopKind, name: &str) -> Rc<Hop> {
        Rc::new(Hop {
            file: self.id,
            at,
            kind,
            name: name.to_owned(),
        })
    }
}
