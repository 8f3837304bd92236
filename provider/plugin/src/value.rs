//! `Value<T>`: what an attribute holds.

use crate::attribute_type::{AttributeType, DecodeError};
use crate::cty::{Cty, CtyType};
use crate::diagnostic::Diagnostic;
use crate::path::Path;

/// What an attribute holds: a value, nothing, or a value that is decided later.
///
/// While Terraform validates and plans, anything that depends on another resource may be unknown. Code that
/// looks at a value then does so through [`Value::as_known`] and lets the rest pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value<T> {
    /// Present.
    Known(T),
    /// Absent.
    #[default]
    Null,
    /// Decided later, during apply.
    Unknown,
}

impl<T> Value<T> {
    /// The value, if it is there.
    pub fn as_known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The value, if it is there.
    pub fn into_known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Whether the value is there.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// Whether there is none.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is decided later.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Applies `change` to a present value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Known(value) => Value::Known(change(value)),
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
        }
    }

    /// The same with a borrowed content.
    pub fn as_ref(&self) -> Value<&T> {
        match self {
            Self::Known(value) => Value::Known(value),
            Self::Null => Value::Null,
            Self::Unknown => Value::Unknown,
        }
    }

    /// The value, or `default` where there is none or none yet.
    pub fn known_or(self, default: T) -> T {
        self.into_known().unwrap_or(default)
    }

    /// The value, or what `default` returns where there is none or none yet.
    pub fn known_or_else(self, default: impl FnOnce() -> T) -> T {
        self.into_known().unwrap_or_else(default)
    }

    /// The value of an attribute that must be there by now: a required one during apply, open, read.
    ///
    /// # Errors
    /// A diagnostic at `path` if it is null or still unknown.
    pub fn require(self, path: impl Into<Path>) -> Result<T, Diagnostic> {
        let path = path.into();
        match self {
            Self::Known(value) => Ok(value),
            Self::Null => Err(Diagnostic::error(
                format!("Missing value for {path}"),
                format!("{path} must be set. Give it a value that is not null."),
            )
            .at(path)),
            Self::Unknown => Err(Diagnostic::error(
                format!("Value of {path} is not known yet"),
                format!(
                    "{path} depends on something that is only known after an apply. \
                     Apply that first, for example with -target."
                ),
            )
            .at(path)),
        }
    }
}

impl<T> From<T> for Value<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Option<T>> for Value<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl<T: AttributeType> AttributeType for Value<T> {
    fn cty_type() -> CtyType {
        T::cty_type()
    }

    /// A known collection with an unknown element is unknown as a whole, unless its element type is a `Value` too.
    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        if value.is_null() {
            return Ok(Self::Null);
        }
        if value.is_unknown() {
            return Ok(Self::Unknown);
        }
        match T::from_cty(value) {
            Ok(value) => Ok(Self::Known(value)),
            Err(DecodeError::Unknown) => Ok(Self::Unknown),
            Err(error) => Err(error),
        }
    }

    fn to_cty(&self) -> Cty {
        match self {
            Self::Known(value) => value.to_cty(),
            Self::Null => Cty::Null,
            Self::Unknown => Cty::Unknown,
        }
    }

    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        let comparable = |value: &Cty| !value.is_null() && !value.is_unknown();
        left == right || (comparable(left) && comparable(right) && T::means_the_same(left, right))
    }
}
