//! The type of a Terraform value, and its JSON notation (`"string"`, `["list","string"]`, ...).

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A Terraform type constraint, as go-cty defines them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CtyType {
    /// `true` or `false`.
    Bool,
    /// A decimal number of any size.
    Number,
    /// Unicode text.
    String,
    /// Any type; the value brings its own along.
    Dynamic,
    /// Ordered elements of one type.
    List(Box<CtyType>),
    /// Distinct elements of one type, unordered.
    Set(Box<CtyType>),
    /// Elements of one type by key.
    Map(Box<CtyType>),
    /// Ordered elements, each of its own type.
    Tuple(Vec<CtyType>),
    /// Named attributes, each of its own type.
    Object(BTreeMap<String, CtyType>),
}

/// The JSON notation of a type could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError;

impl std::fmt::Display for TypeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this is not the JSON notation of a Terraform type")
    }
}

impl std::error::Error for TypeError {}

impl CtyType {
    /// `list(element)`.
    #[must_use]
    pub fn list(element: CtyType) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(element)`.
    #[must_use]
    pub fn set(element: CtyType) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(element)`.
    #[must_use]
    pub fn map(element: CtyType) -> Self {
        Self::Map(Box::new(element))
    }

    /// `object({name = type, ...})`.
    #[must_use]
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, CtyType)>) -> Self {
        Self::Object(
            attributes
                .into_iter()
                .map(|(name, ty)| (name.into(), ty))
                .collect(),
        )
    }

    /// Whether a dynamic type stands anywhere inside.
    #[must_use]
    pub fn has_dynamic(&self) -> bool {
        match self {
            Self::Dynamic => true,
            Self::Bool | Self::Number | Self::String => false,
            Self::List(element) | Self::Set(element) | Self::Map(element) => element.has_dynamic(),
            Self::Tuple(elements) => elements.iter().any(Self::has_dynamic),
            Self::Object(attributes) => attributes.values().any(Self::has_dynamic),
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
            Self::List(element) => Json::Array(vec!["list".into(), element.to_json()]),
            Self::Set(element) => Json::Array(vec!["set".into(), element.to_json()]),
            Self::Map(element) => Json::Array(vec!["map".into(), element.to_json()]),
            Self::Tuple(elements) => {
                let elements = elements.iter().map(Self::to_json).collect();
                Json::Array(vec!["tuple".into(), Json::Array(elements)])
            }
            Self::Object(attributes) => {
                let attributes = attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.to_json()))
                    .collect();
                Json::Array(vec!["object".into(), Json::Object(attributes)])
            }
        }
    }

    /// The JSON notation as bytes, as the protocol carries it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads the JSON notation.
    ///
    /// # Errors
    /// [`TypeError`] if it is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TypeError> {
        let json = serde_json::from_slice(bytes).map_err(|_| TypeError)?;
        Self::from_json(&json)
    }

    /// Reads the JSON notation. Marks of optional attributes are read over.
    ///
    /// # Errors
    /// [`TypeError`] if it is none.
    pub fn from_json(json: &Json) -> Result<Self, TypeError> {
        if let Some(name) = json.as_str() {
            return match name {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(TypeError),
            };
        }
        let parts = json.as_array().map(Vec::as_slice).ok_or(TypeError)?;
        let (kind, rest) = parts.split_first().ok_or(TypeError)?;
        let argument = rest.first().ok_or(TypeError)?;
        match kind.as_str().ok_or(TypeError)? {
            "list" => Ok(Self::list(Self::from_json(argument)?)),
            "set" => Ok(Self::set(Self::from_json(argument)?)),
            "map" => Ok(Self::map(Self::from_json(argument)?)),
            "tuple" => {
                let elements = argument.as_array().ok_or(TypeError)?;
                elements
                    .iter()
                    .map(Self::from_json)
                    .collect::<Result<_, _>>()
                    .map(Self::Tuple)
            }
            "object" => {
                let attributes = argument.as_object().ok_or(TypeError)?;
                let mut object = BTreeMap::new();
                for (name, ty) in attributes {
                    object.insert(name.clone(), Self::from_json(ty)?);
                }
                Ok(Self::Object(object))
            }
            _ => Err(TypeError),
        }
    }
}
