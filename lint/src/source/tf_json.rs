//! Terraform's JSON syntax (`.tf.json`, `.tfvars.json`) as the same tree as the native syntax.

use super::decode::{self, Decoded};
use super::hcl::ast::{
    Attribute, Block, Body, Expr, ExprKind, Form, Item, ObjectItem, Part, Step, Template,
};
use super::hcl::parse_template;
use super::node::{Entry, Node, NodeKind, Style};
use super::span::Span;

/// Top-level block types and how many labels each has.
const BLOCKS: &[(&str, usize)] = &[
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("variable", 1),
    ("output", 1),
    ("module", 1),
    ("provider", 1),
    ("check", 1),
    ("terraform", 0),
    ("locals", 0),
];

/// The body of a configuration file.
pub fn configuration(text: &str, root: &Node) -> Body {
    let mut body = Body {
        items: Vec::new(),
        span: root.span,
    };
    for entry in root.entries() {
        let name = entry.key.text(text).unwrap_or_default();
        if let Some((_, labels)) = BLOCKS.iter().find(|(block, _)| *block == name) {
            blocks(
                text,
                entry,
                &entry.value,
                *labels,
                &mut Vec::new(),
                &mut body,
            );
        } else {
            body.items.push(attribute(text, entry));
        }
    }
    body
}

/// The body of a variable definitions file.
pub fn variables(text: &str, root: &Node) -> Body {
    let items = root
        .entries()
        .iter()
        .map(|entry| attribute(text, entry))
        .collect();
    Body {
        items,
        span: root.span,
    }
}

fn blocks(
    text: &str,
    entry: &Entry,
    value: &Node,
    labels: usize,
    found: &mut Vec<Span>,
    body: &mut Body,
) {
    for item in value.items() {
        blocks(text, entry, item, labels, found, body);
    }
    if value.entries().is_empty() {
        return;
    }
    if labels > 0 {
        for inner in value.entries() {
            found.push(inner.key.inner_span());
            blocks(text, entry, &inner.value, labels - 1, found, body);
            found.pop();
        }
        return;
    }
    let span = value.span.join(found.last().copied().unwrap_or(value.span));
    body.items.push(Item::Block(Block {
        name: entry.key.inner_span(),
        labels: found.clone(),
        body: variables(text, value),
        span,
    }));
}

fn attribute(text: &str, entry: &Entry) -> Item {
    Item::Attribute(Attribute {
        name: entry.key.inner_span(),
        value: expression(text, &entry.value),
    })
}

fn expression(text: &str, node: &Node) -> Expr {
    let kind = match &node.kind {
        NodeKind::Null | NodeKind::Alias(_) => ExprKind::Null,
        NodeKind::Sequence(items) => {
            ExprKind::Tuple(items.iter().map(|item| expression(text, item)).collect())
        }
        NodeKind::Mapping(entries) => ExprKind::Object(
            entries
                .iter()
                .map(|entry| ObjectItem {
                    key: string(text, &entry.key),
                    value: expression(text, &entry.value),
                })
                .collect(),
        ),
        NodeKind::Scalar(scalar) if scalar.style == Style::Plain => match node.text(text) {
            Some("true") => ExprKind::Bool(true),
            Some("false") => ExprKind::Bool(false),
            _ => ExprKind::Number,
        },
        NodeKind::Scalar(_) => return string(text, node),
    };
    Expr {
        span: node.span,
        kind,
    }
}

fn string(text: &str, node: &Node) -> Expr {
    let inner = node.inner_span();
    let value = node.text(text).unwrap_or_default();
    let mut parts = vec![Part::Literal(inner)];
    if value.contains("${") || value.contains("%{") {
        let decoded = decode::json(text, inner);
        if let Some(found) = parse_template(&decoded.text) {
            parts = found;
            parts.iter_mut().for_each(|part| move_part(part, &decoded));
        }
    } else if value.is_empty() {
        parts.clear();
    }
    let template = Template {
        parts,
        form: Form::Json,
    };
    Expr {
        span: node.span,
        kind: ExprKind::Template(template),
    }
}

/// Maps a span of the decoded text to the file.
fn moved(span: Span, decoded: &Decoded) -> Span {
    let place = |at: u32| {
        let index = decoded
            .runs
            .partition_point(|run| run.at <= at)
            .saturating_sub(1);
        decoded.runs.get(index).map_or(at, |run| {
            let offset = if run.is_exact() {
                at.saturating_sub(run.at)
            } else {
                0
            };
            run.source.start + offset
        })
    };
    let end = place(span.end.saturating_sub(1)).saturating_add(1);
    Span {
        start: place(span.start),
        end: end.max(place(span.start)),
    }
}

fn move_part(part: &mut Part, decoded: &Decoded) {
    match part {
        Part::Literal(span) => *span = moved(*span, decoded),
        Part::Interpolation(expr) => move_expr(expr, decoded),
        Part::Directive(exprs) => exprs.iter_mut().for_each(|expr| move_expr(expr, decoded)),
    }
}

fn move_expr(expr: &mut Expr, decoded: &Decoded) {
    expr.span = moved(expr.span, decoded);
    let each = |inner: &mut Expr| move_expr(inner, decoded);
    match &mut expr.kind {
        ExprKind::Template(template) => {
            template
                .parts
                .iter_mut()
                .for_each(|part| move_part(part, decoded));
        }
        ExprKind::Reference(name, steps) => {
            *name = moved(*name, decoded);
            move_steps(steps, decoded);
        }
        ExprKind::Access(base, steps) => {
            each(base);
            move_steps(steps, decoded);
        }
        ExprKind::Call(name, arguments) => {
            *name = moved(*name, decoded);
            arguments.iter_mut().for_each(each);
        }
        ExprKind::Tuple(items) => items.iter_mut().for_each(each),
        ExprKind::Object(items) => items.iter_mut().for_each(|item| {
            move_expr(&mut item.key, decoded);
            move_expr(&mut item.value, decoded);
        }),
        ExprKind::For(inner) => {
            inner
                .names
                .iter_mut()
                .for_each(|name| *name = moved(*name, decoded));
            move_expr(&mut inner.over, decoded);
            inner.key.iter_mut().for_each(|key| move_expr(key, decoded));
            move_expr(&mut inner.value, decoded);
        }
        ExprKind::Conditional(three) => three.iter_mut().for_each(each),
        ExprKind::Binary(operands) => operands.iter_mut().for_each(each),
        ExprKind::Unary(inner) | ExprKind::Paren(inner) => each(inner),
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number | ExprKind::Broken => {}
    }
}

fn move_steps(steps: &mut [Step], decoded: &Decoded) {
    for step in steps {
        match step {
            Step::Name(name) => *name = moved(*name, decoded),
            Step::Index(index) => move_expr(index, decoded),
            Step::Splat => {}
        }
    }
}
