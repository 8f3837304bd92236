//! Rust types that can stand in an attribute, an argument or a result.

use std::collections::{BTreeMap, BTreeSet};

use crate::cty::{Cty, CtyType, Number};
use crate::path::{Path, Step};

/// A Rust type that corresponds to a Terraform type.
///
/// Implement it for a type of your own to have it parsed at the door:
///
/// ```
/// use coffer_plugin::cty::{Cty, CtyType};
/// use coffer_plugin::{AttributeType, DecodeError};
///
/// struct Port(u16);
///
/// impl AttributeType for Port {
///     fn cty_type() -> CtyType {
///         CtyType::Number
///     }
///     fn from_cty(value: Cty) -> Result<Self, DecodeError> {
///         match u16::from_cty(value)? {
///             0 => Err(DecodeError::invalid("a port is a number from 1 to 65535")),
///             port => Ok(Self(port)),
///         }
///     }
///     fn to_cty(&self) -> Cty {
///         self.0.to_cty()
///     }
/// }
/// ```
pub trait AttributeType: Sized + Send + Sync + 'static {
    /// The corresponding Terraform type.
    fn cty_type() -> CtyType;

    /// Reads a value.
    ///
    /// # Errors
    /// [`DecodeError`] if the value does not belong to this type. Its reason may not repeat the value.
    fn from_cty(value: Cty) -> Result<Self, DecodeError>;

    /// Writes the value.
    fn to_cty(&self) -> Cty;

    /// Whether two values mean the same, though written differently (`"1h"` and `"60m"`). The SDK then keeps the
    /// one that Terraform already has, and no difference shows.
    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        left == right
    }
}

/// Why a value could not be read as an [`AttributeType`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// It, or a part of it, is unknown, and the Rust type has no room for that.
    Unknown,
    /// It breaks the type's rules.
    Invalid {
        /// Where inside the value.
        path: Path,
        /// What is expected. Never the value itself.
        reason: String,
    },
}

impl DecodeError {
    /// The value itself breaks a rule. `reason` may not repeat the value.
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid {
            path: Path::root(),
            reason: reason.into(),
        }
    }

    pub(crate) fn expected(value: &Cty, what: &str) -> Self {
        match value {
            Cty::Unknown => Self::Unknown,
            Cty::Null => Self::invalid(format!("null stands where {what} is expected")),
            _ => Self::invalid(format!("{what} is expected here")),
        }
    }

    /// The same error, seen from one step outside.
    #[must_use]
    pub fn inside(self, step: Step) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::Invalid { path, reason } => Self::Invalid {
                path: path.inside(step),
                reason,
            },
        }
    }
}

/// The attributes of an object while a struct is read from it. Used by the derive macros.
#[derive(Debug)]
pub struct ObjectFields(BTreeMap<String, Cty>);

impl ObjectFields {
    /// The attributes of `value`.
    ///
    /// # Errors
    /// If it is no object.
    pub fn new(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::Object(attributes) => Ok(Self(attributes)),
            other => Err(DecodeError::expected(&other, "an object")),
        }
    }

    /// Takes the attribute `name`.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn take<T: AttributeType>(&mut self, name: &str) -> Result<T, DecodeError> {
        let value = self.0.remove(name).unwrap_or_default();
        T::from_cty(value).map_err(|error| error.inside(Step::Attribute(name.to_owned())))
    }
}

/// A dynamic attribute: any value.
impl AttributeType for Cty {
    fn cty_type() -> CtyType {
        CtyType::Dynamic
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        Ok(value)
    }

    fn to_cty(&self) -> Cty {
        self.clone()
    }
}

impl AttributeType for bool {
    fn cty_type() -> CtyType {
        CtyType::Bool
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::Bool(value) => Ok(value),
            other => Err(DecodeError::expected(&other, "true or false")),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::Bool(*self)
    }
}

impl AttributeType for String {
    fn cty_type() -> CtyType {
        CtyType::String
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::String(value) => Ok(value),
            other => Err(DecodeError::expected(&other, "text")),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::String(self.clone())
    }
}

