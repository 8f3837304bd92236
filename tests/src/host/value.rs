//! Values as the host knows them.

use std::collections::BTreeMap;
use std::fmt;

use super::number::Number;

/// A value. Lists, sets and tuples are [`Value::List`] (sets in order), maps and objects [`Value::Object`]; the type
/// beside it tells which is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Absent.
    Null,
    /// Not known yet.
    Unknown,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(String),
    /// Elements.
    List(Vec<Self>),
    /// Named values.
    Object(BTreeMap<String, Self>),
}

impl Value {
    /// An object or map of these members.
    pub fn object<'a>(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        let members = members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self::Object(members.collect())
    }

    /// A list of these elements.
    pub fn list(elements: impl IntoIterator<Item = Self>) -> Self {
        Self::List(elements.into_iter().collect())
    }

    /// The same object with `name` set to `value`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Self>) -> Self {
        if let Self::Object(members) = &mut self {
            members.insert(name.to_owned(), value.into());
        }
        self
    }

    /// The member `name`; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        match self {
            Self::Object(members) => members.get(name).unwrap_or(&Self::Null),
            _ => &Self::Null,
        }
    }

    /// The elements; none where it is no list.
    #[must_use]
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// The members; none where it is no object.
    #[must_use]
    pub fn members(&self) -> BTreeMap<&str, &Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| (name.as_str(), value))
                .collect(),
            _ => BTreeMap::new(),
        }
    }

    /// It as a text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// It as a number.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is unknown as a whole.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Whether nothing in it is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Object(members) => members.values().all(Self::is_wholly_known),
            _ => true,
        }
    }

    /// It as JSON, as a state file has it. Unknown becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null | Self::Unknown => Json::Null,
            Self::Bool(truth) => Json::Bool(*truth),
            Self::Number(number) => serde_json::from_str(number.as_str()).unwrap_or(Json::Null),
            Self::String(text) => Json::String(text.clone()),
            Self::List(elements) => elements.iter().map(Self::to_json).collect(),
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), value.to_json()))
                .collect(),
        }
    }

    /// Whether `needle` stands in it anywhere.
    #[must_use]
    pub fn holds(&self, needle: &str) -> bool {
        match self {
            Self::String(text) => text.contains(needle),
            Self::List(elements) => elements.iter().any(|element| element.holds(needle)),
            Self::Object(members) => members
                .iter()
                .any(|(name, value)| name.contains(needle) || value.holds(needle)),
            _ => false,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => {
                Number::parse(&number.to_string()).map_or(Self::Null, Self::Number)
            }
            Json::String(text) => Self::String(text.clone()),
            Json::Array(elements) => elements.iter().map(Self::from).collect(),
            Json::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), value.into()))
                    .collect(),
            ),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        (&json).into()
    }
}

impl FromIterator<Self> for Value {
    fn from_iter<I: IntoIterator<Item = Self>>(elements: I) -> Self {
        Self::list(elements)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("(unknown)"),
            Self::List(elements) => {
                f.write_str("[")?;
                for (number, element) in elements.iter().enumerate() {
                    let comma = if number > 0 { ", " } else { "" };
                    write!(f, "{comma}{element}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (number, (name, value)) in members.iter().enumerate() {
                    let comma = if number > 0 { ", " } else { "" };
                    write!(f, "{comma}{name}: {value}")?;
                }
                f.write_str("}")
            }
            plain => write!(f, "{}", plain.to_json()),
        }
    }
}
