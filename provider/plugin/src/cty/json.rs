//! The JSON encoding, in which state is stored.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::path::{Path, Step};

use super::{Cty, CtyType, Number};

/// Why JSON could not be read as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong. Never a part of the value.
    pub reason: &'static str,
}

impl JsonError {
    fn new(reason: &'static str) -> Self {
        Self {
            path: Path::root(),
            reason,
        }
    }

    fn inside(self, step: Step) -> Self {
        Self {
            path: self.path.inside(step),
            ..self
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            f.write_str(self.reason)
        } else {
            write!(f, "{} at {}", self.reason, self.path)
        }
    }
}

impl std::error::Error for JsonError {}

/// JSON one level deep: what lies below is read when its type is known, and numbers keep their digits.
type Raw<'a> = &'a RawValue;

/// A dynamic value with its type.
#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(borrow)]
    value: Raw<'a>,
    r#type: serde_json::Value,
}

impl Cty {
    /// Reads JSON as a value of type `ty`. Attributes that the type does not have are dropped, and attributes
    /// that are missing are null, as suits state that an older version stored.
    ///
    /// # Errors
    /// [`JsonError`] if it is no JSON or holds a value of another type.
    pub fn from_json(json: &[u8], ty: &CtyType) -> Result<Self, JsonError> {
        let raw = serde_json::from_slice(json).map_err(|_| JsonError::new("this is no JSON"))?;
        read(raw, ty)
    }
}

fn read(raw: Raw<'_>, ty: &CtyType) -> Result<Cty, JsonError> {
    let text = raw.get();
    if text == "null" {
        return Ok(Cty::Null);
    }
    match ty {
        CtyType::Bool => match text.trim_matches('"') {
            "true" => Ok(Cty::Bool(true)),
            "false" => Ok(Cty::Bool(false)),
            _ => Err(JsonError::new("true or false is expected")),
        },
        CtyType::Number => text
            .trim_matches('"')
            .parse::<Number>()
            .map(Cty::Number)
            .map_err(|_| JsonError::new("a number is expected")),
        CtyType::String => match text.as_bytes().first() {
            Some(b'"') => parse(text, "text is expected").map(Cty::String),
            // Terraform's own reader takes primitives for each other.
            Some(b'{' | b'[') | None => Err(JsonError::new("text is expected")),
            Some(_) => Ok(Cty::String(text.to_owned())),
        },
        CtyType::List(element) => elements(text, element).map(Cty::List),
        CtyType::Set(element) => elements(text, element).map(Cty::set),
        CtyType::Tuple(types) => {
            let raws: Vec<Raw<'_>> = parse(text, "an array is expected")?;
            if raws.len() != types.len() {
                return Err(JsonError::new("the tuple has another length"));
            }
            let values = raws
                .into_iter()
                .zip(types)
                .enumerate()
                .map(|(at, (raw, ty))| {
                    read(raw, ty).map_err(|error| error.inside(Step::Index(at)))
                });
            values.collect::<Result<_, _>>().map(Cty::List)
        }
        CtyType::Map(element) => {
            let raws: BTreeMap<String, Raw<'_>> = parse(text, "an object is expected")?;
            let values = raws.into_iter().map(|(key, raw)| match read(raw, element) {
                Ok(value) => Ok((key, value)),
                Err(error) => Err(error.inside(Step::Key(key))),
            });
            values.collect::<Result<_, _>>().map(Cty::Object)
        }
        CtyType::Object(types) => {
            let raws: BTreeMap<String, Raw<'_>> = parse(text, "an object is expected")?;
            let values = types.iter().map(|(name, ty)| {
                let value = match raws.get(name) {
                    None => Cty::Null,
                    Some(raw) => read(raw, ty)
                        .map_err(|error| error.inside(Step::Attribute(name.clone())))?,
                };
                Ok((name.clone(), value))
            });
            values.collect::<Result<_, _>>().map(Cty::Object)
        }
        CtyType::Dynamic => {
            let typed: Typed<'_> = parse(text, "a value with its type is expected")?;
            let ty = CtyType::from_json(&typed.r#type)
                .map_err(|_| JsonError::new("a value with its type is expected"))?;
            let value = read(typed.value, &ty)?;
            Ok(Cty::Typed(ty, Box::new(value)))
        }
    }
}

fn elements(text: &str, element: &CtyType) -> Result<Vec<Cty>, JsonError> {
    let raws: Vec<Raw<'_>> = parse(text, "an array is expected")?;
    let values = raws
        .into_iter()
        .enumerate()
        .map(|(at, raw)| read(raw, element).map_err(|error| error.inside(Step::Index(at))));
    values.collect()
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str, expected: &'static str) -> Result<T, JsonError> {
    serde_json::from_str(text).map_err(|_| JsonError::new(expected))
}
