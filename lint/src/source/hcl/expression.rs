//! Expressions: operators, terms, collections, calls, `for`.

use super::ast::{Expr, ExprKind, For, ObjectItem, Step};
use super::cursor::{Cursor, Parsed};
use crate::source::span::Span;

/// Binary operators with how tightly they bind.
const OPERATORS: &[(&[u8], u8)] = &[
    (b"||", 1),
    (b"&&", 2),
    (b"==", 3),
    (b"!=", 3),
    (b"<=", 4),
    (b">=", 4),
    (b"<", 4),
    (b">", 4),
    (b"+", 5),
    (b"-", 5),
    (b"*", 6),
    (b"/", 6),
    (b"%", 6),
];

impl Cursor<'_> {
    /// Any expression, the conditional included.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.blanks();
        let start = self.at;
        let condition = self.binary(1)?;
        self.blanks();
        if !self.eat(b'?') {
            return Ok(condition);
        }
        let line_ends = self.line_ends;
        self.nested(line_ends, |cursor| {
            let then = cursor.expression()?;
            cursor.blanks();
            if !cursor.eat(b':') {
                return cursor.error("expected : and the other value of the condition");
            }
            let otherwise = cursor.expression()?;
            let span = Span::new(start, otherwise.span.end as usize);
            Ok(Expr {
                span,
                kind: ExprKind::Conditional(Box::new([condition, then, otherwise])),
            })
        })
    }

    fn binary(&mut self, min: u8) -> Parsed<Expr> {
        let start = self.at;
        let mut left = self.unary()?;
        loop {
            self.blanks();
            let Some((operator, level)) = OPERATORS
                .iter()
                .find(|(operator, _)| self.starts(operator))
                .copied()
            else {
                return Ok(left);
            };
            // `=>` belongs to a `for` object, and `%{`/`}` never follow a finished operand.
            if level < min || self.starts(b"=>") {
                return Ok(left);
            }
            self.at += operator.len();
            self.blanks();
            let line_ends = self.line_ends;
            let right = self.nested(line_ends, |cursor| cursor.binary(level + 1))?;
            let span = Span::new(start, right.span.end as usize);
            // A long chain stays flat, so that its depth is bounded.
            let mut operands = match left.kind {
                ExprKind::Binary(operands) => operands,
                kind => vec![Expr {
                    span: left.span,
                    kind,
                }],
            };
            operands.push(right);
            left = Expr {
                span,
                kind: ExprKind::Binary(operands),
            };
        }
    }

    fn unary(&mut self) -> Parsed<Expr> {
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some(b'-' | b'!') => {
                self.at += 1;
                let line_ends = self.line_ends;
                let inner = self.nested(line_ends, Self::unary)?;
                let span = Span::new(start, inner.span.end as usize);
                Ok(Expr {
                    span,
                    kind: ExprKind::Unary(Box::new(inner)),
                })
            }
            _ => self.term(),
        }
    }

    fn term(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => ExprKind::Template(self.quoted()?),
            Some(b'<') if self.peek_at(1) == Some(b'<') => ExprKind::Template(self.heredoc()?),
            Some(b'(') => {
                self.at += 1;
                let inner = self.nested(false, |cursor| {
                    let inner = cursor.expression()?;
                    cursor.blanks();
                    if cursor.eat(b')') {
                        Ok(inner)
                    } else {
                        cursor.error("expected )")
                    }
                })?;
                ExprKind::Paren(Box::new(inner))
            }
            Some(b'[') => self.tuple()?,
            Some(b'{') => self.object()?,
            Some(b'0'..=b'9') => self.number(),
            _ => match self.name() {
                Some(name) => return self.named(name),
                None => return self.error("expected a value"),
            },
        };
        let end = self.at;
        let base = Expr {
            span: Span::new(start, end),
            kind,
        };
        let steps = self.steps()?;
        if steps.is_empty() {
            return Ok(base);
        }
        let span = Span::new(start, self.at);
        Ok(Expr {
            span,
            kind: ExprKind::Access(Box::new(base), steps),
        })
    }

    /// A constant, a call or a reference.
    fn named(&mut self, name: Span) -> Parsed<Expr> {
        let start = name.start as usize;
        let mut callee = name;
        while self.starts(b"::") {
            self.at += 2;
            match self.name() {
                Some(part) => callee = callee.join(part),
                None => return self.error("expected a function name after ::"),
            }
        }
        let behind = self.at;
        self.blanks();
        if self.peek() != Some(b'(') {
            self.at = behind;
        }
        if self.eat(b'(') {
            let arguments = self.nested(false, |cursor| cursor.sequence(b')'))?;
            let base = Expr {
                span: Span::new(start, self.at),
                kind: ExprKind::Call(callee, arguments),
            };
            let steps = self.steps()?;
            if steps.is_empty() {
                return Ok(base);
            }
            let span = Span::new(start, self.at);
            return Ok(Expr {
                span,
                kind: ExprKind::Access(Box::new(base), steps),
            });
        }
        let steps = self.steps()?;
        let span = Span::new(start, self.at);
        let kind = match (name.of(self.text), steps.is_empty()) {
            ("null", true) => ExprKind::Null,
            ("true", true) => ExprKind::Bool(true),
            ("false", true) => ExprKind::Bool(false),
            _ => ExprKind::Reference(name, steps),
        };
        Ok(Expr { span, kind })
    }

    fn number(&mut self) -> ExprKind {
        while let Some(byte) = self.peek() {
            let sign = matches!(byte, b'+' | b'-')
                && matches!(self.bytes.get(self.at.wrapping_sub(1)), Some(b'e' | b'E'));
            let dot = byte == b'.' && self.peek_at(1).is_some_and(|next| next.is_ascii_digit());
            if byte.is_ascii_alphanumeric() || dot || sign {
                self.at += 1;
            } else {
                break;
            }
        }
        ExprKind::Number
    }

    fn steps(&mut self) -> Parsed<Vec<Step>> {
        let mut steps = Vec::new();
        loop {
            let before = self.at;
            self.blanks();
            match self.peek() {
                Some(b'.') if !self.starts(b"...") => {
                    self.at += 1;
                    self.blanks();
                    let start = self.at;
                    if self.eat(b'*') {
                        steps.push(Step::Splat);
                    } else if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                            self.at += 1;
                        }
                        steps.push(Step::Name(Span::new(start, self.at)));
                    } else {
                        match self.name() {
                            Some(name) => steps.push(Step::Name(name)),
                            None => return self.error("expected a name after the dot"),
                        }
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    let step = self.nested(false, |cursor| {
                        cursor.blanks();
                        let step = if cursor.eat(b'*') {
                            Step::Splat
                        } else {
                            Step::Index(Box::new(cursor.expression()?))
                        };
                        cursor.blanks();
                        if cursor.eat(b']') {
                            Ok(step)
                        } else {
                            cursor.error("expected ]")
                        }
                    })?;
                    steps.push(step);
                }
                _ => {
                    self.at = before;
                    return Ok(steps);
                }
            }
        }
    }

    /// Expressions separated by commas up to the closing byte, which is read.
    fn sequence(&mut self, close: u8) -> Parsed<Vec<Expr>> {
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.eat(close) {
                return Ok(items);
            }
            items.push(self.expression()?);
            self.blanks();
            if self.starts(b"...") {
                self.at += 3;
                self.blanks();
            }
            if !self.eat(b',') && self.peek() != Some(close) {
                return self.error("expected a comma or the closing bracket");
            }
        }
    }

    fn tuple(&mut self) -> Parsed<ExprKind> {
        self.at += 1;
        self.nested(false, |cursor| {
            if cursor.at_for() {
                return cursor.for_clause(b']');
            }
            Ok(ExprKind::Tuple(cursor.sequence(b']')?))
        })
    }

    fn object(&mut self) -> Parsed<ExprKind> {
        self.at += 1;
        if self.nested(false, |cursor| Ok(cursor.at_for()))? {
            return self.nested(false, |cursor| cursor.for_clause(b'}'));
        }
        self.nested(true, |cursor| {
            let mut items = Vec::new();
            loop {
                cursor.blank_lines();
                if cursor.eat(b'}') {
                    return Ok(ExprKind::Object(items));
                }
                let key = cursor.expression()?;
                cursor.blanks();
                if !cursor.eat(b'=') && !cursor.eat(b':') {
                    return cursor.error("expected = or : after the key");
                }
                let value = cursor.expression()?;
                items.push(ObjectItem { key, value });
                cursor.blanks();
                match cursor.peek() {
                    Some(b',' | b'\n') => cursor.at += 1,
                    Some(b'}') => {}
                    _ => return cursor.error("expected a comma, a line end or }"),
                }
            }
        })
    }

    /// Whether `for` follows, as a keyword. Reads up to it.
    fn at_for(&mut self) -> bool {
        self.blanks();
        self.starts(b"for")
            && self
                .peek_at(3)
                .is_some_and(|byte| byte.is_ascii_whitespace())
            && {
                // `{ for = 1 }` is an object with a key named `for`.
                let rest = self
                    .bytes
                    .get(self.at + 3..)
                    .unwrap_or_default()
                    .trim_ascii_start();
                rest.first()
                    .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
            }
    }

    fn for_clause(&mut self, close: u8) -> Parsed<ExprKind> {
        self.at += 3;
        let mut names = Vec::new();
        loop {
            self.blanks();
            match self.name() {
                Some(name) => names.push(name),
                None => return self.error("expected the name of the loop variable"),
            }
            self.blanks();
            if !self.eat(b',') {
                break;
            }
        }
        if self.name().map(|word| word.of(self.text)) != Some("in") {
            return self.error("expected in");
        }
        let over = self.expression()?;
        self.blanks();
        if !self.eat(b':') {
            return self.error("expected : after what is looped over");
        }
        let mut value = self.expression()?;
        self.blanks();
        let mut key = None;
        if self.starts(b"=>") {
            self.at += 2;
            key = Some(std::mem::replace(&mut value, self.expression()?));
            self.blanks();
        }
        if self.starts(b"...") {
            self.at += 3;
            self.blanks();
        }
        if self.starts(b"if") {
            self.at += 2;
            self.expression()?;
            self.blanks();
        }
        if !self.eat(close) {
            return self.error("expected the closing bracket of the for expression");
        }
        Ok(ExprKind::For(Box::new(For {
            names,
            over,
            key,
            value,
        })))
    }
}
