//! What an expression may evaluate to, and how it came here.

use std::rc::Rc;

pub use super::text::{HOLE, Piece, Text};
use crate::source::FileId;
use crate::source::span::Span;

/// A value as far as it is known. Collections are shared: a copy costs nothing.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string or number.
    Text(Text),
    /// A list.
    List(Rc<Vec<Value>>),
    /// A map or object.
    Map(Rc<Vec<Field>>),
    /// One of several values.
    Any(Rc<Vec<Value>>),
    /// A collection that came through a hop, which belongs to every text in it.
    Passed(Rc<Value>, Rc<Hop>),
    /// Nothing is known, or it is neither text nor a collection.
    Unknown,
}

/// An entry of a map.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Value,
}

/// One step of the way from a literal to its sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The file.
    pub file: FileId,
    /// The place.
    pub at: Span,
    /// What happens there.
    pub kind: HopKind,
    /// The name of what is passed: `var.password`, `local.login`.
    pub name: String,
}

/// What a hop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopKind {
    /// A local value.
    Local,
    /// The default of a variable.
    VariableDefault,
    /// A variable definitions file.
    Tfvars,
    /// An argument of a module call.
    ModuleInput,
    /// An output of a module.
    ModuleOutput,
    /// The default of a CloudFormation parameter.
    Parameter,
    /// A CloudFormation mapping.
    Mapping,
    /// A parameter that a nested stack is given.
    StackParameter,
    /// An output of a nested stack, or an export.
    StackOutput,
    /// A file that is read with `file` or `templatefile`.
    File,
}

impl HopKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::VariableDefault => "variable-default",
            Self::Tfvars => "tfvars",
            Self::ModuleInput => "module-input",
            Self::ModuleOutput => "module-output",
            Self::Parameter => "parameter-default",
            Self::Mapping => "mapping",
            Self::StackParameter => "stack-parameter",
            Self::StackOutput => "stack-output",
            Self::File => "file",
        }
    }
}

/// At most so many values are followed where one of several is possible.
pub const MAX_CHOICES: usize = 32;
/// At most so many elements of a collection are kept.
const MAX_ITEMS: usize = 4096;
/// A key is looked for in lists of lists no deeper than this.
const MAX_LISTS: u8 = 3;
/// At most so many hops are kept.
const MAX_HOPS: usize = 16;

impl Value {
    /// A list of values.
    pub fn list(mut items: Vec<Self>) -> Self {
        items.truncate(MAX_ITEMS);
        Self::List(Rc::new(items))
    }

    /// A map.
    pub fn map(mut fields: Vec<Field>) -> Self {
        fields.truncate(MAX_ITEMS);
        Self::Map(Rc::new(fields))
    }

    /// The value after a hop.
    #[must_use]
    pub fn passed(self, hop: &Rc<Hop>) -> Self {
        match self {
            Self::Text(mut text) => {
                if text.hops.len() < MAX_HOPS {
                    text.hops.push(Rc::clone(hop));
                }
                Self::Text(text)
            }
            Self::Unknown => Self::Unknown,
            // A choice stays on the outside, where its size is bounded.
            Self::Any(values) => Self::any(values.iter().map(|v| v.clone().passed(hop)).collect()),
            other => Self::Passed(Rc::new(other), Rc::clone(hop)),
        }
    }

    /// One of several values; nested choices are flattened and unknown ones left out.
    pub fn any(values: Vec<Self>) -> Self {
        let mut flat = Vec::new();
        for value in values {
            match value {
                Self::Any(inner) => flat.extend(inner.iter().cloned()),
                Self::Unknown => {}
                other => flat.push(other),
            }
        }
        flat.truncate(MAX_CHOICES);
        match flat.len() {
            0 => Self::Unknown,
            1 => flat.pop().unwrap_or(Self::Unknown),
            _ => Self::Any(Rc::new(flat)),
        }
    }

    /// The texts that the value may be.
    pub fn texts(&self) -> Vec<Text> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Any(values) => values.iter().flat_map(Self::texts).collect(),
            Self::Passed(inner, hop) => {
                let passed = inner
                    .texts()
                    .into_iter()
                    .map(|text| Self::Text(text).passed(hop));
                passed.flat_map(|value| value.texts()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The text that the value is, where there is one and it is known in full.
    pub fn known_text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.has_hole() => Some(text.text.clone()),
            _ => None,
        }
    }

    /// The value under a key, in any of the maps that the value may be.
    pub fn get(&self, key: &str) -> Self {
        self.get_within(key, MAX_LISTS)
    }

    fn get_within(&self, key: &str, depth: u8) -> Self {
        match self {
            Self::Map(fields) => fields
                .iter()
                .rev()
                .find(|field| field.key == key)
                .map_or(Self::Unknown, |field| field.value.clone()),
            Self::List(items) => match key.parse::<usize>() {
                Ok(index) => items.get(index).cloned().unwrap_or(Self::Unknown),
                Err(_) if depth == 0 => Self::Unknown,
                Err(_) => {
                    let few = items.iter().take(MAX_CHOICES);
                    Self::any(few.map(|item| item.get_within(key, depth - 1)).collect())
                }
            },
            Self::Any(values) => {
                Self::any(values.iter().map(|v| v.get_within(key, depth)).collect())
            }
            Self::Passed(inner, hop) => inner.get_within(key, depth).passed(hop),
            Self::Text(_) | Self::Unknown => Self::Unknown,
        }
    }

    /// Every element of the lists or maps that the value may be.
    pub fn elements(&self) -> Vec<Self> {
        match self {
            Self::List(items) => items.to_vec(),
            Self::Map(fields) => fields.iter().map(|field| field.value.clone()).collect(),
            Self::Any(values) => values.iter().flat_map(Self::elements).collect(),
            Self::Passed(inner, hop) => inner
                .elements()
                .into_iter()
                .map(|value| value.passed(hop))
                .collect(),
            Self::Text(_) | Self::Unknown => Vec::new(),
        }
    }

    /// The entries of every map that the value may be.
    pub fn fields(&self) -> Vec<Field> {
        match self {
            Self::Map(fields) => fields.to_vec(),
            Self::Any(values) => values.iter().flat_map(Self::fields).collect(),
            Self::Passed(inner, hop) => {
                let pass = |field: Field| Field {
                    value: field.value.passed(hop),
                    ..field
                };
                inner.fields().into_iter().map(pass).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The values that a passed value consists of, with the hop on each.
    pub fn unfold(&self) -> Vec<Self> {
        match self {
            Self::Passed(inner, hop) => match &**inner {
                Self::Map(_) => vec![Self::map(self.fields())],
                Self::List(items) | Self::Any(items) => {
                    items.iter().map(|item| item.clone().passed(hop)).collect()
                }
                _ => inner
                    .unfold()
                    .into_iter()
                    .map(|item| item.passed(hop))
                    .collect(),
            },
            other => vec![other.clone()],
        }
    }
}
