//! YAML with spans, tags and comments. Events come from granit-parser; the tree is ours.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle};

use super::node::{Entry, Node, NodeKind, Scalar, Style};
use super::span::Span;

/// How deeply a document may nest.
const MAX_DEPTH: usize = 200;

/// The documents of a YAML file.
#[derive(Debug, Default)]
pub struct Documents {
    /// The documents that could be read.
    pub roots: Vec<Node>,
    /// Comments with their `#`.
    pub comments: Vec<Span>,
    /// Byte and text of the first error.
    pub error: Option<(usize, String)>,
}

/// A list or map under construction.
struct Open {
    start: usize,
    tag: Option<Box<str>>,
    anchor: usize,
    nodes: Vec<Node>,
    is_map: bool,
}

#[derive(Default)]
struct Builder {
    documents: Documents,
    open: Vec<Open>,
    anchors: HashMap<usize, Arc<Node>>,
    end: usize,
}

/// Parses a file. After an error, what was open is closed and kept.
pub fn parse(text: &str) -> Documents {
    let mut builder = Builder::default();
    for next in Parser::new_from_str(text) {
        match next {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or_default();
                if builder.open.len() > MAX_DEPTH {
                    builder.fail(range.start, "this is nested too deeply".to_owned());
                    break;
                }
                builder.event(event, Span::new(range.start, range.end), text);
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(builder.end);
                builder.fail(at, error.info().to_owned());
                break;
            }
        }
    }
    while !builder.open.is_empty() {
        builder.close();
    }
    builder.documents
}

fn tag_name(tag: Option<&granit_parser::Tag>) -> Option<Box<str>> {
    let tag = tag?;
    (tag.handle() == "!").then(|| tag.suffix().into())
}

impl Builder {
    fn fail(&mut self, at: usize, message: String) {
        self.documents.error.get_or_insert((at, message));
    }

    fn event(&mut self, event: Event<'_>, span: Span, text: &str) {
        self.end = self.end.max(span.end as usize);
        match event {
            Event::Comment(..) => self.documents.comments.push(span),
            Event::Scalar(value, style, anchor, tag) => {
                let node = scalar(&value, style, span, tag_name(tag.as_deref()), text);
                self.add(node, anchor);
            }
            Event::Alias(id) => {
                let kind = self
                    .anchors
                    .get(&id)
                    .cloned()
                    .map_or(NodeKind::Null, NodeKind::Alias);
                self.add(
                    Node {
                        span,
                        tag: None,
                        kind,
                    },
                    0,
                );
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(span, anchor, tag_name(tag.as_deref()), false);
            }
            Event::MappingStart(_, anchor, tag) => {
                self.start(span, anchor, tag_name(tag.as_deref()), true);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
    }

    fn start(&mut self, span: Span, anchor: usize, tag: Option<Box<str>>, is_map: bool) {
        let start = span.start as usize;
        self.open.push(Open {
            start,
            tag,
            anchor,
            nodes: Vec::new(),
            is_map,
        });
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let end = open
            .nodes
            .last()
            .map_or(self.end, |node| node.span.end as usize);
        let span = Span::new(open.start, end.max(open.start));
        let kind = if open.is_map {
            let mut entries = Vec::with_capacity(open.nodes.len() / 2);
            let mut nodes = open.nodes.into_iter();
            while let Some(key) = nodes.next() {
                let at = key.span.end as usize;
                let value = nodes.next().unwrap_or(Node {
                    span: Span::new(at, at),
                    tag: None,
                    kind: NodeKind::Null,
                });
                entries.push(Entry { key, value });
            }
            NodeKind::Mapping(entries)
        } else {
            NodeKind::Sequence(open.nodes)
        };
        self.add(
            Node {
                span,
                tag: open.tag,
                kind,
            },
            open.anchor,
        );
    }

    fn add(&mut self, node: Node, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, Arc::new(node.clone()));
        }
        match self.open.last_mut() {
            Some(open) => open.nodes.push(node),
            None => self.documents.roots.push(node),
        }
    }
}

fn scalar(value: &str, style: ScalarStyle, span: Span, tag: Option<Box<str>>, text: &str) -> Node {
    let style = match style {
        ScalarStyle::SingleQuoted => Style::Single,
        ScalarStyle::DoubleQuoted => Style::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        ScalarStyle::Plain => Style::Plain,
    };
    if style == Style::Plain && matches!(value, "" | "~" | "null" | "Null" | "NULL") {
        return Node {
            span,
            tag,
            kind: NodeKind::Null,
        };
    }
    let kind = NodeKind::Scalar(Scalar {
        decoded: None,
        style,
    });
    let mut node = Node { span, tag, kind };
    if node.inner_span().of(text) != value {
        node.kind = NodeKind::Scalar(Scalar {
            decoded: Some(value.into()),
            style,
        });
    }
    node
}
