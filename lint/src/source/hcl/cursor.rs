//! Reading position of the HCL parser: bytes, blanks, comments, names.

use super::ast::SyntaxError;
use crate::source::span::Span;

/// How deeply expressions and blocks may nest. Terraform code stays below 30.
pub(super) const MAX_DEPTH: u16 = 160;

pub(super) type Parsed<T> = Result<T, SyntaxError>;

pub(super) struct Cursor<'s> {
    pub(super) text: &'s str,
    pub(super) bytes: &'s [u8],
    pub(super) at: usize,
    /// Whether a line end ends the expression at hand.
    pub(super) line_ends: bool,
    pub(super) depth: u16,
    pub(super) comments: Vec<Span>,
    pub(super) errors: Vec<SyntaxError>,
    /// Whether a top-level keyword in the first column ends every open block.
    pub(super) column_ends: bool,
    /// Heredocs without an end seen so far: each costs a look at the rest of the file.
    pub(super) endless: u8,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(text: &'s str, column_ends: bool) -> Self {
        let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Self {
            text,
            bytes: text.as_bytes(),
            at,
            line_ends: true,
            depth: 0,
            comments: Vec::new(),
            errors: Vec::new(),
            column_ends,
            endless: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    pub(super) fn starts(&self, prefix: &[u8]) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(prefix))
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn error<T>(&self, message: &'static str) -> Parsed<T> {
        Err(SyntaxError {
            at: Span::new(
                self.at.min(self.bytes.len()),
                (self.at + 1).min(self.bytes.len()),
            ),
            message,
        })
    }

    /// Skips blanks and comments, and line ends where they mean nothing.
    pub(super) fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\n') if !self.line_ends => self.at += 1,
                Some(b'#') => self.line_comment(),
                Some(b'/') if self.peek_at(1) == Some(b'/') => self.line_comment(),
                Some(b'/') if self.peek_at(1) == Some(b'*') => self.block_comment(),
                _ => return,
            }
        }
    }

    /// Skips blanks, comments and line ends.
    pub(super) fn blank_lines(&mut self) {
        let before = std::mem::replace(&mut self.line_ends, false);
        self.blanks();
        self.line_ends = before;
    }

    fn line_comment(&mut self) {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at = start + len;
        let text = self.text.get(start..self.at).unwrap_or_default();
        self.comments
            .push(Span::new(start, start + text.trim_end().len()));
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let rest = self.bytes.get(start + 2..).unwrap_or_default();
        self.at = match memchr::memmem::find(rest, b"*/") {
            Some(len) => start + 2 + len + 2,
            None => {
                self.errors.push(SyntaxError {
                    at: Span::new(start, start + 2),
                    message: "this comment is never closed with */",
                });
                self.bytes.len()
            }
        };
        self.comments.push(Span::new(start, self.at));
    }

    /// A name: letters, digits, `_` and `-`, not starting with a digit or `-`.
    pub(super) fn name(&mut self) -> Option<Span> {
        let start = self.at;
        let first = self.peek()?;
        if !(first.is_ascii_alphabetic() || first == b'_' || first >= 0x80) {
            return None;
        }
        while let Some(byte) = self.peek() {
            if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80 {
                self.at += 1;
            } else {
                break;
            }
        }
        Some(Span::new(start, self.at))
    }

    /// Runs a parser one level deeper, with the given meaning of line ends.
    pub(super) fn nested<T>(
        &mut self,
        line_ends: bool,
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.error("this is nested too deeply");
        }
        let before = std::mem::replace(&mut self.line_ends, line_ends);
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        self.line_ends = before;
        result
    }

    /// Whether the position is the first column of a line.
    pub(super) fn in_first_column(&self) -> bool {
        self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n')
    }
}
