//! `file`, `filebase64`, `templatefile`, `templatestring`: text of the repository that a configuration reads.

use std::rc::Rc;

use super::known;
use crate::resolve::terraform::{Evaluator, Scope};
use crate::resolve::value::{HOLE, Hop, HopKind, Text, Value};
use crate::source::hcl::ast::Form;
use crate::source::span::Span;
use crate::source::{FileId, Tree, decode};

pub(super) fn call(
    evaluator: &Evaluator<'_>,
    scope: &Scope,
    name: &str,
    argument: &impl Fn(usize) -> Value,
) -> Value {
    let filled = |value: Value| Value::any(vec![value, variables(argument(1))]);
    if name == "templatestring" {
        return filled(argument(0));
    }
    let path = known(&argument(0));
    let Some(id) = linked(evaluator, scope, &path) else {
        return filled(Value::Unknown);
    };
    let hop = Rc::new(Hop {
        file: id,
        at: Span::new(0, 0),
        kind: HopKind::File,
        name: path.text.replace(HOLE, "${path.module}"),
    });
    if name != "templatefile" {
        let text = evaluator.text(id);
        let mut content = decode::Decoded::default();
        content.copy(text, Span::new(0, text.len()));
        return Value::Text(Text::literal(id, content)).passed(&hop);
    }
    let Some(file) = evaluator.files.get(id.0 as usize) else {
        return filled(Value::Unknown);
    };
    let Tree::Template(parts) = &file.tree else {
        return filled(Value::Unknown);
    };
    let within = Scope {
        module: None,
        file: id,
        bindings: argument(1)
            .fields()
            .into_iter()
            .map(|field| (field.key, field.value))
            .collect(),
        followed: scope.followed + 1,
    };
    let whole = Span::new(0, file.text.len());
    let value = evaluator.parts(&within, parts, Form::Heredoc(0), whole);
    filled(value.passed(&hop))
}

/// What is passed to a template stays visible: its names may say more than the text around them.
fn variables(value: Value) -> Value {
    match value {
        Value::Text(_) => Value::Unknown,
        other => other,
    }
}

/// The file of the run that a path names, seen from the module at hand.
fn linked(evaluator: &Evaluator<'_>, scope: &Scope, path: &Text) -> Option<FileId> {
    let module = evaluator.modules.all.get(scope.module?)?;
    // `${path.module}/…` is a hole and the rest.
    let rest = path.text.strip_prefix(HOLE).unwrap_or(&path.text);
    let rest = rest.trim_start_matches('/');
    if rest.contains(HOLE) {
        return None;
    }
    evaluator.modules.at_path(&module.folder.join(rest))
}
