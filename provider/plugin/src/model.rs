//! Typed configurations and states.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::attribute_type::{AttributeType, DecodeError};
use crate::cty::Cty;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::{Path, Step};
use crate::schema::{Block, BlockField};
use crate::value::Value;

/// The configuration or state of one object, as a Rust struct. Derive it with
/// [`#[derive(Model)]`](derive@crate::Model).
///
/// What Terraform would refuse does not compile. A write-only attribute is never computed:
///
/// ```compile_fail
/// #[derive(coffer_plugin::Model)]
/// struct Jar {
///     #[attr(optional, computed, write_only)]
///     content: coffer_plugin::Value<String>,
/// }
/// ```
///
/// Somebody gives each attribute its value:
///
/// ```compile_fail
/// #[derive(coffer_plugin::Model)]
/// struct Jar {
///     #[attr(sensitive)]
///     content: coffer_plugin::Value<String>,
/// }
/// ```
///
/// And each can be null, and unknown while planning:
///
/// ```compile_fail
/// #[derive(coffer_plugin::Model)]
/// struct Jar {
///     #[attr(required)]
///     content: String,
/// }
/// ```
pub trait Model: Sized + Send + Sync + 'static {
    /// The shape.
    fn block() -> Block;

    /// Reads an object.
    ///
    /// # Errors
    /// All that is malformed, each with its place.
    fn from_cty(value: Cty) -> Result<Self, ModelErrors>;

    /// Writes an object.
    fn to_cty(&self) -> Cty;

    /// All attributes null, no nested blocks. Handy with `..Self::null()`.
    fn null() -> Self;

    /// All attributes unknown, no nested blocks.
    fn unknown() -> Self;
}

/// What is malformed in an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelErrors {
    list: Vec<(Path, String)>,
}

impl ModelErrors {
    pub(crate) fn extend(&mut self, more: ModelErrors) {
        self.list.extend(more.list);
    }

    pub(crate) fn inside(mut self, step: &Step) -> Self {
        for (path, _) in &mut self.list {
            *path = std::mem::take(path).inside(step.clone());
        }
        self
    }

    /// `value`, unless there are errors.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl From<DecodeError> for ModelErrors {
    fn from(error: DecodeError) -> Self {
        let entry = match error {
            DecodeError::Unknown => (Path::root(), "the value is not known yet".to_owned()),
            DecodeError::Invalid { path, reason } => (path, reason),
        };
        Self { list: vec![entry] }
    }
}

impl From<ModelErrors> for Diagnostics {
    fn from(errors: ModelErrors) -> Self {
        errors
            .list
            .into_iter()
            .map(|(path, reason)| {
                let summary = if path.is_root() {
                    "Invalid object".to_owned()
                } else {
                    format!("Invalid value for {path}")
                };
                Diagnostic::error(summary, format!("{}.", capitalised(&reason))).at(path)
            })
            .collect()
    }
}

/// With a capital first letter.
pub(crate) fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => first.to_uppercase().chain(rest).collect(),
        None => String::new(),
    }
}

/// The attributes of an object while a [`Model`] is read from it. Used by the derive macro.
#[derive(Debug)]
pub struct Fields {
    attributes: BTreeMap<String, Cty>,
    errors: ModelErrors,
}

impl Fields {
    /// The fields of `value`.
    #[must_use]
    pub fn new(value: Cty) -> Self {
        match value {
            Cty::Object(attributes) => Self {
                attributes,
                errors: ModelErrors::default(),
            },
            other => Self {
                attributes: BTreeMap::new(),
                errors: DecodeError::expected(&other, "an object").into(),
            },
        }
    }

    /// Takes the attribute `name`.
    pub fn attribute<T: AttributeType>(&mut self, name: &str) -> Value<T> {
        let value = self.attributes.remove(name).unwrap_or_default();
        match Value::from_cty(value) {
            Ok(value) => value,
            Err(error) => {
                let errors = ModelErrors::from(error);
                self.errors
                    .extend(errors.inside(&Step::Attribute(name.to_owned())));
                Value::Null
            }
        }
    }

    /// Takes the nested block `name`.
    pub fn block<F: BlockField>(&mut self, name: &str) -> F {
        match F::from_cty(self.attributes.remove(name).unwrap_or_default()) {
            Ok(blocks) => blocks,
            Err(errors) => {
                self.errors
                    .extend(errors.inside(&Step::Attribute(name.to_owned())));
                F::none()
            }
        }
    }

    /// Reads a model whose attributes and blocks stand among the others; they stay for whoever else wants them.
    pub fn flattened<M: Model>(&mut self) -> M {
        match M::from_cty(Cty::Object(self.attributes.clone())) {
            Ok(model) => model,
            Err(errors) => {
                self.errors.extend(errors);
                M::null()
            }
        }
    }

    /// `model`, unless a field was malformed.
    ///
    /// # Errors
    /// All that was malformed.
    pub fn finish<M>(self, model: M) -> Result<M, ModelErrors> {
        self.errors.or(model)
    }
}

/// No configuration at all: for objects that take none.
impl Model for () {
    fn block() -> Block {
        Block::default()
    }

    fn from_cty(_: Cty) -> Result<Self, ModelErrors> {
        Ok(())
    }

    fn to_cty(&self) -> Cty {
        Cty::Object(BTreeMap::new())
    }

    fn null() -> Self {}

    fn unknown() -> Self {}
}
