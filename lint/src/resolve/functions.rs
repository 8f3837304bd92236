//! Terraform's functions: what each does to the text that flows through it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::terraform::{Evaluator, Scope, combine};
use super::value::{Field, Text, Value};
use crate::source::hcl::ast::Expr;
use crate::source::span::Span;

/// What a function does to a text.
enum Effect {
    /// Hands on its first argument as it is: marks, conversions, encodings that are read back.
    Pass,
    /// One of its arguments.
    Choice,
    /// Puts texts together.
    Build,
    /// Changes the text.
    Change(fn(&str) -> String),
    /// Picks or joins collections.
    Collection,
    /// The result holds nothing of the text (hashes, lengths, times) or is not known.
    Ends,
}

/// The effect of each function; those that are not listed end the flow.
fn effect(name: &str) -> Effect {
    match name {
        "sensitive" | "nonsensitive" | "tostring" | "tolist" | "toset" | "tomap" | "jsonencode"
        | "yamlencode" | "jsondecode" | "yamldecode" | "base64encode" | "base64gzip"
        | "textencodebase64" | "one" | "flatten" | "distinct" | "compact" | "reverse" | "sort"
        | "values" | "ephemeralasnull" | "trimspace" | "chomp" | "indent" | "urlencode" => {
            Effect::Pass
        }
        "try" | "coalesce" | "coalescelist" => Effect::Choice,
        "join" | "format" => Effect::Build,
        "lower" => Effect::Change(str::to_lowercase),
        "upper" => Effect::Change(str::to_uppercase),
        "title" => Effect::Change(str::to_owned),
        "strrev" => Effect::Change(|text| text.chars().rev().collect()),
        "base64decode" | "textdecodebase64" => Effect::Change(|text| {
            let bytes = STANDARD.decode(text.trim()).unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        }),
        "concat" | "merge" | "lookup" | "element" | "index" | "slice" | "setunion" | "zipmap"
        | "split" | "replace" | "substr" | "trimprefix" | "trimsuffix" | "trim" | "formatlist" => {
            Effect::Collection
        }
        _ => Effect::Ends,
    }
}

/// The value of a call.
pub fn call<'p>(
    evaluator: &Evaluator<'p>,
    scope: &Scope,
    name: &str,
    arguments: &'p [Expr],
    span: Span,
) -> Value {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let argument = |n: usize| match arguments.get(n) {
        Some(argument) => evaluator.eval(scope, argument),
        None => Value::Unknown,
    };
    match effect(name) {
        Effect::Pass => argument(0),
        Effect::Choice => Value::any((0..arguments.len()).map(argument).collect()),
        Effect::Build => build(evaluator, scope, name, arguments, span),
        Effect::Change(change) => change_text(argument(0), change),
        Effect::Collection => collection(name, arguments.len(), argument),
        Effect::Ends if name == "templatefile" || name == "file" || name == "templatestring" => {
            // What the file holds is judged where it stands; the values passed in are judged here.
            argument(1)
        }
        Effect::Ends => Value::Unknown,
    }
}

fn change_text(value: Value, change: fn(&str) -> String) -> Value {
    match value {
        Value::Text(text) if text.has_hole() => Value::Text(text),
        Value::Text(text) => {
            let changed = change(&text.text);
            Value::Text(text.changed(changed))
        }
        Value::Unknown => Value::Unknown,
        other => {
            let texts = other.texts().into_iter().map(Value::Text);
            Value::any(texts.map(|text| change_text(text, change)).collect())
        }
    }
}

fn build<'p>(
    evaluator: &Evaluator<'p>,
    scope: &Scope,
    name: &str,
    arguments: &'p [Expr],
    span: Span,
) -> Value {
    let values: Vec<Value> = arguments
        .iter()
        .map(|argument| evaluator.eval(scope, argument))
        .collect();
    let mut values = values.into_iter();
    let mut texts = match name {
        "join" => {
            let separator = known(values.next());
            let items = values.flat_map(|value| match &value {
                Value::Text(_) => vec![value],
                _ => value.elements(),
            });
            join(separator, items)
        }
        _ => format(known(values.next()), values),
    };
    evaluator.spend(&texts);
    for text in &mut texts {
        text.built = Some((scope.file, span));
    }
    Value::any(texts.into_iter().map(Value::Text).collect())
}

