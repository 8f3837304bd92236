//! Bodies, attributes and blocks, with recovery: one broken item does not cost its neighbours.

use super::ast::{Attribute, Block, Body, Expr, ExprKind, Item, SyntaxError};
use super::cursor::{Cursor, Parsed};
use super::recover;
use crate::source::span::Span;

impl Cursor<'_> {
    /// A body up to the closing brace (which stays unread) or the end of the file.
    pub(super) fn body(&mut self, top: bool) -> Body {
        let mut body = Body::default();
        let start = self.at;
        loop {
            self.blank_lines();
            match self.peek() {
                None => break,
                Some(b'}') if !top => break,
                _ => {}
            }
            if !top && self.column_ends && recover::opens_block(self) {
                break;
            }
            let begin = self.at;
            match self.item() {
                Ok(item) => body.items.push(item),
                Err(error) => self.skip_broken(begin, error, &mut body),
            }
        }
        body.span = Span::new(start, self.at);
        body
    }

    /// Notes the error, skips the broken item, and keeps what can be kept of it.
    fn skip_broken(&mut self, begin: usize, error: SyntaxError, body: &mut Body) {
        let end = recover::end_of_item(self.bytes, begin, self.at.max(begin));
        let text = Span::new(begin, end);
        if let Some(name) = recover::attribute_name(self.text, text) {
            let value = Expr {
                span: Span::new(name.end as usize, end),
                kind: ExprKind::Broken,
            };
            body.items.push(Item::Attribute(Attribute { name, value }));
        }
        self.errors.push(error);
        self.at = end.max(begin + 1).min(self.bytes.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        let start = self.at;
        let Some(name) = self.name() else {
            return self.error("expected the name of an argument or a block");
        };
        self.blanks();
        if self.peek() == Some(b'=') && self.peek_at(1) != Some(b'=') {
            self.at += 1;
            let value = self.nested(true, Self::expression)?;
            self.end_of_line()?;
            return Ok(Item::Attribute(Attribute { name, value }));
        }
        let labels = self.labels()?;
        let body = self.nested(true, |cursor| {
            let body = cursor.body(false);
            if !cursor.eat(b'}') {
                if cursor.column_ends {
                    cursor.errors.push(SyntaxError {
                        at: name,
                        message: "this block is never closed with }",
                    });
                    return Ok(body);
                }
                return Err(SyntaxError {
                    at: name,
                    message: "this block is never closed with }",
                });
            }
            Ok(body)
        })?;
        let span = Span::new(start, self.at);
        self.end_of_line()?;
        Ok(Item::Block(Block {
            name,
            labels,
            body,
            span,
        }))
    }

    fn labels(&mut self) -> Parsed<Vec<Span>> {
        let mut labels = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    return Ok(labels);
                }
                Some(b'"') => {
                    let start = self.at + 1;
                    self.at = start;
                    loop {
                        match self.peek() {
                            Some(b'"') => break,
                            Some(b'\\') => self.at += 2,
                            Some(b'\n') | None => return self.error("this label has no end"),
                            Some(_) => self.at += 1,
                        }
                    }
                    labels.push(Span::new(start, self.at));
                    self.at += 1;
                }
                _ => match self.name() {
                    Some(label) => labels.push(label),
                    None => return self.error("expected =, a label or {"),
                },
            }
        }
    }

    /// After an item there must be a line end, a closing brace or the end of the file.
    fn end_of_line(&mut self) -> Parsed<()> {
        self.blanks();
        match self.peek() {
            None | Some(b'\n' | b'}') => Ok(()),
            // A block that recovery closed for want of a brace ends where the next one starts.
            Some(_) if self.column_ends && self.in_first_column() => Ok(()),
            Some(_) => self.error("expected a line end after this"),
        }
    }
}
