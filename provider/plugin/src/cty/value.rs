//! A Terraform value without static type.

use std::collections::BTreeMap;
use std::fmt;

use super::{CtyType, Number};

/// A Terraform value without static type.
///
/// `Debug` shows the shape and no content, because a value may be a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Cty {
    /// No value.
    #[default]
    Null,
    /// A value that is decided later.
    Unknown,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
    /// The elements of a list or tuple.
    List(Vec<Cty>),
    /// The elements of a set, sorted and distinct. Make one with [`Cty::set`].
    Set(Vec<Cty>),
    /// The elements of a map, or the attributes of an object.
    Object(BTreeMap<String, Cty>),
    /// The value of a dynamic attribute, with the type that it brought along.
    Typed(CtyType, Box<Cty>),
}

impl Cty {
    /// A set of these elements.
    #[must_use]
    pub fn set(mut elements: Vec<Cty>) -> Self {
        elements.sort();
        elements.dedup_by(|left, right| left == right && left.is_wholly_known());
        Self::Set(elements)
    }

    /// The same elements as a set, if this is a list.
    #[must_use]
    pub fn into_set(self) -> Self {
        match self {
            Self::List(elements) => Self::set(elements),
            other => other,
        }
    }

    /// An object or map of these.
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Cty)>) -> Self {
        Self::Object(
            attributes
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// Whether this is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Typed(_, value) => value.is_null(),
            _ => false,
        }
    }

    /// Whether this itself is unknown. Parts of a known value may be unknown.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Typed(_, value) => value.is_unknown(),
            _ => false,
        }
    }

    /// Whether nothing inside is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) => {
                elements.iter().all(Self::is_wholly_known)
            }
            Self::Object(attributes) => attributes.values().all(Self::is_wholly_known),
            Self::Typed(_, value) => value.is_wholly_known(),
        }
    }

    /// The attribute `name` of an object; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Cty {
        const NULL: &Cty = &Cty::Null;
        match self {
            Self::Object(attributes) => attributes.get(name).unwrap_or(NULL),
            _ => NULL,
        }
    }

    /// The attributes of an object with their names; none of anything else.
    #[must_use]
    pub fn into_attributes(self) -> BTreeMap<String, Cty> {
        match self {
            Self::Object(attributes) => attributes,
            _ => BTreeMap::new(),
        }
    }

    pub(crate) fn attributes(&self) -> Option<&BTreeMap<String, Cty>> {
        match self {
            Self::Object(attributes) => Some(attributes),
            _ => None,
        }
    }
}

impl fmt::Debug for Cty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unknown => f.write_str("unknown"),
            Self::Bool(_) => f.write_str("bool"),
            Self::Number(_) => f.write_str("number"),
            Self::String(_) => f.write_str("string"),
            Self::List(elements) | Self::Set(elements) => f.debug_list().entries(elements).finish(),
            Self::Object(attributes) => f.debug_map().entries(attributes).finish(),
            Self::Typed(_, value) => value.fmt(f),
        }
    }
}

impl From<bool> for Cty {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Cty {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<&str> for Cty {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Cty {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}
