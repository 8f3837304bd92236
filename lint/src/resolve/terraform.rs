//! Partial evaluation of Terraform expressions.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use super::functions;
use super::modules::{Modules, find};
use super::value::{Field, Text, Value};
use crate::source::hcl::ast::{Block, Expr, ExprKind, For, Form, Part, Step, Template};
use crate::source::span::Span;
use crate::source::{FileId, SourceFile, decode};

/// Steps that one evaluation may take before the rest stays unknown.
pub(super) const MAX_STEPS: u32 = 20_000;
/// References that may be followed one after the other.
pub(super) const MAX_REFERENCES: u32 = 24;

/// Where an expression stands.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The module, if the file belongs to one.
    pub module: Option<usize>,
    /// The file.
    pub file: FileId,
    /// Values of `each.key`, `each.value` and loop variables.
    pub bindings: Vec<(String, Value)>,
    /// References followed so far.
    pub followed: u32,
}

impl Scope {
    /// The scope of a file.
    pub fn of(module: Option<usize>, file: FileId) -> Self {
        Self {
            module,
            file,
            bindings: Vec::new(),
            followed: 0,
        }
    }
}

/// Evaluates expressions of one run; not shared between threads.
#[derive(Debug)]
pub struct Evaluator<'p> {
    /// All files of the run.
    pub files: &'p [SourceFile],
    /// All modules of the run.
    pub modules: &'p Modules<'p>,
    pub(super) steps: Cell<u32>,
    pub(super) known: RefCell<HashMap<(usize, &'p str, bool), Value>>,
}

impl<'p> Evaluator<'p> {
    /// An evaluator for a run.
    pub fn new(files: &'p [SourceFile], modules: &'p Modules<'p>) -> Self {
        Self {
            files,
            modules,
            steps: Cell::new(0),
            known: RefCell::default(),
        }
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> &'p str {
        self.files
            .get(file.0 as usize)
            .map_or("", |file| file.text.as_str())
    }

    /// What an expression may evaluate to.
    pub fn value(&self, scope: &Scope, expr: &'p Expr) -> Value {
        self.steps.set(0);
        self.eval(scope, expr)
    }

