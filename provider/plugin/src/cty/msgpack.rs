//! The msgpack encoding, in which values travel. It follows the type, as go-cty's does.

use std::collections::BTreeMap;
use std::fmt;

use crate::path::{Path, Step};

use super::{Cty, CtyType, Number};

mod reader;
mod writer;

use reader::{Reader, Token};
use writer::Writer;

/// Deeper values than any real type has.
const DEEPEST: usize = 100;

/// Why msgpack could not be read as a value, or a value not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MsgpackError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong. Never a part of the value.
    pub reason: &'static str,
}

impl MsgpackError {
    const fn new(reason: &'static str) -> Self {
        Self {
            path: Path::ROOT,
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

impl fmt::Display for MsgpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            f.write_str(self.reason)
        } else {
            write!(f, "{} at {}", self.reason, self.path)
        }
    }
}

impl std::error::Error for MsgpackError {}

type Result<T> = std::result::Result<T, MsgpackError>;

impl Cty {
    /// Reads msgpack as a value of type `ty`. No bytes at all are null.
    ///
    /// # Errors
    /// [`MsgpackError`] if the bytes are malformed or hold a value of another type.
    pub fn from_msgpack(bytes: &[u8], ty: &CtyType) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::Null);
        }
        let mut reader = Reader::new(bytes);
        let value = read(&mut reader, ty, 0)?;
        if reader.is_empty() {
            Ok(value)
        } else {
            Err(MsgpackError::new("more bytes follow the value"))
        }
    }

    /// Writes the value as msgpack of type `ty`.
    ///
    /// # Errors
    /// [`MsgpackError`] if the value is of another type.
    pub fn to_msgpack(&self, ty: &CtyType) -> Result<Vec<u8>> {
        let mut writer = Writer::default();
        write(&mut writer, self, ty)?;
        Ok(writer.into_bytes())
    }

    /// The type of a value that brings none along. Null and unknown parts are dynamic.
    #[must_use]
    pub fn implied_type(&self) -> CtyType {
        match self {
            Self::Null | Self::Unknown => CtyType::Dynamic,
            Self::Bool(_) => CtyType::Bool,
            Self::Number(_) => CtyType::Number,
            Self::String(_) => CtyType::String,
            Self::List(elements) => {
                CtyType::Tuple(elements.iter().map(Self::implied_type).collect())
            }
            Self::Set(elements) => CtyType::set(
                elements
                    .first()
                    .map_or(CtyType::Dynamic, Self::implied_type),
            ),
            Self::Object(attributes) => CtyType::object(
                attributes
                    .iter()
                    .map(|(name, value)| (name.clone(), value.implied_type())),
            ),
            Self::Typed(ty, _) => ty.clone(),
        }
    }
}

/// For how many elements memory is reserved before they are there.
const RESERVED: usize = 256;

fn read(reader: &mut Reader<'_>, ty: &CtyType, depth: usize) -> Result<Cty> {
    if depth > DEEPEST {
        return Err(MsgpackError::new("the value is nested too deeply"));
    }
    let depth = depth.saturating_add(1);
    let token = reader.next()?;
    match (token, ty) {
        (Token::Nil, _) => Ok(Cty::Null),
        // Extension 0 is unknown, 12 is unknown with refinements; future ones will be unknown with more.
        (Token::Extension, _) => Ok(Cty::Unknown),
        (token, CtyType::Dynamic) => read_dynamic(reader, &token, depth),
        (Token::Bool(value), CtyType::Bool) => Ok(Cty::Bool(value)),
        (Token::Number(value), CtyType::Number) => Ok(Cty::Number(value)),
        (Token::Bytes(bytes), CtyType::Number) => std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| text.parse::<Number>().ok())
            .map(Cty::Number)
            .ok_or(MsgpackError::new("a number is expected")),
        (Token::Bytes(bytes), CtyType::String) => std::str::from_utf8(bytes)
            .map(Cty::from)
            .map_err(|_| MsgpackError::new("text must be UTF-8")),
        (Token::Array(length), CtyType::List(element)) => {
            Ok(Cty::List(read_elements(reader, length, element, depth)?))
        }
        (Token::Array(length), CtyType::Set(element)) => {
            Ok(Cty::set(read_elements(reader, length, element, depth)?))
        }
        (Token::Array(length), CtyType::Tuple(types)) => {
            if length != types.len() {
                return Err(MsgpackError::new("the tuple has another length"));
            }
            let elements = types.iter().enumerate().map(|(at, ty)| {
                read(reader, ty, depth).map_err(|error| error.inside(Step::Index(at)))
            });
            elements.collect::<Result<_>>().map(Cty::List)
        }
        (Token::Map(length), CtyType::Map(element)) => {
            let mut elements = BTreeMap::new();
            for _ in 0..length {
                let key = read_key(reader)?;
                let value = read(reader, element, depth)
                    .map_err(|error| error.inside(Step::Key(key.clone())))?;
                if elements.insert(key, value).is_some() {
                    return Err(MsgpackError::new("the map has a key twice"));
                }
            }
            Ok(Cty::Object(elements))
        }
        (Token::Map(length), CtyType::Object(types)) => {
            let mut attributes = BTreeMap::new();
            for _ in 0..length {
                let name = read_key(reader)?;
                let ty = types.get(&name).ok_or(MsgpackError::new(
                    "the object has an attribute that is not in the schema",
                ))?;
                let value = read(reader, ty, depth)
                    .map_err(|error| error.inside(Step::Attribute(name.clone())))?;
                if attributes.insert(name, value).is_some() {
                    return Err(MsgpackError::new("the object has an attribute twice"));
                }
            }
            for name in types.keys() {
                if !attributes.contains_key(name) {
                    attributes.insert(name.clone(), Cty::Null);
                }
            }
            Ok(Cty::Object(attributes))
        }
        (_, CtyType::Bool) => Err(MsgpackError::new("true or false is expected")),
        (_, CtyType::Number) => Err(MsgpackError::new("a number is expected")),
        (_, CtyType::String) => Err(MsgpackError::new("text is expected")),
        (_, CtyType::List(_) | CtyType::Set(_) | CtyType::Tuple(_)) => {
            Err(MsgpackError::new("an array is expected"))
        }
        (_, CtyType::Map(_) | CtyType::Object(_)) => Err(MsgpackError::new("a map is expected")),
    }
}

