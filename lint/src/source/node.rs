//! The tree of a YAML or JSON document, with byte spans.

use std::sync::Arc;

use super::span::Span;

/// One value of a document.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value with its quotes, without its tag.
    pub span: Span,
    /// The YAML tag without its leading `!`, such as `Sub`.
    pub tag: Option<Box<str>>,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of value.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Nothing, `null` or `~`.
    Null,
    /// A string, number or boolean.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A map; duplicate keys are kept.
    Mapping(Vec<Entry>),
    /// A YAML alias of another node.
    Alias(Arc<Node>),
}

/// A string, number or boolean.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The decoded text, where it differs from what stands in the file.
    pub decoded: Option<Box<str>>,
    /// How it is written.
    pub style: Style,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes (YAML or JSON).
    Double,
    /// A YAML block (`|` or `>`).
    Block,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text of a scalar, decoded.
    pub fn text<'n>(&'n self, file: &'n str) -> Option<&'n str> {
        match &self.resolved().kind {
            NodeKind::Scalar(scalar) => Some(match &scalar.decoded {
                Some(text) => text,
                None => self.resolved().inner_span().of(file),
            }),
            _ => None,
        }
    }

    /// The span without quotes.
    pub fn inner_span(&self) -> Span {
        match &self.kind {
            NodeKind::Scalar(Scalar {
                style: Style::Single | Style::Double,
                ..
            }) if self.span.len() >= 2 => Span {
                start: self.span.start + 1,
                end: self.span.end - 1,
            },
            _ => self.span,
        }
    }

    /// The node itself, or what its alias stands for.
    pub fn resolved(&self) -> &Self {
        let mut node = self;
        // An alias can only point backwards, so this ends.
        while let NodeKind::Alias(target) = &node.kind {
            node = target;
        }
        node
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.resolved().kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.resolved().kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The entries of a map that stand here; those behind an alias stand elsewhere. To walk a whole tree
    /// in bounded time, walk these.
    pub fn own_entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list that stand here.
    pub fn own_items(&self) -> &[Self] {
        match &self.kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The value of a key.
    pub fn get(&self, file: &str, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|entry| entry.key.text(file) == Some(key))
            .map(|e| &e.value)
    }
}