    pub(super) fn eval(&self, scope: &Scope, expr: &'p Expr) -> Value {
        let steps = self.steps.get();
        if steps > MAX_STEPS {
            return Value::Unknown;
        }
        self.steps.set(steps + 1);
        match &expr.kind {
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Binary(_) | ExprKind::Broken => {
                Value::Unknown
            }
            ExprKind::Unary(inner) if !matches!(inner.kind, ExprKind::Number) => Value::Unknown,
            ExprKind::Unary(_) | ExprKind::Number => {
                let mut decoded = decode::Decoded::default();
                decoded.copy(self.text(scope.file), expr.span);
                Value::Text(Text::literal(scope.file, decoded))
            }
            ExprKind::Template(template) => self.template(scope, template, expr.span),
            ExprKind::Reference(name, steps) => self.reference(scope, *name, steps),
            ExprKind::Access(base, steps) => self.walk(scope, self.eval(scope, base), steps),
            ExprKind::Call(name, arguments) => functions::call(
                self,
                scope,
                name.of(self.text(scope.file)),
                arguments,
                expr.span,
            ),
            ExprKind::Tuple(items) => {
                Value::list(items.iter().map(|item| self.eval(scope, item)).collect())
            }
            ExprKind::Object(items) => {
                let field = |item: &'p crate::source::hcl::ast::ObjectItem| Field {
                    key: self.key(scope, &item.key),
                    value: self.eval(scope, &item.value),
                };
                Value::map(items.iter().map(field).collect())
            }
            ExprKind::For(inner) => self.for_expr(scope, inner),
            ExprKind::Conditional(three) => {
                let [_, then, otherwise] = &**three;
                Value::any(vec![self.eval(scope, then), self.eval(scope, otherwise)])
            }
            ExprKind::Paren(inner) => self.eval(scope, inner),
        }
    }

    /// Counts what it costs to build texts as steps.
    pub(super) fn spend(&self, texts: &[Text]) {
        let bytes: usize = texts.iter().map(|text| text.text.len()).sum();
        let steps = u32::try_from(bytes / 256).unwrap_or(u32::MAX);
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// The key of an object entry: a bare name stands for itself.
    pub fn key(&self, scope: &Scope, key: &'p Expr) -> String {
        match &key.kind {
            ExprKind::Reference(name, steps) if steps.is_empty() => {
                name.of(self.text(scope.file)).to_owned()
            }
            _ => self.key_value(scope, key),
        }
    }

    fn template(&self, scope: &Scope, template: &'p Template, span: Span) -> Value {
        self.parts(scope, &template.parts, template.form, span)
    }

    /// The pieces of a template put together.
    pub(super) fn parts(&self, scope: &Scope, parts: &'p [Part], form: Form, span: Span) -> Value {
        let file = self.text(scope.file);
        if let [Part::Interpolation(inner)] = parts {
            return self.eval(scope, inner);
        }
        let mut texts = vec![Text::default()];
        let mut line_start = true;
        for part in parts {
            let choices = match part {
                Part::Literal(literal) => {
                    let decoded = match form {
                        Form::Quoted => decode::hcl_quoted(file, *literal),
                        Form::Json => decode::json(file, *literal),
                        Form::Heredoc(indent) => {
                            decode::heredoc(file, *literal, indent, line_start)
                        }
                    };
                    vec![Text::literal(scope.file, decoded)]
                }
                Part::Directive(_) => vec![Text::hole()],
                Part::Interpolation(inner) => match self.eval(scope, inner).texts() {
                    choices if choices.is_empty() => vec![Text::hole()],
                    choices => choices,
                },
            };
            line_start = false;
            texts = combine(texts, choices);
            self.spend(&texts);
        }
        if parts.len() > 1 {
            texts
                .iter_mut()
                .for_each(|text| text.built = Some((scope.file, span)));
        }
        Value::any(texts.into_iter().map(Value::Text).collect())
    }

    fn for_expr(&self, scope: &Scope, inner: &'p For) -> Value {
        let over = self.eval(scope, &inner.over);
        let file = self.text(scope.file);
        let mut results = Vec::new();
        let pairs: Vec<(Value, Value)> = match &over {
            _ if !over.fields().is_empty() => over
                .fields()
                .into_iter()
                .map(|f| {
                    (
                        Value::Text(Text {
                            text: f.key,
                            ..Text::default()
                        }),
                        f.value,
                    )
                })
                .collect(),
            _ => over
                .elements()
                .into_iter()
                .map(|item| (Value::Unknown, item))
                .collect(),
        };
        for (key, value) in pairs.into_iter().take(256) {
            let mut within = scope.clone();
            match inner.names.as_slice() {
                [one] => within.bindings.push((one.of(file).to_owned(), value)),
                [first, second, ..] => {
                    within.bindings.push((first.of(file).to_owned(), key));
                    within.bindings.push((second.of(file).to_owned(), value));
                }
                [] => {}
            }
            let result = self.eval(&within, &inner.value);
            match &inner.key {
                Some(key) => {
                    let key = self.key_value(&within, key);
                    results.push(Value::map(vec![Field { key, value: result }]));
                }
                None => results.push(result),
            }
        }
        if inner.key.is_none() {
            return Value::list(results);
        }
        Value::map(results.iter().flat_map(Value::fields).collect())
    }

    fn key_value(&self, scope: &Scope, key: &'p Expr) -> String {
        self.eval(scope, key).known_text().unwrap_or_default()
    }

    pub(super) fn walk(&self, scope: &Scope, mut value: Value, steps: &'p [Step]) -> Value {
        let file = self.text(scope.file);
        for step in steps {
            value = match step {
                Step::Name(name) => value.get(name.of(file)),
                Step::Splat => Value::list(value.elements()),
                Step::Index(index) => match self.eval(scope, index).known_text() {
                    Some(key) => value.get(&key),
                    None => Value::any(value.elements()),
                },
            };
        }
        value
    }

    /// The bindings that `for_each` gives to a block.
    pub fn each(&self, scope: &Scope, block: &'p Block) -> Vec<(String, Value)> {
        let Some(over) = find(self.text(scope.file), &block.body, "for_each") else {
            return Vec::new();
        };
        let over = self.value(scope, &over.value);
        let value = Value::any(over.elements());
        let fields = vec![
            Field {
                key: "value".to_owned(),
                value,
            },
            Field {
                key: "key".to_owned(),
                value: Value::Unknown,
            },
        ];
        vec![("each".to_owned(), Value::map(fields))]
    }
}

/// Every text followed by every choice, within bounds.
pub(super) fn combine(texts: Vec<Text>, choices: Vec<Text>) -> Vec<Text> {
    if let ([_], [_]) = (texts.as_slice(), choices.as_slice()) {
        let (mut texts, mut choices) = (texts, choices);
        if let (Some(text), Some(choice)) = (texts.first_mut(), choices.pop()) {
            text.append(choice);
        }
        return texts;
    }
    let mut combined = Vec::new();
    for text in &texts {
        for choice in &choices {
            if combined.len() >= super::value::MAX_CHOICES {
                return combined;
            }
            let mut next = text.clone();
            next.append(choice.clone());
            combined.push(next);
        }
    }
    combined
}
