//! Strings: quoted templates and heredocs.

use super::ast::{Expr, Form, Part, Template};
use super::cursor::{Cursor, Parsed};
use crate::source::span::Span;

/// After so many heredocs without an end no further one is tried, so that time stays linear.
const MAX_ENDLESS: u8 = 32;

impl Cursor<'_> {
    /// A string between double quotes.
    pub(super) fn quoted(&mut self) -> Parsed<Template> {
        self.at += 1;
        let mut parts = Vec::new();
        let mut start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.literal(&mut parts, start);
                    self.at += 1;
                    return Ok(Template {
                        parts,
                        form: Form::Quoted,
                    });
                }
                // A backslash may be the last byte of the file.
                Some(b'\\') => self.at = (self.at + 2).min(self.bytes.len()),
                Some(b'\n') | None => return self.error("this string has no closing quote"),
                Some(b'$' | b'%') => self.marker(&mut parts, &mut start)?,
                Some(_) => self.at += 1,
            }
        }
    }

    /// A whole text as one template, as in a string of a JSON file.
    pub(super) fn bare_template(&mut self) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        let mut start = self.at;
        loop {
            match self.peek() {
                None => {
                    self.literal(&mut parts, start);
                    return Ok(parts);
                }
                Some(b'$' | b'%') => self.marker(&mut parts, &mut start)?,
                Some(_) => self.at += 1,
            }
        }
    }

    /// `<<MARKER` or `<<-MARKER` up to the line that holds the marker alone.
    pub(super) fn heredoc(&mut self) -> Parsed<Template> {
        if self.endless > MAX_ENDLESS {
            return self.error("too many heredocs of this file are never closed");
        }
        self.at += 2;
        let strip = self.eat(b'-');
        let Some(marker) = self.name() else {
            return self.error("expected the marker of the heredoc");
        };
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
        if !self.eat(b'\n') {
            return self.error("expected a line end after the marker of the heredoc");
        }
        let opened = self.at;
        let mut parts = Vec::new();
        let mut start = self.at;
        let mut indent = u32::MAX;
        let mut line_start = true;
        loop {
            if line_start {
                line_start = false;
                let line = self.line();
                if line.trim() == marker.of(self.text) {
                    self.literal(&mut parts, start);
                    self.at += line.trim_end().len();
                    let form = Form::Heredoc(if strip && indent != u32::MAX {
                        indent
                    } else {
                        0
                    });
                    return Ok(Template { parts, form });
                }
                if !line.trim().is_empty() {
                    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
                    indent = indent.min(u32::try_from(blanks).unwrap_or(u32::MAX));
                }
            }
            match self.peek() {
                None => {
                    self.at = opened;
                    self.endless += 1;
                    return self.error("this heredoc is never closed");
                }
                Some(b'\n') => {
                    self.at += 1;
                    line_start = true;
                }
                Some(b'$' | b'%') => self.marker(&mut parts, &mut start)?,
                Some(_) => self.at += 1,
            }
        }
    }

    fn line(&self) -> &str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let len = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        rest.get(..len).unwrap_or_default()
    }

    fn literal(&self, parts: &mut Vec<Part>, start: usize) {
        if self.at > start {
            parts.push(Part::Literal(Span::new(start, self.at)));
        }
    }

    /// A `$` or `%`: `$${` stands for itself, `${` opens an interpolation, `%{` a directive.
    fn marker(&mut self, parts: &mut Vec<Part>, start: &mut usize) -> Parsed<()> {
        let byte = self.peek();
        if self.peek_at(1) == byte && self.peek_at(2) == Some(b'{') {
            self.at += 3;
            return Ok(());
        }
        if self.peek_at(1) != Some(b'{') {
            self.at += 1;
            return Ok(());
        }
        self.literal(parts, *start);
        self.at += 2;
        self.eat(b'~');
        let part = self.nested(false, |cursor| {
            let part = if byte == Some(b'$') {
                Part::Interpolation(cursor.expression()?)
            } else {
                Part::Directive(cursor.directive()?)
            };
            cursor.blanks();
            cursor.eat(b'~');
            if cursor.eat(b'}') {
                Ok(part)
            } else {
                cursor.error("expected } after the expression")
            }
        })?;
        parts.push(part);
        *start = self.at;
        Ok(())
    }

    fn directive(&mut self) -> Parsed<Vec<Expr>> {
        self.blanks();
        let word = self.name().map(|name| name.of(self.text).to_owned());
        match word.as_deref() {
            Some("if") => Ok(vec![self.expression()?]),
            Some("for") => {
                loop {
                    self.blanks();
                    let name = self.name();
                    self.blanks();
                    self.eat(b',');
                    match name.map(|name| name.of(self.text)) {
                        Some("in") => break,
                        Some(_) => {}
                        None => return self.error("expected in"),
                    }
                }
                Ok(vec![self.expression()?])
            }
            Some("else" | "endif" | "endfor") => Ok(Vec::new()),
            _ => self.error("expected if, for, else, endif or endfor"),
        }
    }
}