impl AttributeType for Number {
    fn cty_type() -> CtyType {
        CtyType::Number
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::Number(value) => Ok(value),
            other => Err(DecodeError::expected(&other, "a number")),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::Number(self.clone())
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl AttributeType for $int {
            fn cty_type() -> CtyType {
                CtyType::Number
            }

            fn from_cty(value: Cty) -> Result<Self, DecodeError> {
                let number = Number::from_cty(value)?;
                number.to_i128().and_then(|whole| <$int>::try_from(whole).ok()).ok_or_else(|| {
                    DecodeError::invalid(format!(
                        "a whole number from {} to {} is expected here",
                        <$int>::MIN,
                        <$int>::MAX
                    ))
                })
            }

            fn to_cty(&self) -> Cty {
                Cty::Number(i128::from(*self).into())
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64, i128);

impl AttributeType for f64 {
    fn cty_type() -> CtyType {
        CtyType::Number
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        Ok(Number::from_cty(value)?.to_f64())
    }

    /// NaN, which Terraform does not have, becomes null.
    fn to_cty(&self) -> Cty {
        Number::from_f64(*self).map_or(Cty::Null, Cty::Number)
    }

    /// 0.1 in a configuration is the decimal fraction, here it is the nearest float.
    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        match (left, right) {
            (Cty::Number(left), Cty::Number(right)) => left.to_f64() == right.to_f64(),
            _ => left == right,
        }
    }
}

impl<T: AttributeType> AttributeType for Option<T> {
    fn cty_type() -> CtyType {
        T::cty_type()
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        if value.is_null() {
            Ok(None)
        } else {
            T::from_cty(value).map(Some)
        }
    }

    fn to_cty(&self) -> Cty {
        self.as_ref().map_or(Cty::Null, T::to_cty)
    }

    fn means_the_same(left: &Cty, right: &Cty) -> bool {
        left == right || (!left.is_null() && !right.is_null() && T::means_the_same(left, right))
    }
}

impl<T: AttributeType> AttributeType for Vec<T> {
    fn cty_type() -> CtyType {
        CtyType::list(T::cty_type())
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::List(elements) => elements
                .into_iter()
                .enumerate()
                .map(|(at, value)| T::from_cty(value).map_err(|e| e.inside(Step::Index(at))))
                .collect(),
            other => Err(DecodeError::expected(&other, "a list")),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::List(self.iter().map(T::to_cty).collect())
    }
}

impl<T: AttributeType + Ord> AttributeType for BTreeSet<T> {
    fn cty_type() -> CtyType {
        CtyType::set(T::cty_type())
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::Set(elements) => elements
                .into_iter()
                .map(|value| T::from_cty(value).map_err(|error| error.inside(Step::Element)))
                .collect(),
            other => Err(DecodeError::expected(&other, "a set")),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::set(self.iter().map(T::to_cty).collect())
    }
}

impl<T: AttributeType> AttributeType for BTreeMap<String, T> {
    fn cty_type() -> CtyType {
        CtyType::map(T::cty_type())
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        match value {
            Cty::Object(elements) => elements
                .into_iter()
                .map(|(key, value)| match T::from_cty(value) {
                    Ok(value) => Ok((key, value)),
                    Err(error) => Err(error.inside(Step::Key(key))),
                })
                .collect(),
            other => Err(DecodeError::expected(&other, "a map")),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::object(
            self.iter()
                .map(|(key, value)| (key.clone(), value.to_cty())),
        )
    }
}

macro_rules! tuples {
    ($($name:ident $index:tt),+) => {
        impl<$($name: AttributeType),+> AttributeType for ($($name,)+) {
            fn cty_type() -> CtyType {
                CtyType::Tuple(vec![$($name::cty_type()),+])
            }

            fn from_cty(value: Cty) -> Result<Self, DecodeError> {
                let what = "a tuple of the right length";
                let elements = match value {
                    Cty::List(elements) => elements,
                    other => return Err(DecodeError::expected(&other, what)),
                };
                let mut elements = elements.into_iter();
                let result = ($(
                    match elements.next() {
                        Some(value) => {
                            $name::from_cty(value).map_err(|e| e.inside(Step::Index($index)))?
                        }
                        None => return Err(DecodeError::invalid(format!("{what} is expected"))),
                    },
                )+);
                match elements.next() {
                    None => Ok(result),
                    Some(_) => Err(DecodeError::invalid(format!("{what} is expected"))),
                }
            }

            fn to_cty(&self) -> Cty {
                Cty::List(vec![$(self.$index.to_cty()),+])
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
