//! The syntax tree of HCL's native syntax. Nodes hold spans, not text: names are read from the file.

use crate::source::span::Span;

/// A sequence of attributes and blocks.
#[derive(Debug, Default)]
pub struct Body {
    /// Attributes and blocks in file order.
    pub items: Vec<Item>,
    /// From the first to the last byte between the braces.
    pub span: Span,
}

/// One entry of a body.
#[derive(Debug)]
pub enum Item {
    /// `name = expression`
    Attribute(Attribute),
    /// `name "label" { … }`
    Block(Block),
}

/// `name = expression`
#[derive(Debug)]
pub struct Attribute {
    /// The name.
    pub name: Span,
    /// The value.
    pub value: Expr,
}

/// `name "label" { … }`
#[derive(Debug)]
pub struct Block {
    /// The block type.
    pub name: Span,
    /// Labels without their quotes.
    pub labels: Vec<Span>,
    /// What stands between the braces.
    pub body: Body,
    /// The whole block.
    pub span: Span,
}

/// An expression with its place.
#[derive(Debug)]
pub struct Expr {
    /// The whole expression.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expression.
#[derive(Debug)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number literal.
    Number,
    /// A quoted string or a heredoc.
    Template(Template),
    /// `root.a[0].b`: a variable and the steps into it.
    Reference(Span, Vec<Step>),
    /// Steps into any other expression.
    Access(Box<Expr>, Vec<Step>),
    /// `name(argument, …)`; the name may hold `::`.
    Call(Span, Vec<Expr>),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{ key = value }`
    Object(Vec<ObjectItem>),
    /// `[for x in y : z]` or `{for k, v in y : k => v}`
    For(Box<For>),
    /// `condition ? then : otherwise`
    Conditional(Box<[Expr; 3]>),
    /// Operands in a row; which operators stand between them does not matter to the linter.
    Binary(Vec<Expr>),
    /// `-x` or `!x`
    Unary(Box<Expr>),
    /// `(x)`
    Paren(Box<Expr>),
    /// What could not be understood.
    Broken,
}

/// A step into a value.
#[derive(Debug)]
pub enum Step {
    /// `.name` or `.0`
    Name(Span),
    /// `[expression]`
    Index(Box<Expr>),
    /// `[*]` or `.*`
    Splat,
}

/// One entry of an object.
#[derive(Debug)]
pub struct ObjectItem {
    /// The key: a bare name is a [`ExprKind::Reference`] without steps.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

/// A `for` expression.
#[derive(Debug)]
pub struct For {
    /// One or two loop variables.
    pub names: Vec<Span>,
    /// What is looped over.
    pub over: Expr,
    /// The key of an object `for`.
    pub key: Option<Expr>,
    /// The value.
    pub value: Expr,
}

/// A string with its pieces.
#[derive(Debug)]
pub struct Template {
    /// The pieces in order.
    pub parts: Vec<Part>,
    /// How its literal pieces are to be read.
    pub form: Form,
}

/// A piece of a template.
#[derive(Debug)]
pub enum Part {
    /// Literal text as it stands in the file.
    Literal(Span),
    /// `${ … }`
    Interpolation(Expr),
    /// `%{ if … }`, `%{ for … }`, `%{ endif }` …, with the expressions it holds.
    Directive(Vec<Expr>),
}

/// How literal pieces are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Between double quotes: backslash escapes.
    Quoted,
    /// A heredoc; the number of leading blanks that `<<-` strips from each line.
    Heredoc(u32),
    /// A string of a JSON file: JSON escapes.
    Json,
}

/// What went wrong while parsing, and where.
#[derive(Debug)]
pub struct SyntaxError {
    /// The place.
    pub at: Span,
    /// What was expected or found.
    pub message: &'static str,
}

/// A parsed file.
#[derive(Debug, Default)]
pub struct Tree {
    /// The top-level body.
    pub body: Body,
    /// Comments without their line end, in file order.
    pub comments: Vec<Span>,
    /// What could not be parsed; empty for a healthy file.
    pub errors: Vec<SyntaxError>,
}