fn known(value: Option<Value>) -> Text {
    value
        .and_then(|value| value.texts().into_iter().next())
        .unwrap_or_else(Text::hole)
}

fn choices(value: Value) -> Vec<Text> {
    match value.texts() {
        texts if texts.is_empty() => vec![Text::hole()],
        texts => texts,
    }
}

/// The texts of a join.
pub(super) fn join(separator: Text, items: impl Iterator<Item = Value>) -> Vec<Text> {
    let mut texts = vec![Text::default()];
    for (n, item) in items.enumerate() {
        if n > 0 {
            texts = combine(texts, vec![separator.clone()]);
        }
        texts = combine(texts, choices(item));
    }
    texts
}

fn format(form: Text, mut values: impl Iterator<Item = Value>) -> Vec<Text> {
    let mut texts = vec![Text::default()];
    let mut start = 0;
    let bytes = form.text.as_bytes();
    let mut at = 0;
    while let Some(found) = form.text.get(at..).and_then(|rest| rest.find('%')) {
        let percent = at + found;
        if bytes.get(percent + 1) == Some(&b'%') {
            texts = combine(texts, vec![form.slice(start..percent + 1)]);
            at = percent + 2;
            start = at;
            continue;
        }
        let rest = bytes.get(percent + 1..).unwrap_or_default();
        let len = rest.iter().take_while(|b| !b.is_ascii_alphabetic()).count();
        texts = combine(texts, vec![form.slice(start..percent)]);
        texts = combine(
            texts,
            values.next().map_or_else(|| vec![Text::hole()], choices),
        );
        at = (percent + 2 + len).min(form.text.len());
        start = at;
    }
    combine(texts, vec![form.slice(start..form.text.len())])
}

fn collection(name: &str, count: usize, argument: impl Fn(usize) -> Value) -> Value {
    match name {
        "concat" | "setunion" => {
            Value::list((0..count).flat_map(|n| argument(n).elements()).collect())
        }
        "merge" => {
            let mut fields: Vec<Field> = Vec::new();
            for n in 0..count {
                fields.extend(argument(n).fields());
            }
            Value::map(fields)
        }
        "lookup" => {
            let found = match argument(1).known_text() {
                Some(key) => argument(0).get(&key),
                None => Value::any(argument(0).elements()),
            };
            Value::any(vec![found, argument(2)])
        }
        "element" => match argument(1).known_text() {
            Some(index) => argument(0).get(&index),
            None => Value::any(argument(0).elements()),
        },
        "zipmap" => Value::list(argument(1).elements()),
        "formatlist" => Value::Unknown,
        "slice" | "index" => argument(0),
        "split" => split(argument(0), argument(1)),
        _ => change(name, &argument),
    }
}

fn split(separator: Value, value: Value) -> Value {
    let (separator, text) = (known(Some(separator)), known(Some(value)));
    if text.has_hole() || separator.has_hole() || separator.text.is_empty() {
        return Value::Unknown;
    }
    let mut items = Vec::new();
    let mut start = 0;
    for piece in text.text.split(&separator.text).take(256) {
        items.push(Value::Text(text.slice(start..start + piece.len())));
        start += piece.len() + separator.text.len();
    }
    Value::list(items)
}

fn change(name: &str, argument: &impl Fn(usize) -> Value) -> Value {
    let texts = argument(0).texts().into_iter().map(|text| {
        let (first, second) = (known(Some(argument(1))), known(Some(argument(2))));
        if text.has_hole() || first.has_hole() {
            return Value::Text(text);
        }
        let changed = match name {
            "replace" if !second.has_hole() && !first.text.starts_with('/') => {
                text.text.replace(&first.text, &second.text)
            }
            "trimprefix" => text.text.trim_start_matches(&first.text).to_owned(),
            "trimsuffix" => text.text.trim_end_matches(&first.text).to_owned(),
            "trim" => text
                .text
                .trim_matches(|c| first.text.contains(c))
                .to_owned(),
            _ => return Value::Text(text),
        };
        match changed == text.text {
            true => Value::Text(text),
            false => Value::Text(text.changed(changed)),
        }
    });
    Value::any(texts.collect())
}
