//! `jsondecode`, `yamldecode`, `csvdecode`: text read as data, with the way back to its bytes.

use crate::resolve::value::{Field, Text, Value};
use crate::source::node::{Node, NodeKind};
use crate::source::{json, yaml};

/// Rows of a table that are read.
const MAX_ROWS: usize = 256;
/// Longer texts stay texts.
const MAX_PARSED: usize = 64 * 1024;

pub(super) fn call(name: &str, value: &Value) -> Value {
    match value {
        Value::Text(text) if text.text.len() > MAX_PARSED => Value::Unknown,
        Value::Text(text) => match name {
            "jsondecode" => parsed(text, &json::parse(&text.text).root),
            "csvdecode" => rows(text),
            _ => yaml::parse(&text.text)
                .roots
                .first()
                .map_or(Value::Unknown, |root| parsed(text, root)),
        },
        Value::Any(values) => Value::any(values.iter().map(|one| call(name, one)).collect()),
        // What `jsonencode` was given is passed through as it was.
        other => other.clone(),
    }
}

/// A node of a text as a value; each scalar keeps the place of its bytes.
pub fn parsed(text: &Text, node: &Node) -> Value {
    match &node.kind {
        NodeKind::Null | NodeKind::Alias(_) => Value::Unknown,
        NodeKind::Scalar(scalar) => {
            let slice = text.slice(node.inner_span().range());
            Value::Text(match &scalar.decoded {
                Some(decoded) if **decoded != slice.text => slice.changed(decoded.to_string()),
                _ => slice,
            })
        }
        NodeKind::Sequence(items) => {
            Value::list(items.iter().map(|item| parsed(text, item)).collect())
        }
        NodeKind::Mapping(entries) => {
            let field = |entry: &crate::source::node::Entry| Field {
                key: entry.key.text(&text.text).unwrap_or_default().to_owned(),
                value: parsed(text, &entry.value),
            };
            Value::map(entries.iter().map(field).collect())
        }
    }
}

fn rows(text: &Text) -> Value {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.text.split('\n').take(MAX_ROWS) {
        let mut cells = Vec::new();
        let mut at = start;
        for cell in line.trim_end_matches('\r').split(',') {
            let quotes =
                usize::from(cell.len() >= 2 && cell.starts_with('"') && cell.ends_with('"'));
            cells.push(text.slice(at + quotes..at + cell.len() - quotes));
            at += cell.len() + 1;
        }
        lines.push(cells);
        start += line.len() + 1;
    }
    let mut lines = lines.into_iter();
    let names: Vec<String> = lines
        .next()
        .unwrap_or_default()
        .into_iter()
        .map(|cell| cell.text)
        .collect();
    let row = |cells: Vec<Text>| {
        let fields = names.iter().zip(cells).map(|(name, cell)| Field {
            key: name.clone(),
            value: Value::Text(cell),
        });
        Value::map(fields.collect())
    };
    Value::list(lines.map(row).collect())
}