fn read_dynamic(reader: &mut Reader<'_>, token: &Token<'_>, depth: usize) -> Result<Cty> {
    let wrong = MsgpackError::new("a type with a value is expected");
    if !matches!(token, Token::Array(2)) {
        return Err(wrong);
    }
    let Token::Bytes(bytes) = reader.next()? else {
        return Err(wrong);
    };
    let ty = CtyType::from_bytes(bytes).map_err(|_| wrong)?;
    let value = read(reader, &ty, depth)?;
    Ok(Cty::Typed(ty, Box::new(value)))
}

fn read_elements(
    reader: &mut Reader<'_>,
    length: usize,
    element: &CtyType,
    depth: usize,
) -> Result<Vec<Cty>> {
    // A made-up length reserves little memory, also where such lengths are nested.
    let mut elements = Vec::with_capacity(length.min(reader.len()).min(RESERVED));
    for at in 0..length {
        let value = read(reader, element, depth).map_err(|error| error.inside(Step::Index(at)))?;
        elements.push(value);
    }
    Ok(elements)
}

fn read_key(reader: &mut Reader<'_>) -> Result<String> {
    match reader.next()? {
        Token::Bytes(bytes) => std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| MsgpackError::new("text must be UTF-8")),
        _ => Err(MsgpackError::new("the keys of a map are text")),
    }
}

fn write(writer: &mut Writer, value: &Cty, ty: &CtyType) -> Result<()> {
    match (value, ty) {
        (Cty::Unknown, _) => writer.unknown(),
        (Cty::Null, _) => writer.nil(),
        (Cty::Typed(own, value), CtyType::Dynamic) => write_dynamic(writer, value, own)?,
        (Cty::Typed(_, value), _) => write(writer, value, ty)?,
        (value, CtyType::Dynamic) => write_dynamic(writer, value, &value.implied_type())?,
        (Cty::Bool(value), CtyType::Bool) => writer.bool(*value),
        (Cty::Number(value), CtyType::Number) => writer.number(value),
        (Cty::String(value), CtyType::String) => writer.text(value),
        (Cty::List(elements) | Cty::Set(elements), CtyType::List(ty) | CtyType::Set(ty)) => {
            writer.array(elements.len());
            for (at, element) in elements.iter().enumerate() {
                write(writer, element, ty).map_err(|error| error.inside(Step::Index(at)))?;
            }
        }
        (Cty::List(elements), CtyType::Tuple(types)) if elements.len() == types.len() => {
            writer.array(elements.len());
            for (at, (element, ty)) in elements.iter().zip(types).enumerate() {
                write(writer, element, ty).map_err(|error| error.inside(Step::Index(at)))?;
            }
        }
        (Cty::Object(elements), CtyType::Map(ty)) => {
            writer.map(elements.len());
            for (key, element) in elements {
                writer.text(key);
                write(writer, element, ty).map_err(|error| error.inside(Step::Key(key.clone())))?;
            }
        }
        (Cty::Object(attributes), CtyType::Object(types)) => {
            if attributes.keys().any(|name| !types.contains_key(name)) {
                return Err(MsgpackError::new(
                    "the object has an attribute that is not in the schema",
                ));
            }
            writer.map(types.len());
            for (name, ty) in types {
                writer.text(name);
                write(writer, value.get(name), ty)
                    .map_err(|error| error.inside(Step::Attribute(name.clone())))?;
            }
        }
        _ => {
            return Err(MsgpackError::new(
                "the value is of another type than the schema says",
            ));
        }
    }
    Ok(())
}

fn write_dynamic(writer: &mut Writer, value: &Cty, ty: &CtyType) -> Result<()> {
    writer.array(2);
    writer.bytes(&ty.to_bytes());
    write(writer, value, ty)
}
