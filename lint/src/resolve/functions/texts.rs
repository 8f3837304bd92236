//! Functions on texts: built, changed, cut.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{known, number};
use crate::resolve::terraform::{Evaluator, Scope, combine};
use crate::resolve::value::{Text, Value};
use crate::source::span::Span;

/// Elements that `formatlist` makes and `split` cuts.
const MAX_PARTS: usize = 256;

pub(super) fn build(
    evaluator: &Evaluator<'_>,
    scope: &Scope,
    name: &str,
    values: Vec<Value>,
    span: Span,
) -> Value {
    let mut values = values.into_iter();
    let first = values.next().unwrap_or(Value::Unknown);
    if name == "formatlist" {
        return format_list(
            evaluator,
            scope,
            &known(&first),
            &values.collect::<Vec<_>>(),
            span,
        );
    }
    let texts = match name {
        "join" => {
            let items = values.flat_map(|value| match &value {
                Value::Text(_) => vec![value],
                _ => value.elements(),
            });
            join(known(&first), items)
        }
        _ => format(&known(&first), values),
    };
    Value::any(finished(evaluator, scope, texts, span))
}

fn finished(evaluator: &Evaluator<'_>, scope: &Scope, texts: Vec<Text>, span: Span) -> Vec<Value> {
    evaluator.spend(&texts);
    let built = |mut text: Text| {
        text.built = Some((scope.file, span));
        Value::Text(text)
    };
    texts.into_iter().map(built).collect()
}

/// `formatlist`: one text for each element of the lists among the arguments.
fn format_list(
    evaluator: &Evaluator<'_>,
    scope: &Scope,
    form: &Text,
    values: &[Value],
    span: Span,
) -> Value {
    let lists: Vec<Vec<Value>> = values.iter().map(Value::elements).collect();
    let count = lists.iter().map(Vec::len).max().unwrap_or_default();
    let mut items = Vec::new();
    for n in 0..count.min(MAX_PARTS) {
        let row = values
            .iter()
            .zip(&lists)
            .map(|(value, list)| match list.get(n) {
                Some(item) => item.clone(),
                None => value.clone(),
            });
        let texts = format(form, row);
        items.push(Value::any(finished(evaluator, scope, texts, span)));
    }
    Value::list(items)
}

fn choices(value: Value) -> Vec<Text> {
    match value.texts() {
        texts if texts.is_empty() => vec![Text::hole()],
        texts => texts,
    }
}

/// The texts of a join.
pub(in crate::resolve) fn join(separator: Text, items: impl Iterator<Item = Value>) -> Vec<Text> {
    let mut texts = vec![Text::default()];
    for (n, item) in items.enumerate() {
        if n > 0 {
            texts = combine(texts, vec![separator.clone()]);
        }
        texts = combine(texts, choices(item));
    }
    texts
}

