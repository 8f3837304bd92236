//! JSON with spans. Comments and trailing commas are accepted; a syntax error keeps what was read.

use super::decode;
use super::node::{Entry, Node, NodeKind, Scalar, Style};
use super::span::Span;

/// How deeply a document may nest.
const MAX_DEPTH: u16 = 200;

/// A parsed document.
#[derive(Debug)]
pub struct Document {
    /// The value; what was read before an error.
    pub root: Node,
    /// Comments, as some tools allow them.
    pub comments: Vec<Span>,
    /// The first error.
    pub error: Option<(usize, &'static str)>,
}

/// Parses a document.
pub fn parse(text: &str) -> Document {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at,
        depth: 0,
        comments: Vec::new(),
        error: None,
    };
    let root = reader.value();
    reader.blanks();
    if reader.at < reader.bytes.len() {
        reader.fail("there is text after the end of the document");
    }
    Document {
        root,
        comments: reader.comments,
        error: reader.error,
    }
}

struct Reader<'s> {
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    depth: u16,
    comments: Vec<Span>,
    error: Option<(usize, &'static str)>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn fail(&mut self, message: &'static str) {
        if self.error.is_none() {
            self.error = Some((self.at, message));
        }
    }

    fn blanks(&mut self) {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            match rest.first() {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                Some(b'/') if rest.starts_with(b"//") => {
                    let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    self.comments.push(Span::new(self.at, self.at + len));
                    self.at += len;
                }
                Some(b'/') if rest.starts_with(b"/*") => {
                    let len = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |len| len + 2);
                    self.comments.push(Span::new(self.at, self.at + len));
                    self.at += len;
                }
                _ => return,
            }
        }
    }

    fn value(&mut self) -> Node {
        self.blanks();
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{' | b'[') if self.depth >= MAX_DEPTH => {
                self.fail("this is nested too deeply");
                NodeKind::Null
            }
            Some(b'{') => self.mapping(),
            Some(b'[') => self.sequence(),
            Some(b'"') => return self.string(),
            Some(_) => self.word(),
            None => {
                self.fail("expected a value");
                NodeKind::Null
            }
        };
        Node {
            span: Span::new(start, self.at),
            tag: None,
            kind,
        }
    }

    fn word(&mut self) -> NodeKind {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b))
        {
            self.at += 1;
        }
        match self.text.get(start..self.at) {
            Some("null") => NodeKind::Null,
            Some(word) if word == "true" || word == "false" || is_number(word) => {
                NodeKind::Scalar(Scalar {
                    decoded: None,
                    style: Style::Plain,
                })
            }
            _ => {
                self.at = start;
                self.fail("expected a value");
                NodeKind::Null
            }
        }
    }

    fn string(&mut self) -> Node {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => {
                    escaped = true;
                    self.at += 2;
                }
                Some(_) => self.at += 1,
                None => {
                    self.at = start;
                    self.fail("this string has no closing quote");
                    return Node {
                        span: Span::new(start, start),
                        tag: None,
                        kind: NodeKind::Null,
                    };
                }
            }
        }
        let span = Span::new(start, self.at);
        let inner = Span::new(start + 1, self.at.saturating_sub(1));
        let decoded = escaped.then(|| decode::json(self.text, inner).text.into());
        Node {
            span,
            tag: None,
            kind: NodeKind::Scalar(Scalar {
                decoded,
                style: Style::Double,
            }),
        }
    }

    fn mapping(&mut self) -> NodeKind {
        self.at += 1;
        self.depth += 1;
        let mut entries = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(b'"') => {}
                _ => {
                    self.fail("expected a key in double quotes or }");
                    break;
                }
            }
            let key = self.string();
            self.blanks();
            if self.error.is_some() {
                break;
            }
            if self.peek() != Some(b':') {
                self.fail("expected a colon after the key");
                break;
            }
            self.at += 1;
            let value = self.value();
            entries.push(Entry { key, value });
            self.blanks();
            if self.error.is_some() {
                break;
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {}
                _ => {
                    self.fail("expected a comma or }");
                    break;
                }
            }
        }
        self.depth -= 1;
        NodeKind::Mapping(entries)
    }

    fn sequence(&mut self) -> NodeKind {
        self.at += 1;
        self.depth += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.peek() == Some(b']') {
                self.at += 1;
                break;
            }
            let item = self.value();
            items.push(item);
            self.blanks();
            if self.error.is_some() {
                break;
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {}
                _ => {
                    self.fail("expected a comma or ]");
                    break;
                }
            }
        }
        self.depth -= 1;
        NodeKind::Sequence(items)
    }
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-') && word.parse::<f64>().is_ok()
}
