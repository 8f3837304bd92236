//! Functions: pure computations, called as `provider::name::function(...)`.

use std::fmt;

use crate::attribute_type::AttributeType;
use crate::cty::{Cty, CtyType};

/// A function. The struct holds its arguments; derive [`Arguments`](derive@crate::Arguments) for it.
///
/// Terraform calls it in a process of its own, which was never configured.
pub trait Function: Arguments {
    /// The result.
    type Output: AttributeType;

    /// The name: `parse_ref`.
    const NAME: &'static str;
    /// What it does, in one line of plain text.
    const SUMMARY: &'static str;
    /// Why it is deprecated and what to use instead.
    const DEPRECATED: Option<&'static str> = None;

    /// Computes the result: the same for the same arguments, always.
    ///
    /// # Errors
    /// [`FunctionError`], best at the argument that is wrong.
    fn call(self) -> Result<Self::Output, FunctionError>;
}

/// The arguments of a function as a struct. Derive it with [`#[derive(Arguments)]`](derive@crate::Arguments).
pub trait Arguments: Sized + Send + 'static {
    /// What the function does, in Markdown: the struct's doc comment.
    const DESCRIPTION: &'static str;

    /// The parameters in order. If the last is variadic, it takes the rest.
    fn parameters() -> Vec<Parameter>;

    /// Reads the arguments, one value for each parameter; a variadic one has a list.
    ///
    /// # Errors
    /// The first argument that is malformed.
    fn from_cty(values: Vec<Cty>) -> Result<Self, FunctionError>;
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// The type of its argument; of each argument, if it is variadic.
    pub ty: CtyType,
    /// What it is, in Markdown.
    pub description: &'static str,
    /// Whether null is passed on to the function, rather than refused by Terraform.
    pub allow_null: bool,
    /// Whether unknown values are passed on, rather than making the result unknown.
    pub allow_unknown: bool,
    /// Whether it takes all further arguments.
    pub variadic: bool,
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    pub(crate) text: String,
    pub(crate) argument: Option<Argument>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    Name(&'static str),
    Position(usize),
}

impl FunctionError {
    /// An error of the call as a whole.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: None,
        }
    }

    /// An error of the argument for parameter `name`, which Terraform then points at.
    pub fn argument(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: Some(Argument::Name(name)),
        }
    }

    /// An error of the argument at `position`, from 0. For one of several variadic arguments.
    pub fn at(position: usize, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: Some(Argument::Position(position)),
        }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for FunctionError {}

/// Takes the values of arguments in order. Used by the derive macro.
#[derive(Debug)]
pub struct ArgumentValues {
    values: std::vec::IntoIter<Cty>,
    position: usize,
}

impl ArgumentValues {
    /// These values.
    #[must_use]
    pub fn new(values: Vec<Cty>) -> Self {
        Self {
            values: values.into_iter(),
            position: 0,
        }
    }

    /// Takes the next.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn take<T: AttributeType>(&mut self) -> Result<T, FunctionError> {
        use crate::attribute_type::DecodeError;
        let position = self.position;
        self.position = position.saturating_add(1);
        T::from_cty(self.values.next().unwrap_or_default()).map_err(|error| match error {
            DecodeError::Unknown => FunctionError::at(position, "the value is not known yet"),
            DecodeError::Invalid { path, reason } if path.is_root() => {
                FunctionError::at(position, reason)
            }
            DecodeError::Invalid { path, reason } => {
                FunctionError::at(position, format!("{path}: {reason}"))
            }
        })
    }
}
