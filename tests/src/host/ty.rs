//! Types, as a schema names them in JSON.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::value::Value;

/// A type of cty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A truth value.
    Bool,
    /// A number.
    Number,
    /// A text.
    String,
    /// Told by each value.
    Dynamic,
    /// Elements in order.
    List(Box<Self>),
    /// Elements without order.
    Set(Box<Self>),
    /// Values of one type by name.
    Map(Box<Self>),
    /// As many elements as types.
    Tuple(Vec<Self>),
    /// Values of their own types by name.
    Object(BTreeMap<String, Self>),
}

impl Type {
    /// Reads the JSON notation; `None` if it is none.
    #[must_use]
    pub fn from_json(json: &Json) -> Option<Self> {
        if let Some(name) = json.as_str() {
            return match name {
                "bool" => Some(Self::Bool),
                "number" => Some(Self::Number),
                "string" => Some(Self::String),
                "dynamic" => Some(Self::Dynamic),
                _ => None,
            };
        }
        let parts = json.as_array()?;
        let of = parts.get(1)?;
        let element = || Self::from_json(of).map(Box::new);
        match parts.first()?.as_str()? {
            "list" => element().map(Self::List),
            "set" => element().map(Self::Set),
            "map" => element().map(Self::Map),
            "tuple" => {
                let elements = of.as_array()?.iter().map(Self::from_json);
                elements.collect::<Option<_>>().map(Self::Tuple)
            }
            "object" => {
                let attributes = of
                    .as_object()?
                    .iter()
                    .map(|(name, ty)| Some((name.clone(), Self::from_json(ty)?)));
                attributes.collect::<Option<_>>().map(Self::Object)
            }
            _ => None,
        }
    }

    /// The JSON notation.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => "bool".into(),
            Self::Number => "number".into(),
            Self::String => "string".into(),
            Self::Dynamic => "dynamic".into(),
            Self::List(element) => serde_json::json!(["list", element.to_json()]),
            Self::Set(element) => serde_json::json!(["set", element.to_json()]),
            Self::Map(element) => serde_json::json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                let elements: Json = elements.iter().map(Self::to_json).collect();
                serde_json::json!(["tuple", elements])
            }
            Self::Object(attributes) => {
                let attributes: Json = attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.to_json()))
                    .collect();
                serde_json::json!(["object", attributes])
            }
        }
    }

    /// The type that a configuration gives to a value where the schema leaves it open.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null | Value::Unknown => Self::Dynamic,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::List(elements) => Self::Tuple(elements.iter().map(Self::of).collect()),
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), Self::of(value)))
                    .collect(),
            ),
        }
    }
}