fn format(form: &Text, mut values: impl Iterator<Item = Value>) -> Vec<Text> {
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

/// Functions whose result is another text of which each byte is known.
pub(super) fn change(name: &str, value: Value, argument: &impl Fn(usize) -> Value) -> Value {
    match value {
        Value::Text(text) if text.has_hole() => Value::Text(text),
        Value::Text(text) => match changed(name, &text.text, argument) {
            Some(changed) if changed != text.text => Value::Text(text.changed(changed)),
            _ => Value::Text(text),
        },
        Value::Unknown => Value::Unknown,
        other => {
            let texts = other.texts().into_iter().map(Value::Text);
            Value::any(texts.map(|text| change(name, text, argument)).collect())
        }
    }
}

fn changed(name: &str, text: &str, argument: &impl Fn(usize) -> Value) -> Option<String> {
    Some(match name {
        "lower" => text.to_lowercase(),
        "upper" => text.to_uppercase(),
        "title" => title(text),
        "strrev" => text.chars().rev().collect(),
        "base64decode" | "textdecodebase64" => {
            String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?
        }
        "replace" => {
            let (from, to) = (argument(1).known_text()?, argument(2).known_text()?);
            let pattern = from
                .strip_prefix('/')
                .and_then(|rest| rest.strip_suffix('/'));
            match pattern {
                Some(pattern) => regex::Regex::new(pattern)
                    .ok()?
                    .replace_all(text, to)
                    .into_owned(),
                None => text.replace(&from, &to),
            }
        }
        _ => return None,
    })
}

fn title(text: &str) -> String {
    let mut starts = true;
    let mut title = String::new();
    for c in text.chars() {
        match starts {
            true => title.extend(c.to_uppercase()),
            false => title.push(c),
        }
        starts = !c.is_alphanumeric();
    }
    title
}

/// Functions whose result is a part of the text, or its parts.
pub(super) fn cut(name: &str, argument: &impl Fn(usize) -> Value) -> Value {
    match name {
        "split" => split(&known(&argument(0)), &argument(1)),
        // Which part an expression picks is not worked out: it may be all of it.
        "regex" | "regexall" => argument(1),
        "substr" => {
            let (from, len) = (number(&argument(1)), number(&argument(2)));
            each(&argument(0), |text| substr(text, from?, len?))
        }
        _ => {
            let marks = known(&argument(1));
            each(&argument(0), |text| trimmed(name, text, &marks))
        }
    }
}

/// Applies a cut to each text that is known in full; the others stay as they are.
fn each(value: &Value, cut: impl Fn(&Text) -> Option<std::ops::Range<usize>>) -> Value {
    let texts = value.texts().into_iter().map(|text| {
        if text.has_hole() {
            return Value::Text(text);
        }
        match cut(&text) {
            Some(range) if range != (0..text.text.len()) => Value::Text(text.slice(range)),
            _ => Value::Text(text),
        }
    });
    Value::any(texts.collect())
}

fn substr(text: &Text, from: i64, len: i64) -> Option<std::ops::Range<usize>> {
    let text = &text.text;
    let count = i64::try_from(text.chars().count()).ok()?;
    let from = if from < 0 {
        count.checked_add(from)?
    } else {
        from
    };
    let to = if len < 0 {
        count
    } else {
        from.checked_add(len)?.min(count)
    };
    let byte = |n: i64| {
        let n = usize::try_from(n.max(0)).ok()?;
        Some(text.char_indices().nth(n).map_or(text.len(), |(at, _)| at))
    };
    let (start, end) = (byte(from)?, byte(to)?);
    (start <= end).then_some(start..end)
}

fn trimmed(name: &str, text: &Text, marks: &Text) -> Option<std::ops::Range<usize>> {
    let whole = text.text.as_str();
    if name != "trimspace" && marks.has_hole() {
        return None;
    }
    let inner = match name {
        "trimspace" => whole.trim(),
        "trimprefix" => whole.strip_prefix(&*marks.text).unwrap_or(whole),
        "trimsuffix" => whole.strip_suffix(&*marks.text).unwrap_or(whole),
        "trim" => whole.trim_matches(|c| marks.text.contains(c)),
        _ => whole,
    };
    // Where the rest starts: it is a part of the whole.
    let start = whole.find(inner)?;
    let start = match name {
        "trimprefix" => whole.len() - inner.len(),
        _ => start,
    };
    Some(start..start + inner.len())
}

fn split(separator: &Text, value: &Value) -> Value {
    if separator.has_hole() || separator.text.is_empty() {
        return Value::Unknown;
    }
    let lists = value
        .texts()
        .into_iter()
        .map(|text| split_text(&separator.text, &text));
    Value::any(lists.collect())
}

/// The parts of a text between separators, with their places; unknown where it is not known in full.
pub(in crate::resolve) fn split_text(separator: &str, text: &Text) -> Value {
    if text.has_hole() {
        return Value::Unknown;
    }
    let mut items = Vec::new();
    let mut start = 0;
    for piece in text.text.split(separator).take(MAX_PARTS) {
        items.push(Value::Text(text.slice(start..start + piece.len())));
        start += piece.len() + separator.len();
    }
    Value::list(items)
}
